"""Let people prove themselves by passkeys."""

import sqlalchemy as sa
from alembic import op

from portal.models.base import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OF_THE_APP = (
    "SELECT f.person_id, c.sha256, c.used_at FROM recovery_codes c JOIN second_factors f ON f.id = c.factor_id "
    "ORDER BY c.id"
)
OF_THE_PERSON = (
    "SELECT p.second_factor_id, c.sha256, c.used_at FROM recovery_codes c JOIN people p ON p.id = c.person_id "
    "WHERE p.second_factor_id IS NOT NULL ORDER BY c.id"
)


def upgrade() -> None:
    """Forward: recovery codes are of the person now, whatever else proves them."""
    _make_passkeys()
    _make_questions()
    op.add_column("sign_in_sessions", sa.Column("last_seen", Moment(timezone=True), nullable=True))
    _make_recovery_codes_anew(OF_THE_APP, "person_id", "people")


def downgrade() -> None:
    """Back: recovery codes of those who have passkeys alone go with them."""
    _make_recovery_codes_anew(OF_THE_PERSON, "factor_id", "second_factors")
    op.drop_column("sign_in_sessions", "last_seen")
    op.drop_table("passkey_questions")
    op.drop_table("passkeys")


def _make_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("credential", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(timezone=True), nullable=False),
        sa.Column("used_at", Moment(timezone=True), nullable=True),
        sa.Column("ended_at", Moment(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_passkeys_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkeys_credential")),
    )
    op.create_index(op.f("ix_passkeys_person_id"), "passkeys", ["person_id"])


def _make_questions() -> None:
    op.create_table(
        "passkey_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_passkey_questions_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_questions")),
        sa.UniqueConstraint("challenge", name=op.f("uq_passkey_questions_challenge")),
    )
    op.create_index(op.f("ix_passkey_questions_asked_at"), "passkey_questions", ["asked_at"])


def _make_recovery_codes_anew(kept: str, owner: str, owners: str) -> None:
    """The table with another owner of each code; SQLite changes no foreign keys of one that there is."""
    rows = op.get_bind().execute(sa.text(kept).columns(used_at=Moment)).all()
    op.drop_table("recovery_codes")
    made = op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(owner, sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("used_at", Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint([owner], [f"{owners}.id"], name=op.f(f"fk_recovery_codes_{owner}_{owners}")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f(f"ix_recovery_codes_{owner}"), "recovery_codes", [owner])
    columns = (owner, "sha256", "used_at")
    op.bulk_insert(made, [dict(zip(columns, row, strict=True)) for row in rows])
