"""A post keeps the time that its owner chose; a connection, when renewing it was last tried."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
LONG_AGO = "1970-01-01 00:00:00"


def upgrade() -> None:
    """Go forward; of earlier posts the time of the next try is all that is known."""
    op.add_column("deliveries", sa.Column("wanted_at", INSTANT, nullable=False, server_default=LONG_AGO))
    op.execute("UPDATE deliveries SET wanted_at = due_at")
    op.add_column("connections", sa.Column("renewal_tried_at", INSTANT, nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("connections") as table:
        table.drop_column("renewal_tried_at")
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("wanted_at")
