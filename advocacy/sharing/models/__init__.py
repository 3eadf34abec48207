"""Connected accounts, shares, their deliveries to the networks, holds, and what an entity arranged."""

from advocacy.sharing.models.allowances import Allowance as Allowance
from advocacy.sharing.models.arranged import Disclosure as Disclosure
from advocacy.sharing.models.arranged import HelpContact as HelpContact
from advocacy.sharing.models.arranged import HelpRequest as HelpRequest
from advocacy.sharing.models.arranged import NetworkChoice as NetworkChoice
from advocacy.sharing.models.connections import Authorisation as Authorisation
from advocacy.sharing.models.connections import Connection as Connection
from advocacy.sharing.models.connections import ConnectionTopic as ConnectionTopic
from advocacy.sharing.models.connections import Registration as Registration
from advocacy.sharing.models.connections import Revocation as Revocation
from advocacy.sharing.models.figures import PostFigures as PostFigures
from advocacy.sharing.models.holds import Appeal as Appeal
from advocacy.sharing.models.holds import Hold as Hold
from advocacy.sharing.models.posts import Attempt as Attempt
from advocacy.sharing.models.posts import Deletion as Deletion
from advocacy.sharing.models.posts import Delivery as Delivery
from advocacy.sharing.models.posts import Draft as Draft
from advocacy.sharing.models.posts import Share as Share
from advocacy.sharing.models.rhythms import Rhythm as Rhythm
from advocacy.sharing.models.spending import Budget as Budget
from advocacy.sharing.models.spending import Outlay as Outlay
from advocacy.sharing.rules import AccountKind as AccountKind
from advocacy.sharing.rules import ConnectionState as ConnectionState
from advocacy.sharing.rules import DeliveryState as DeliveryState
from advocacy.sharing.rules import HelpKind as HelpKind
from advocacy.sharing.rules import HoldScope as HoldScope
