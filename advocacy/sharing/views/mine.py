"""What pages of other rooms show of one's sharing: what it did, the accounts, and what a post looks like."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _

from advocacy import clock, db, web
from advocacy.sharing import planning, queries, rules
from advocacy.sharing.models import Connection
from advocacy.sharing.networks import ends_by_itself
from advocacy.sharing.queries import Results, calendar
from advocacy.sharing.views.blueprint import bp
from advocacy.sharing.views.times import ends

LOOKS_BACK = timedelta(days=30)


@bp.app_template_global()
def my_results() -> Results:
    """What my posts did in the last 30 days."""
    at = clock.now()
    return queries.results_of(web.me(), since=at - LOOKS_BACK, at=at)


@bp.app_template_global()
def my_accounts() -> list[Connection]:
    """My connected accounts."""
    return list(db.session.scalars(queries.connections_of(web.me())))


@bp.app_template_global()
def next_planned() -> datetime | None:
    """When the next of my planned posts goes out."""
    return calendar.next_planned(web.me(), at=clock.now())


@bp.app_template_global()
def accounts_ending() -> list[Connection]:
    """My accounts that end before long, and before a post that is planned on them."""
    at = clock.now()
    soon = calendar.outliving(web.me(), ends_by_itself(), at=at, until=at + 2 * planning.IN_GOOD_TIME)
    return list(db.session.scalars(soon))


@bp.app_template_filter()
def may_be_renewed(account: Connection) -> bool:
    """Whether an account that works ends some day unless its owner renews it."""
    return account.is_active and ends(account, before=clock.now() + rules.FURTHEST)


@bp.app_template_global()
def example_post(organisation: str) -> dict[str, str]:
    """A post as a colleague might write it: a real suggestion where there is one, ours where not."""
    me = web.me()
    person = me if me.is_authenticated else None
    language = person.language if person else web.locale()
    words = queries.example_words(person, language, at=clock.now()) or _(
        "Today a colleague showed me how our night shift keeps everything running."
        " I had no idea how much goes on while we sleep."
    )
    wording = queries.disclosures(person, language)[0] if person else queries.made_wording(organisation)
    return {
        "network": "mastodon",
        "network_label": "Mastodon",
        "label": _("An example of a post"),
        "name": _("A colleague"),
        "before": rules.closing_text(words, wording, ""),
    }
