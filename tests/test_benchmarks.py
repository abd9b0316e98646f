"""What the benchmarks measure can be made at all: they are seldom run, and the tables go on changing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from benchmarks.browser import REQUISITIONS
from benchmarks.fill import FIRST, fill
from portal.config import Settings
from portal.extensions import db
from portal.factory import create_app
from portal.models import Record, Task


def test_the_database_is_filled(tmp_path: Path) -> None:
    fill(Settings(portal_data=tmp_path), 51)
    app = create_app(Settings(portal_data=tmp_path))
    with app.app_context():
        copies = Record.number.like("%-2026-0%")
        found = db.session.scalar(sa.select(sa.func.count()).where(copies))
        assert found == 51 + REQUISITIONS + 1  # with the order that they copy
        waiting = sa.select(sa.func.count()).where(Task.id >= FIRST, Task.state == "open")
        assert db.session.scalar(waiting) == 2
        db.session.remove()
        db.engine.dispose()
