"""Keep the packages of records that auditors ask for."""

import sqlalchemy as sa
from alembic import op

import portal.models.base

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "audit_packages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("asked_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_audit_packages_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_packages")),
    )
    op.create_index(op.f("ix_audit_packages_person_id"), "audit_packages", ["person_id"])


def downgrade() -> None:
    """Back."""
    op.drop_table("audit_packages")
