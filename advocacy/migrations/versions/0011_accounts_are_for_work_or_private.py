"""A connected account is for work or private, and may be for some topics alone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward."""
    kind = sa.Column("kind", sa.String(length=32), nullable=False, server_default="work")
    op.add_column("connections", kind)
    op.add_column("authorisations", sa.Column("kind", sa.String(length=32), nullable=True))
    op.add_column("authorisations", sa.Column("topic_ids", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "connection_topics",
        sa.Column("id", KEY, nullable=False),
        sa.Column("connection_id", KEY, nullable=False),
        sa.Column("topic_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_connection_topics_connection_id_connections")
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topics.id"], name=op.f("fk_connection_topics_topic_id_topics")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connection_topics")),
        sa.UniqueConstraint(
            "connection_id", "topic_id", name=op.f("uq_connection_topics_connection_id_topic_id")
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("connection_topics")
    with op.batch_alter_table("authorisations") as table:
        table.drop_column("topic_ids")
        table.drop_column("kind")
    with op.batch_alter_table("connections") as table:
        table.drop_column("kind")
