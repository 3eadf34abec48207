"""One process at a time renews a connection's tokens, under a lease."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("connections", sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("connections", sa.Column("renewing_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("connections", sa.Column("renewing_token", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("connections") as table:
        table.drop_column("renewing_token")
        table.drop_column("renewing_until")
        table.drop_column("renewed_at")
