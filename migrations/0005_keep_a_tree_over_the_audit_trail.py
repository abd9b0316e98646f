"""Keep a tree over all events of the audit trail, whose checkpoints others can witness."""

import sqlalchemy as sa
from alembic import op

import portal.models.base

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_leaves", "audit_nodes", "audit_checkpoints")
REFUSAL = "this table is append-only"


def protect() -> None:
    """Triggers that refuse every change and removal; the function on PostgreSQL is that of the first tables."""
    sqlite = op.get_context().dialect.name == "sqlite"
    body = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END" if sqlite else "EXECUTE FUNCTION refuse_change()"
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            name = f"{table}_refuse_{act.lower()}"
            op.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {body}")


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "audit_leaves",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_leaves")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_leaves_event_id")),
    )
    op.create_table(
        "audit_nodes",
        sa.Column("ending", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ending", "level", name=op.f("pk_audit_nodes")),
    )
    op.create_table(
        "audit_checkpoints",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("at", portal.models.base.Moment(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_checkpoints")),
        sa.UniqueConstraint("size", name=op.f("uq_audit_checkpoints_size")),
    )
    protect()


def downgrade() -> None:
    """Back; the triggers go with their tables."""
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)
