"""What the web server imports: the application, made from the settings in the environment."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from advocacy import app


def web() -> app.Advocacy:
    """The application for one process of the web server."""
    with _nothing_thrown_away():
        from advocacy import app, settings

        return app.create_app(settings.load())


@contextmanager
def _nothing_thrown_away() -> Iterator[None]:
    """Look for no garbage among what a process is made of: not now, while it grows, nor ever after."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
