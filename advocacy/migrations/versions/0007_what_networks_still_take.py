"""How many calls networks still take, counted by all workers together; and what is due, by network."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "allowances",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("server", sa.String(length=300), nullable=False),
        sa.Column("whose", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("remaining", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("resets_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allowances")),
        sa.UniqueConstraint(
            "network", "server", "whose", "kind", name=op.f("uq_allowances_network_server_whose_kind")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_allowances_resets_at"), "allowances", ["resets_at"])
    op.create_index(op.f("ix_deliveries_network_state_due_at"), "deliveries", ["network", "state", "due_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_deliveries_network_state_due_at"), table_name="deliveries")
    op.drop_index(op.f("ix_allowances_resets_at"), table_name="allowances")
    op.drop_table("allowances")
