"""What a company may spend in a month, and the ledger of what it did."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "budgets",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_budgets_entity_id_entities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budgets")),
        sa.UniqueConstraint(
            "entity_id", "currency", "month", name=op.f("uq_budgets_entity_id_currency_month")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outlays",
        sa.Column("id", KEY, nullable=False),
        sa.Column("entity_id", KEY, nullable=True),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("use", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("amount", KEY, nullable=False),
        sa.Column("balance", KEY, nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_outlays_entity_id_entities")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlays")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_outlays_entity_id_month_currency"), "outlays", ["entity_id", "month", "currency"]
    )
    op.create_index(op.f("ix_outlays_about"), "outlays", ["about"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("outlays")
    op.drop_table("budgets")
