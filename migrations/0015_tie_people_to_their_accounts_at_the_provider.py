"""Tie people to their accounts at the provider."""

import sqlalchemy as sa
from alembic import op

from portal.models.base import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "provider_ties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_provider_ties_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_ties")),
        sa.UniqueConstraint("issuer", "person_id", name=op.f("uq_provider_ties_issuer_person_id")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_ties_issuer_subject")),
    )
    op.create_index(op.f("ix_provider_ties_person_id"), "provider_ties", ["person_id"])


def downgrade() -> None:
    """Back."""
    op.drop_table("provider_ties")
