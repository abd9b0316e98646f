"""Let accounts end on a day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.add_column("people", sa.Column("ends_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("people", "ends_on")
