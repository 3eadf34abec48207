"""What the web server imports: the application, made from the settings in the environment."""

from __future__ import annotations

from advocacy import app, settings


def web() -> app.Advocacy:
    """The application for one process of the web server."""
    return app.create_app(settings.load())
