"""The tables: up, down to nothing and up again, with data in them; and what the models say is what is there."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import alembic, db
from portal.lib.clock import now
from portal.models import Record
from portal.models.base import Base
from portal.queries import prints
from portal.services import checking, uploads

pytestmark = pytest.mark.both_databases


def tables() -> set[str]:
    """Names of the tables that there are, but for Alembic's own."""
    return set(sa.inspect(db.engine).get_table_names()) - {"alembic_version"}


def triggers() -> set[str]:
    """Names of the triggers that there are."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[db.engine.dialect.name]
    with db.engine.connect() as connection:
        return set(connection.execute(sa.text(query)).scalars())


def functions() -> list[str]:
    """Functions of our own that PostgreSQL keeps."""
    if db.engine.dialect.name == "sqlite":
        return []
    query = "SELECT proname FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
    with db.engine.connect() as connection:
        own = connection.execute(sa.text(f"{query} AND proname LIKE 'refuse%'")).scalars()
        return list(own)


@pytest.mark.proves("F20")
def test_models_and_migrations_agree(context: Flask) -> None:
    assert alembic.compare_metadata() == []
    assert tables() >= set(Base.metadata.tables)


def test_there_is_one_line_of_revisions(context: Flask) -> None:
    assert len(alembic.heads()) == 1
    assert alembic.current() == alembic.heads()


@pytest.mark.proves("F20")
def test_down_to_nothing_and_up_again(context: Flask) -> None:
    before, guards = tables(), triggers()
    assert {"audit_events_refuse_update", "signatures_refuse_delete"} <= guards
    db.session.remove()
    alembic.downgrade("base")
    assert (tables(), triggers(), functions()) == (set(), set(), [])
    alembic.upgrade()
    assert (tables(), triggers()) == (before, guards)
    assert alembic.compare_metadata() == []


def test_prints_that_were_there_before_they_were_numbered_can_be_checked(context: Flask) -> None:
    record = db.session.scalars(sa.select(Record).where(Record.state == "finished")).first()
    assert record is not None
    id, data = record.id, b"%PDF-1.7"
    with transaction():
        file = uploads.keep("x.pdf", data, "application/pdf", by=None, now=now())
        record.pdf_id = file.id
    db.session.remove()
    alembic.downgrade("0006")
    alembic.upgrade()
    (one,) = prints.of_record(id)
    assert (one.copy, one.language, one.file_id) == (0, "zh", db.session.get_one(Record, id).pdf_id)
    assert checking.paper(one.code).verdict == checking.file(data).verdict == "genuine"
