"""Find customers that look alike by an index."""

import sqlalchemy as sa
from alembic import op

from portal.lib.likeness import dialled, plain_code, plain_name

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

NAMES = ("plain_name", "plain_code", "plain_phone")
FILL = "UPDATE customers SET plain_name = :name, plain_code = :code, plain_phone = :phone WHERE id = :id"
AT_ONCE = 10_000


def fill() -> None:
    """What the customers that are there have in common with others."""
    connection, last = op.get_bind(), 0
    query = sa.text(
        "SELECT id, name, credit_code, phone FROM customers WHERE id > :last ORDER BY id LIMIT :most"
    )
    while rows := connection.execute(query, {"last": last, "most": AT_ONCE}).all():
        plain = [
            {"id": id, "name": plain_name(name), "code": plain_code(code), "phone": dialled(phone)}
            for id, name, code, phone in rows
        ]
        connection.execute(sa.text(FILL), plain)
        last = rows[-1].id


def upgrade() -> None:
    """Forward."""
    for name in NAMES:
        op.add_column("customers", sa.Column(name, sa.Text(), nullable=True))
    fill()
    for name in NAMES:
        op.create_index(f"ix_customers_{name}", "customers", [name])


def downgrade() -> None:
    """Back."""
    for name in reversed(NAMES):
        op.drop_index(f"ix_customers_{name}", "customers")
        op.drop_column("customers", name)
