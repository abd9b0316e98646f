"""Find what was closed lately by an index."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEX = "ix_records_form_code_state_closed_at"


def upgrade() -> None:
    """Forward."""
    op.create_index(INDEX, "records", ["form_code", "state", "closed_at"])


def downgrade() -> None:
    """Back."""
    op.drop_index(INDEX, "records")
