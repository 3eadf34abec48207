"""A delivery may describe its pictures in its owner's words, and pass on a post of the company that its kit names."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("kits", sa.Column("own_posts", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("deliveries", sa.Column("alts", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column(
        "deliveries", sa.Column("reshare_of", sa.String(length=300), nullable=False, server_default="")
    )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("deliveries") as table:
        table.drop_column("reshare_of")
        table.drop_column("alts")
    with op.batch_alter_table("kits") as table:
        table.drop_column("own_posts")
