"""A draft keeps how its pictures were described."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("drafts", sa.Column("alts", sa.JSON(), nullable=False, server_default="{}"))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("drafts") as table:
        table.drop_column("alts")
