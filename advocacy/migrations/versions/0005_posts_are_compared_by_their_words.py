"""Each delivery keeps a mark of its words, so that nearly the same words are noticed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("deliveries", sa.Column("shingles", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_deliveries_network_sent_at"), "deliveries", ["network", "sent_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_deliveries_network_sent_at"), "deliveries")
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("shingles")
