"""Pages about oneself: signing in, joining, and everything under "Me"."""

from __future__ import annotations

from advocacy.accounts.views import me, programme, sign_in
from advocacy.accounts.views.blueprint import bp

__all__ = ["bp", "me", "programme", "sign_in"]
