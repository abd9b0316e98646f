"""Keep an index of the words that the search finds."""

import sqlalchemy as sa
from alembic import op

import portal.models.base

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

READERS, BY_READER = "ix_record_readers_record_id", "ix_record_readers_record_id_key_form_code"


def keep_words() -> None:
    """The words, as each database keeps them best."""
    context = op.get_context()
    if context.dialect.name == "sqlite":
        # Before 3.43 only an index that keeps its words can let go of a row.
        lean = (
            "content='', contentless_delete=1, "
            if context.dialect.dbapi.sqlite_version_info >= (3, 43)
            else ""
        )
        op.execute(f"CREATE VIRTUAL TABLE search_words USING fts5(title, body, also, {lean}tokenize='ascii')")
        return
    op.execute(
        "CREATE TABLE search_words ("
        "rowid bigint PRIMARY KEY, title text NOT NULL, body text NOT NULL, words tsvector NOT NULL)"
    )
    op.execute("CREATE INDEX ix_search_words_words ON search_words USING gin (words)")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "search_entries",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sort", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("readers", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
    )
    op.drop_index(READERS, table_name="record_readers")
    op.create_index(BY_READER, "record_readers", ["record_id", "key", "form_code"], unique=False)
    keep_words()


def downgrade() -> None:
    """Back."""
    op.drop_table("search_words")
    op.drop_index(BY_READER, table_name="record_readers")
    op.create_index(READERS, "record_readers", ["record_id"], unique=False)
    op.drop_table("search_entries")
