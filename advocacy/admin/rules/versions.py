"""A network's interface has versions, and each ends: when administrators are told of it, and in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from advocacy.errors import N_, Reason

TOLD_BEFORE = timedelta(days=60)
ENDS = N_(
    "%(network)s takes version %(version)s of its interface until %(day)s, and no post after that. Before then, "
    "install a newer Advocacy, or name a newer version in the settings (linkedin.version and linkedin.version_ends)."
)
ENDED = N_(
    "%(network)s has taken version %(version)s of its interface until %(day)s only, so that posts there fail. Install "
    "a newer Advocacy, or name a newer version in the settings (linkedin.version and linkedin.version_ends)."
)


@dataclass(frozen=True)
class Version:
    """The version of a network's interface that we use, and its last day, also as it is `said`."""

    network: str
    version: str
    ends: date
    said: str


def ending(versions: list[Version], *, today: date) -> list[Reason]:
    """Of which versions administrators are told today, and what they have to do."""
    told = [one for one in versions if one.ends - today <= TOLD_BEFORE]
    return [
        (
            ENDED if one.ends < today else ENDS,
            {"network": one.network, "version": one.version, "day": one.said},
        )
        for one in told
    ]
