"""A small application, so that forms can speak and ask the books, and a world to tell stories in."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import Settings
from portal.demo.story import Story
from portal.extensions import babel, db
from portal.forms.base import CompanyForm
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE
from portal.models.base import Base


@pytest.fixture(scope="session")
def empty() -> sqlite3.Connection:
    """Every table, empty; making them takes longer than most tests."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    made: sqlite3.Connection = engine.raw_connection().driver_connection  # type: ignore[assignment]
    return made


@pytest.fixture(scope="session")
def small_app() -> Flask:
    """A Flask application in Chinese with a database in memory."""
    app = Flask("portal")
    app.config.update(SQLALCHEMY_DATABASE_URI="sqlite://", BABEL_DEFAULT_LOCALE="zh_Hans_CN")
    app.config["SETTINGS"] = Settings(_env_file=None)
    db.init_app(app)
    babel.init_app(app)
    return app


@pytest.fixture
def app_context(small_app: Flask, empty: sqlite3.Connection) -> Iterator[Flask]:
    """The small application with every table in an empty database."""
    with small_app.app_context():
        with db.engine.connect() as connection:
            empty.backup(connection.connection.driver_connection)  # type: ignore[arg-type]
        yield small_app
        db.session.remove()


class SmallWorld:
    """A world of made-up people and things, none of them in the database; each role has two holders."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.now = datetime(2026, 5, 12, 1, 30, tzinfo=UTC)
        self.applicant = Ref(1, "赵敏 E001")
        self._ids: dict[str, int] = {}

    def _ref(self, name: str, text: str) -> Ref:
        return Ref(self._ids.setdefault(name, len(self._ids) + 2), text)

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def person(self, role: str) -> Ref:
        name = f"{role}{self.rng.randint(1, 2)}"
        return self._ref(name, name)

    def one(self, kind: str) -> Ref:
        name = f"{kind}{self.rng.randint(1, 5)}"
        return self._ref(name, name)

    def project(self, kind: str, stage: str = "") -> Ref:
        return self.one(f"{kind} project")

    def project_facts(self, project: Ref) -> Mapping[str, Any]:
        return {}

    def item_facts(self, item: Ref) -> Mapping[str, Any]:
        return {"unit": "件", "unit_cost": Decimal("12.50"), "place": "A-01", "quantity": Decimal(100)}

    def record(self, *codes: str, project: Ref | None = None) -> Ref | None:
        return None

    def number(self, code: str, project: Ref | None = None) -> Ref:
        return Ref(None, f"{code}-2026-{self.rng.randint(1, 99):04d}")

    def answers_of(self, record: Ref) -> Mapping[str, Any]:
        return {}

    def file(self, name: str) -> dict[str, Any]:
        return {"id": 1, "name": name, "type": "application/pdf", "size": 1000, "sha256": "0" * 64}

    def photo(self, name: str) -> dict[str, Any]:
        return {**self.file(name), "type": "image/jpeg"}

    def signature(self, name: str) -> dict[str, Any]:
        return {**self.file(name), "type": "image/png"}


@pytest.fixture
def tell(app_context: Flask) -> Callable[[type[CompanyForm], Story, int], dict[str, Any]]:
    """Plays a story from the opening section to the end of the route; gives all answers."""

    def play(form: type[CompanyForm], story: Story, seed: int) -> dict[str, Any]:
        world = SmallWorld(seed)
        sheet: Any = form(answers=story.opening(world), context={"@now": world.now})
        assert sheet.validate(), sheet.errors
        json.dumps(sheet.dump())
        known = sheet.answers()
        step = form.signoff.following(None, known)
        while step is not None:
            world.now += timedelta(hours=5)
            if step.fills is not None:
                filled = story.stages[step.key](world, known)
                sheet = step.fills(answers=filled, context={**known, "@now": world.now})
                assert set(filled) <= set(sheet.answers()), step.key
                assert sheet.validate(), (step.key, sheet.errors)
                json.dumps(sheet.dump())
                known = {
                    **known,
                    **{name: value for name, value in sheet.answers().items() if value is not None},
                }
            assert step.outcome(known) is None, step.key
            step = form.signoff.following(step.key, known)
        return known

    return play
