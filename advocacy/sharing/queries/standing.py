"""What stands against a post as things are now: asked when it is sent, and told to its owner before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import N_, Reason
from advocacy.sharing import money, rules
from advocacy.sharing.models import Delivery, DeliveryState, Hold
from advocacy.sharing.queries import gate
from advocacy.sharing.queries.alike import ALIKE, Likeness, alike, refuses_alike
from advocacy.sharing.queries.ground import Ground
from advocacy.sharing.queries.holds import ON_HOLD, on_hold
from advocacy.sharing.queries.posts import pictures_of
from advocacy.sharing.queries.spending import FOR_MONEY, reservation, too_dear
from advocacy.sharing.rules import Against

Fold = Callable[[str, str, str], int]
"""How many characters of a text are seen at once: (network, text, language)."""

PAUSED = N_("You paused, so nothing goes out until you say so.")
LACKING = N_("Before this can go out, a little is missing.")
PUT_RIGHT = {
    LACKING,
    ON_HOLD,
    gate.CHANGED,
    gate.NOW_PAID,
    gate.UNDISCLOSED,
    gate.PICTURE_GONE,
    gate.OFF,
    *gate.NOT_OUT,
    *FOR_MONEY,
    ALIKE,
}
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
    price: money.Price = money.free
    shared: Ground | None = None
    """What was asked for her and others who are looked at in the same transaction."""

    @cached_property
    def ground(self) -> Ground:
        """What her posts stand on, asked for all who are looked at together, else for her alone."""
        return self.shared or Ground([self.person], at=self.at)

    def against(self, delivery: Delivery) -> Obstacle | None:
        """The first thing that stands against a post; None when nothing does."""
        looks = (self._person, self._hold, self._story, self._road, self._place, self._post, self._money)
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
        hold = self.ground.hold_against(self.person, delivery.share.kit, delivery.network, at=moment)
        return Obstacle(Against.ON_HOLD, on_hold(hold), hold=hold) if hold is not None else None

    def _story(self, delivery: Delivery) -> Obstacle | None:
        kit, moment = delivery.share.kit, self._moment(delivery)
        if not self.ground.is_out_for(kit, self.person):
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
        missing = self.ground.lacking(self.person, at=self._moment(delivery))
        return Obstacle(Against.MISSING, (LACKING, {}), missing=missing) if missing else None

    def _place(self, delivery: Delivery) -> Obstacle | None:
        connection = delivery.connection
        if connection is not None and not (connection.is_active and connection.sealed_tokens):
            again: Reason = (N_("Reconnect this account, then send the post."), {})
            return Obstacle(Against.ACCOUNT, again, DeliveryState.NEEDS_RECONNECTING)
        if delivery.network in self.ground.off(self.person):
            return Obstacle(Against.NETWORK, gate.switched_off(delivery.network))
        return None

    def _post(self, delivery: Delivery) -> Obstacle | None:
        """What lies in the post itself; what she posts by hand is in her hand already."""
        if delivery.is_by_hand:
            return None
        wordings = self.ground.wordings(self.person, delivery.language, paid=delivery.share.kit.is_paid)
        seen = self.fold(delivery.network, delivery.text, delivery.language)
        if not rules.is_disclosed(delivery.text, wordings, seen):
            return Obstacle(Against.WORDS, (self._undisclosed(delivery, seen), {}))
        if gate.was_changed(delivery):
            return Obstacle(Against.CHANGED, (gate.CHANGED, {}))
        if any(picture.retired_at for picture in pictures_of(delivery)):
            return Obstacle(Against.WORDS, (gate.PICTURE_GONE, {}))
        found = self._alike(delivery)
        return Obstacle(Against.WORDS, found.reason) if found is not None else None

    def _undisclosed(self, delivery: Delivery, seen: int) -> str:
        """What it does not say: where she works, or only that the story is paid for by now."""
        plain = self.ground.wordings(self.person, delivery.language, paid=False)
        says = delivery.share.kit.is_paid and rules.is_disclosed(delivery.text, plain, seen)
        return gate.NOW_PAID if says else gate.UNDISCLOSED

    def _alike(self, delivery: Delivery) -> Likeness | None:
        """How alike its words are to another post's, where the network refuses such posts."""
        return alike(delivery, self.person, at=self.at) if refuses_alike(delivery.network) else None

    def _money(self, delivery: Delivery) -> Obstacle | None:
        """Whether its company has the money for it; what was reserved for it already stands against nothing."""
        cost = None if delivery.is_by_hand else self.price(delivery.network, delivery.text)
        if cost is None:
            return None
        reason = too_dear(self.person, delivery.network, [cost], at=self._moment(delivery))
        if reason is None or reservation(delivery) is not None:
            return None
        return Obstacle(Against.MONEY, reason)


def _ends_by(kit: Kit, moment: datetime) -> bool:
    return kit.expires_at is not None and kit.expires_at <= moment
