"""What stands against a post as things are now: asked when it is sent, and told to its owner before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import N_, Reason
from advocacy.sharing import rules
from advocacy.sharing.models import Delivery, DeliveryState, Hold
from advocacy.sharing.queries import gate
from advocacy.sharing.queries.arranged import disclosures, networks_off
from advocacy.sharing.queries.holds import ON_HOLD, hold_against, on_hold
from advocacy.sharing.queries.posts import pictures_of
from advocacy.sharing.rules import Against

Fold = Callable[[str, str, str], int]
"""How many characters of a text are seen at once: (network, text, language)."""

PAUSED = N_("You paused, so nothing goes out until you say so.")
LACKING = N_("Before this can go out, a little is missing.")
PUT_RIGHT = {LACKING, ON_HOLD, gate.CHANGED, gate.UNDISCLOSED, gate.PICTURE_GONE, gate.OFF, *gate.NOT_OUT}
"""Reasons to hold a post that are over as soon as nothing stands against it any more."""


@dataclass(frozen=True)
class Obstacle:
    """What stands against a post, what becomes of it at its time, and what its owner lacks if that is it."""

    kind: Against
    reason: Reason
    state: DeliveryState = DeliveryState.HELD
    missing: gate.BeforeSharing | None = None
    hold: Hold | None = None


@dataclass
class Standing:
    """How a person's posts stand at this moment; what is the same for all of them is asked once."""

    person: Person
    fold: Fold
    at: datetime
    _lacking: dict[datetime, gate.BeforeSharing] = field(default_factory=dict)

    @cached_property
    def off(self) -> set[str]:
        """The networks that are switched off for this person."""
        return networks_off(self.person)

    def against(self, delivery: Delivery) -> Obstacle | None:
        """The first thing that stands against a post; None when nothing does."""
        looks = (self._person, self._hold, self._story, self._road, self._place, self._post)
        return next((found for look in looks if (found := look(delivery)) is not None), None)

    def _moment(self, delivery: Delivery) -> datetime:
        """When the post would go out: what ends before then stands against it already."""
        return max(self.at, delivery.due_at) if delivery.state is DeliveryState.WAITING else self.at

    def _person(self, _delivery: Delivery) -> Obstacle | None:
        if not self.person.is_active:
            closed: Reason = (N_("The account of its owner was closed."), {})
            return Obstacle(Against.CLOSED, closed, DeliveryState.CANCELLED)
        return Obstacle(Against.PAUSED, (PAUSED, {})) if self.person.is_paused else None

    def _hold(self, delivery: Delivery) -> Obstacle | None:
        moment = self._moment(delivery)
        hold = hold_against(self.person, delivery.share.kit, delivery.network, at=moment)
        return Obstacle(Against.ON_HOLD, on_hold(hold), hold=hold) if hold is not None else None

    def _story(self, delivery: Delivery) -> Obstacle | None:
        kit, moment = delivery.share.kit, self._moment(delivery)
        if not gate.is_out_for(kit, self.person, at=self.at):
            over = gate.is_over(kit, at=self.at)
            kind, state = (
                (Against.OVER, DeliveryState.CANCELLED) if over else (Against.STORY, DeliveryState.HELD)
            )
            return Obstacle(kind, gate.out_of_date(kit, at=self.at), state)
        if _ends_by(kit, moment):
            ends: Reason = (N_("The story ends before then, so this post will not go out."), {})
            return Obstacle(Against.OVER, ends, DeliveryState.CANCELLED)
        return None

    def _road(self, delivery: Delivery) -> Obstacle | None:
        moment = self._moment(delivery)
        if moment not in self._lacking:
            self._lacking[moment] = gate.before_sharing(self.person, at=moment)
        missing = self._lacking[moment]
        return Obstacle(Against.MISSING, (LACKING, {}), missing=missing) if missing else None

    def _place(self, delivery: Delivery) -> Obstacle | None:
        connection = delivery.connection
        if connection is not None and not (connection.is_active and connection.sealed_tokens):
            again: Reason = (N_("Reconnect this account, then send the post."), {})
            return Obstacle(Against.ACCOUNT, again, DeliveryState.NEEDS_RECONNECTING)
        if delivery.network in self.off:
            return Obstacle(Against.NETWORK, gate.switched_off(delivery.network))
        return None

    def _post(self, delivery: Delivery) -> Obstacle | None:
        """What lies in the post itself; what she posts by hand is in her hand already."""
        if delivery.is_by_hand:
            return None
        wordings = disclosures(self.person, delivery.language)
        seen = self.fold(delivery.network, delivery.text, delivery.language)
        if not rules.is_disclosed(delivery.text, wordings, seen):
            return Obstacle(Against.WORDS, (gate.UNDISCLOSED, {}))
        if gate.was_changed(delivery):
            return Obstacle(Against.CHANGED, (gate.CHANGED, {}))
        if any(picture.retired_at for picture in pictures_of(delivery)):
            return Obstacle(Against.WORDS, (gate.PICTURE_GONE, {}))
        return None


def _ends_by(kit: Kit, moment: datetime) -> bool:
    return kit.expires_at is not None and kit.expires_at <= moment
