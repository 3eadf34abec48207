"""An owner answers what she was asked about a post, and is told once that a story was recalled."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.add_column("shares", sa.Column("recall_seen_at", INSTANT, nullable=True))
    op.add_column("appeals", sa.Column("answer", sa.String(length=32), nullable=True))
    op.add_column("appeals", sa.Column("answered_at", INSTANT, nullable=True))


def downgrade() -> None:
    """Go back."""
    op.drop_column("appeals", "answered_at")
    op.drop_column("appeals", "answer")
    op.drop_column("shares", "recall_seen_at")
