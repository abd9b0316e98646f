"""Number the prints of finished records, so that paper can be checked."""

import sqlalchemy as sa
from alembic import op

import portal.models.base
from portal.lib import spoken_codes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; prints that are there already become originals with a code of their own."""
    prints = op.create_table(
        "record_prints",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("made_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["record_id"], ["records.id"], name=op.f("fk_record_prints_record_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_record_prints_asked_by_id_people")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_record_prints_file_id_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_prints")),
        sa.UniqueConstraint("code", name=op.f("uq_record_prints_code")),
        sa.UniqueConstraint(
            "record_id", "copy", "language", name=op.f("uq_record_prints_record_id_copy_language")
        ),
    )
    op.create_index(op.f("ix_record_prints_file_id"), "record_prints", ["file_id"])
    op.create_index("ix_record_prints_asked_by_id_asked_at", "record_prints", ["asked_by_id", "asked_at"])
    records = sa.table("records", sa.column("id", sa.Integer), sa.column("pdf_id", sa.Integer))
    files = sa.table(
        "files", sa.column("id", sa.Integer), sa.column("uploaded_at", portal.models.base.Moment)
    )
    there = op.get_bind().execute(
        sa.select(records.c.id, records.c.pdf_id, files.c.uploaded_at).join(
            files, files.c.id == records.c.pdf_id
        )
    )
    rows = [
        {"record_id": record, "copy": 0, "language": "zh", "code": spoken_codes.new(4),
         "asked_at": at, "made_at": at, "file_id": file}
        for record, file, at in there
    ]  # fmt: skip
    if rows:
        op.bulk_insert(prints, rows)


def downgrade() -> None:
    """Back."""
    op.drop_table("record_prints")
