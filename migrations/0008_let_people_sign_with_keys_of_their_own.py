"""Let people sign with keys of their own."""

import sqlalchemy as sa
from alembic import op

import portal.models.base

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "own_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("locked", sa.Text(), nullable=False),
        sa.Column("made_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_own_keys_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_keys")),
        sa.UniqueConstraint("sha256", name=op.f("uq_own_keys_sha256")),
    )
    op.create_index(op.f("ix_own_keys_person_id"), "own_keys", ["person_id"])
    op.add_column("people", sa.Column("own_key_id", sa.Integer(), nullable=True))
    op.add_column("sign_in_sessions", sa.Column("held_key", sa.Text(), nullable=True))
    op.add_column(
        "sign_in_sessions", sa.Column("held_until", portal.models.base.Moment(timezone=True), nullable=True)
    )
    op.create_index(op.f("ix_sign_in_sessions_held_until"), "sign_in_sessions", ["held_until"])
    op.add_column("signatures", sa.Column("own_key", sa.Text(), nullable=True))
    op.add_column("signatures", sa.Column("own_signature", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("signatures", "own_signature")
    op.drop_column("signatures", "own_key")
    op.drop_index(op.f("ix_sign_in_sessions_held_until"), "sign_in_sessions")
    op.drop_column("sign_in_sessions", "held_until")
    op.drop_column("sign_in_sessions", "held_key")
    op.drop_column("people", "own_key_id")
    op.drop_table("own_keys")
