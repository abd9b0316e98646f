"""On PostgreSQL the portal works under a role that cannot change what is append-only, even without the triggers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import ROOT
from portal.database import transaction
from portal.domain.permissions import person_key
from portal.extensions import db
from portal.jobs import daily, outbox, witnesses
from portal.lib.clock import now
from portal.models import AuditEvent, Person
from portal.queries import audit_tree
from portal.services import audit, notices
from tests.conftest import make_app
from tests.walk import Walker

pytestmark = [pytest.mark.postgres, pytest.mark.requirement("R8")]
SQL = (ROOT / "docs/database-role.sql").read_text(encoding="utf-8")
NAME = "portal_under_a_role"


@pytest.fixture
def owner(postgres: str) -> Iterator[sa.Engine]:
    """The owner of a portal's own database, in which the role has been made."""
    admin = sa.create_engine(postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.exec_driver_sql(f"CREATE DATABASE {NAME} TEMPLATE template_portal")
    engine = sa.create_engine(sa.make_url(postgres).set(database=NAME))
    with engine.begin() as connection:
        connection.exec_driver_sql(SQL)
        connection.exec_driver_sql(SQL)  # again, as after the next upgrade
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
        connection.exec_driver_sql("DROP ROLE portal_app")
    admin.dispose()


@pytest.fixture
def under(owner: sa.Engine, tmp_path: Path) -> Iterator[Flask]:
    """The portal under that role."""
    app = make_app(tmp_path, owner.url.set(username="portal_app").render_as_string(hide_password=False))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.proves("R8")
def test_it_names_every_table_that_is_append_only(owner: sa.Engine) -> None:
    guarded = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_refuse\\_update'"
    with owner.connect() as connection:
        tables = set(connection.execute(sa.text(guarded)).scalars())
    revoked = re.search(r"REVOKE UPDATE, DELETE ON(.*?)FROM", SQL, re.S)
    assert revoked is not None
    assert set(re.findall(r"\w+", revoked[1])) == tables


def test_the_acts_of_the_portal_need_no_more(under: Flask) -> None:
    walker = Walker(under)
    number = walker.open("PU-04") if walker.requisition() else ""
    while walker.sign(number):
        pass
    survey = walker.open("CS-51")
    assert walker.sign(survey)
    with under.app_context():
        with transaction():
            buyer = db.session.scalars(sa.select(Person.id).where(Person.login == "buyer")).one()
            notices.tell(
                [person_key(buyer)], "task", now=now(), text={"zh": "请核实。", "en": "Please check."}
            )
        outbox.drain()
        daily.tidy()
        daily.settle_customers()
        assert witnesses.keep_tree() == db.session.scalar(sa.select(sa.func.count(AuditEvent.id)))
        assert audit_tree.last() is not None
        assert audit.verify()[1] is None
        db.session.remove()
    answer = under.test_cli_runner().invoke(args=["audit", "verify"])
    assert answer.exit_code == 0, answer.output


@pytest.mark.proves("R8", "R32")
@pytest.mark.parametrize("statement", [
    "UPDATE audit_events SET kind = 'x'",
    "DELETE FROM audit_events",
    "TRUNCATE audit_events",
    "UPDATE audit_leaves SET hash = ''",
    "DELETE FROM audit_checkpoints",
    "TRUNCATE audit_nodes",
    "UPDATE signatures SET opinion = 'x'",
    "DELETE FROM audit_streams",
    "UPDATE alembic_version SET version_num = 'x'",
    "ALTER TABLE audit_events DISABLE TRIGGER USER",
    "DROP TABLE audit_checkpoints",
])  # fmt: skip
def test_it_is_refused_more(owner: sa.Engine, under: Flask, statement: str) -> None:
    with owner.begin() as connection:
        for table in ("audit_events", "audit_leaves", "audit_checkpoints", "audit_nodes", "signatures"):
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    with (
        under.app_context(),
        pytest.raises(sa.exc.ProgrammingError, match=r"permission denied|must be owner"),
        transaction(),
    ):
        db.session.execute(sa.text(statement))
