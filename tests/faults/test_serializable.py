"""Many at once where PostgreSQL promises that each write looks as if it had been alone: all succeed, each once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.lib import conflicts
from portal.models import Record
from tests.faults.acts import COMPLAINTS, MANAGER, OFFICER, ORDERS
from tests.faults.test_at_once import tab, together, whole
from tests.walk import multi, problems
from tests.web.conftest import Desk

pytestmark = pytest.mark.postgres(alone=True)
PEOPLE = 4


@pytest.fixture
def met(app: Flask) -> Iterator[list[str]]:
    """How often somebody met somebody, in a database where everything is serializable."""
    found: list[str] = []

    def note(context: sa.engine.ExceptionContext) -> None:
        if conflicts.is_conflict(context.original_exception):
            found.append(str(context.statement))

    with app.app_context():
        engine = db.engine
    with engine.begin() as connection:
        name: Any = engine.url.database
        connection.execute(
            sa.text(f"ALTER DATABASE {name} SET default_transaction_isolation TO 'serializable'")
        )
    engine.dispose()
    sa.event.listen(engine, "handle_error", note)
    yield found
    sa.event.remove(engine, "handle_error", note)


@pytest.mark.proves("F5", "F8")
def test_all_who_submit_at_once_get_numbers_without_gaps(desk: Desk, met: list[str]) -> None:
    browsers, sheet = [tab(desk, OFFICER) for _one in range(PEOPLE)], desk.told("CS-51")
    for turn in range(2):
        pages = [multi([("_op", "submit"), ("_key", f"{turn}-{one}"), *sheet]) for one in range(PEOPLE)]
        answers = together(
            *(
                lambda browser=browser, page=page: browser.post(f"{COMPLAINTS}new", data=page)
                for browser, page in zip(browsers, pages, strict=True)
            )
        )
        assert [one.status_code for one in answers] == [303] * PEOPLE, [problems(one) for one in answers]
    places = desk.all(sa.select(Record.number).where(Record.form_code == "CS-51").order_by(Record.number))
    assert [int(number[-4:]) for number in places] == list(range(1, 2 * PEOPLE + 1))
    assert met, "nobody met anybody"
    whole(desk)


@pytest.mark.proves("F5")
def test_all_who_sign_at_once_have_signed_once(desk: Desk, met: list[str]) -> None:
    numbers = [desk.walker.open("PU-04") for _one in range(PEOPLE)]
    turns = [{"_op": "sign", "_opinion": "同意", **desk.turn(MANAGER, number)} for number in numbers]
    browsers = [tab(desk, MANAGER) for _one in numbers]
    answers = together(
        *(
            lambda browser=browser, number=number, turn=turn: browser.post(
                f"{ORDERS}{number}/signatures", data=turn
            )
            for browser, number, turn in zip(browsers, numbers, turns, strict=True)
        )
    )
    assert [one.status_code for one in answers] == [303] * PEOPLE, [problems(one) for one in answers]
    assert [desk.signatures(number) for number in numbers] == [["signed"]] * PEOPLE
    whole(desk)
