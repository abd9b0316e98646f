"""Keep the texts of controlled documents."""

import sqlalchemy as sa
from alembic import op

import portal.models.base

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "document_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=True),
        sa.Column("document_no", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("readers", sa.JSON(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("review_months", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("created_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("saved_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("released_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("bound", sa.JSON(), nullable=False),
        sa.Column("commit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["people.id"], name=op.f("fk_document_revisions_author_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["departments.id"],
            name=op.f("fk_document_revisions_department_id_departments"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["controlled_documents.id"],
            name=op.f("fk_document_revisions_document_id_controlled_documents"),
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["records.id"], name=op.f("fk_document_revisions_release_id_records")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["people.id"], name=op.f("fk_document_revisions_released_by_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["records.id"], name=op.f("fk_document_revisions_request_id_records")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_revisions")),
        sa.UniqueConstraint("code", name=op.f("uq_document_revisions_code")),
    )
    op.create_index(
        op.f("ix_document_revisions_document_id"), "document_revisions", ["document_id"], unique=False
    )
    op.create_index(
        op.f("ix_document_revisions_document_no"), "document_revisions", ["document_no"], unique=False
    )
    op.create_index(
        op.f("ix_document_revisions_release_id"), "document_revisions", ["release_id"], unique=False
    )
    op.create_table(
        "document_readings",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("reminded_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_document_readings_person_id_people")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["document_revisions.id"],
            name=op.f("fk_document_readings_revision_id_document_revisions"),
        ),
        sa.PrimaryKeyConstraint("revision_id", "person_id", name=op.f("pk_document_readings")),
    )
    op.create_table(
        "document_revision_files",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_document_revision_files_file_id_files")
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["document_revisions.id"],
            name=op.f("fk_document_revision_files_revision_id_document_revisions"),
        ),
        sa.PrimaryKeyConstraint("revision_id", "name", name=op.f("pk_document_revision_files")),
    )
    op.add_column("controlled_documents", sa.Column("obsolete_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("controlled_documents", "obsolete_on")
    op.drop_table("document_revision_files")
    op.drop_table("document_readings")
    op.drop_index(op.f("ix_document_revisions_release_id"), table_name="document_revisions")
    op.drop_index(op.f("ix_document_revisions_document_no"), table_name="document_revisions")
    op.drop_index(op.f("ix_document_revisions_document_id"), table_name="document_revisions")
    op.drop_table("document_revisions")
