"""A connected account as its network and its owner have it: how long a key is good, whose a post is, what it is for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from advocacy import db
from advocacy.accounts import queries as known
from advocacy.accounts.models import Person
from advocacy.content.models import Kit
from advocacy.errors import N_, Missing, Reason, Refused
from advocacy.sharing import actions, queries, rules, tokens
from advocacy.sharing.models import Connection, Delivery
from advocacy.sharing.networks import facts_of, network
from advocacy.sharing.networks.facts import Previewed
from advocacy.sharing.networks.rarer import Recognises


def repeat_seconds(connection: Connection) -> int:
    """How long a repeat under the same key is harmless on this account, as things are set now; 0 for never."""
    try:
        return network(connection.network).repeat_seconds(int(connection.limits.get("idempotent_seconds", 0)))
    except Missing:
        return 0


def own_posts(connection: Connection) -> str:
    """Where its owner sees what she posted by this account; "" if nobody told us."""
    try:
        found = network(connection.network)
    except Missing:
        return connection.profile_url
    known = found.facts.addresses.get("own_posts", "") if isinstance(found, Previewed) else ""
    return connection.profile_url or known


def undeletable(delivery: Delivery) -> Reason | None:
    """Why we cannot delete a post that we sent, as its account is now; None where we can ask its network to."""
    account = delivery.connection
    try:
        deletes = network(delivery.network).can.deletes
    except Missing:
        deletes = False
    if account is None or not delivery.remote_id or not deletes:
        return actions.NOT_FROM_HERE, {}
    return None if account.is_active else (tokens.GONE, {})


def post_at(delivery: Delivery, url: str) -> str:
    """The network's id of the post at an address that its owner gives, "" where the address tells none.

    Raises Refused for an address on another network, of another account, or of no post.
    """
    if not rules.is_web_address(url):
        return ""
    connection = delivery.connection
    try:
        found = network(delivery.network)
    except Missing:
        return _elsewhere(delivery, url)
    if connection is None or not isinstance(found, Recognises):
        return _elsewhere(delivery, url)
    known = found.recognise(connection.server, connection.remote_id, connection.account, url)
    if known is None:
        raise Refused(
            N_(
                "This is not the address of a post of %(account)s on %(network)s. "
                "Open the post there and copy its address."
            ),
            field="url",
            account=connection.account,
            network=found.name,
        )
    return known


def _elsewhere(delivery: Delivery, url: str) -> str:
    """No id, of a post that no connector can recognise: that it may stand there at all is what can be seen."""
    facts = facts_of(delivery.network)
    if facts is not None and not facts.may_hold(url):
        reason = N_(
            "This is no address on %(network)s. Open your post there and copy its address; it begins with https://."
        )
        raise Refused(reason, field="url", network=facts.name)
    return ""


GONE = N_("An account that you ticked is not connected any more. Look again at where your post goes.")
RECONNECT = N_("Reconnect %(account)s first.")


def unusable(codes: Collection[str], by: Person, off: Collection[str]) -> list[Reason]:
    """Why nothing can go out on accounts that a person ticked (by code): one that is no more, or not for now."""
    mine = {one.code: one for one in db.session.scalars(queries.connections_of(by))}
    found: list[Reason] = []
    for code in codes:
        account = mine.get(code)
        if account is None:
            found.append((GONE, {}))
        elif account.network in off:
            found.append(queries.switched_off(account.network))
        elif not account.is_active:
            found.append((RECONNECT, {"account": account.account}))
    return list({(msgid, *sorted(values.items())): (msgid, values) for msgid, values in found}.values())


def left_out(accounts: Sequence[Connection], kit: Kit, language: str) -> dict[str, Reason]:
    """Which of a person's accounts (by code) are not proposed for this story, and why."""
    names = {topic.slug: name for topic, name in known.topics(language)}
    reasons = {
        one.code: rules.not_proposed(
            one.kind, {topic.slug: names[topic.slug] for topic in one.topics}, kit.topic_slugs
        )
        for one in accounts
    }
    return {code: reason for code, reason in reasons.items() if reason is not None}
