"""What `sample.toml` says: who can sign in to the demo, and how much of a past it has."""

from __future__ import annotations

from dataclasses import dataclass

from advocacy.loading.rules import toml, values
from advocacy.loading.rules.problems import Problems


@dataclass(frozen=True)
class Sample:
    """The demo's people by staff number, and the weeks, the seed and the champions of its past."""

    password: str = ""
    sign_in: tuple[str, ...] = ()
    not_joined: tuple[str, ...] = ()
    weeks: int = 0
    seed: int = 1
    champions: int | None = None


def read(data: bytes, file: str, problems: Problems) -> Sample:
    """Read the file."""
    top = toml.read(data, file, problems)
    if top is None:
        return Sample()
    activity = top.table("activity")
    sample = Sample(
        password=top.need("password", values.text()) or "",
        sign_in=tuple(value for _, value in top.several("sign_in", values.text(64))),
        not_joined=tuple(value for _, value in top.several("not_joined", values.text(64))),
        weeks=activity.take("weeks", values.number(0, 52), 0) if activity else 0,
        seed=activity.take("seed", values.number(0, 2**31), 1) if activity else 1,
        champions=activity.take("champions", values.number(0, 100_000), 0) or None if activity else None,
    )
    if activity:
        activity.close()
    top.close()
    return sample
