"""Ask for a second factor."""

import sqlalchemy as sa
from alembic import op

import portal.models.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "second_factors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("made_at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_second_factors_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
    )
    op.create_index(op.f("ix_second_factors_person_id"), "second_factors", ["person_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("used_at", portal.models.base.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"])
    op.add_column("people", sa.Column("second_factor_id", sa.Integer(), nullable=True))
    op.add_column(
        "people", sa.Column("second_factor_due", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("sign_in_sessions", sa.Column("way", sa.Text(), nullable=False, server_default="password"))
    op.add_column("sign_in_sessions", sa.Column("factor", sa.Text(), nullable=True))


def downgrade() -> None:
    """Back."""
    op.drop_column("sign_in_sessions", "factor")
    op.drop_column("sign_in_sessions", "way")
    op.drop_column("people", "second_factor_due")
    op.drop_column("people", "second_factor_id")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
