"""Reactions to posts are kept where their owner lets them be read."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.add_column(
        "connections",
        sa.Column("tells_figures", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "post_figures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("views", KEY, nullable=True),
        sa.Column("reactions", KEY, nullable=True),
        sa.Column("replies", KEY, nullable=True),
        sa.Column("reshares", KEY, nullable=True),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("claim_token", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_post_figures_delivery_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_figures")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_post_figures_delivery_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_post_figures_due_at"), "post_figures", ["due_at"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("post_figures")
    with op.batch_alter_table("connections") as table:
        table.drop_column("tells_figures")
