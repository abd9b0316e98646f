"""Name in PostgreSQL's index in which stretch of ids each record lies, so that the newest are looked through first."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "UPDATE search_words SET words = words || array_to_tsvector(ARRAY['@' || (rowid / 4096)])"
            " WHERE rowid < 1099511627776"
        )


def downgrade() -> None:
    """Back: what is named so disturbs nothing."""
