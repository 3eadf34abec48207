"""A real PostgreSQL server for the tests."""

from __future__ import annotations

import os


def server_url() -> str:
    """The address of the server; placeholder until the tooling starts one by itself."""
    return os.environ["ADVOCACY_TEST_POSTGRES_URL"]
