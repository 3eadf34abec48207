"""Files that no row names go after two days; all others stay."""

from __future__ import annotations

import os
from datetime import datetime, timedelta

import pytest

from advocacy import db, storage
from advocacy.content.models import Kit
from advocacy.privacy import jobs
from tests.makers.content import make_kit, make_picture


@pytest.mark.usefixtures("app")
def test_sweep_files_deletes_what_nothing_names(at: datetime) -> None:
    named, small, gone, held = (storage.keep(data) for data in (b"named", b"small", b"gone", b"held"))
    long_ago = (at - timedelta(days=3)).timestamp()
    for digest in (named, small, gone):
        os.utime(storage.path(digest), (long_ago, long_ago))
    os.utime(storage.path(held), (at.timestamp(), at.timestamp()))
    with db.unit_of_work():
        kit: Kit = make_kit(pictures=(make_picture(named),))
        kit.assets[0].small_digest = small
    assert jobs.sweep_files(at) == 1
    assert not storage.path(gone).exists()
    assert all(storage.path(digest).exists() for digest in (named, small, held))
    assert jobs.sweep_files(at) == 0
