"""Holds stop what goes out, and owners of posts in their scope may be asked to take them down."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "holds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("network", sa.String(length=32), nullable=True),
        sa.Column("entity_id", KEY, nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("kit_id", KEY, nullable=True),
        sa.Column("topic_id", KEY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("starts_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=True),
        sa.Column("placed_at", INSTANT, nullable=False),
        sa.Column("placed_by", KEY, nullable=True),
        sa.Column("told_through", KEY, nullable=False),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("lifted_by", KEY, nullable=True),
        sa.Column("returned_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["entity_id"], ["entities.id"], name=op.f("fk_holds_entity_id_entities")),
        sa.ForeignKeyConstraint(["kit_id"], ["kits.id"], name=op.f("fk_holds_kit_id_kits")),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_holds_topic_id_topics")),
        sa.ForeignKeyConstraint(["placed_by"], ["people.id"], name=op.f("fk_holds_placed_by_people")),
        sa.ForeignKeyConstraint(["lifted_by"], ["people.id"], name=op.f("fk_holds_lifted_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
        sa.UniqueConstraint("code", name=op.f("uq_holds_code")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_holds_lifted_at_starts_at"), "holds", ["lifted_at", "starts_at"])
    op.create_table(
        "appeals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("hold_id", KEY, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_appeals_hold_id_holds")),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_appeals_delivery_id_deliveries")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_appeals_asked_by_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeals")),
        sa.UniqueConstraint("hold_id", "delivery_id", name=op.f("uq_appeals_hold_id_delivery_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_appeals_delivery_id"), "appeals", ["delivery_id"])
    op.add_column("deliveries", sa.Column("hold_code", sa.String(length=16), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("hold_code")
    op.drop_table("appeals")
    op.drop_table("holds")
