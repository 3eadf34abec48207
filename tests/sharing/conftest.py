"""What tests of sharing begin with: a practice network, and the way through its pages."""

from __future__ import annotations

from tests.practice.conftest import modes  # noqa: F401 - these imports give their fixtures
from tests.practice.mastodon.conftest import network, threaded  # noqa: F401
