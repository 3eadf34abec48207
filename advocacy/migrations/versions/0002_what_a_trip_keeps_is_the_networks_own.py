"""What a trip to a network keeps is the network module's own, not only a verifier."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    with op.batch_alter_table("authorisations") as table:
        table.alter_column("sealed_verifier", new_column_name="sealed_secret")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("authorisations") as table:
        table.alter_column("sealed_secret", new_column_name="sealed_verifier")
