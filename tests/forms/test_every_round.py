"""Every form that sets something going on the way: returned and signed once more, nothing of it is there twice."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import load
from portal.models import Draft, LedgerEntry, Notice, OrderEntry, Record, StockEntry, Task
from portal.queries import history
from portal.services import route
from tests.walk import Walker, multi, pairs, problems

LAST = {code: form.signoff.steps[-1].key for code, form in FORMS.items()}
CODES = [
    code
    for code, form in sorted(FORMS.items())
    if {hook.after for hook in form.hooks} & {step.key for step in form.signoff.steps} - {LAST[code]}
]


@pytest.fixture
def walker(app: Flask) -> Walker:
    """People who fill in and sign."""
    return Walker(app)


@pytest.mark.parametrize("code", CODES)
def test_a_second_round_doubles_nothing(walker: Walker, code: str) -> None:
    number = opened(walker, code)
    to_the_last_step(walker, number)
    begin_drafts(walker, number)
    before = going(walker, number)
    give_back(walker, number)
    correct(walker, number)
    to_the_last_step(walker, number)
    assert going(walker, number) == before


def opened(walker: Walker, code: str) -> str:
    """A record whose opening section leads to the last step, where that alone decides."""
    last, names = FORMS[code].signoff.steps[-1], {field.short_name for field in FORMS[code]()}
    while True:
        number = walker.open(code)
        with walker.app.app_context():
            known = route.known(walker._turn(number)[0])
        if last.when is None or last.when.fields() - names or last.when.holds(known):
            return number


def to_the_last_step(walker: Walker, number: str) -> None:
    """Signs until only the last step is left; each stage is answered as in the round before."""
    walker.rng.seed(5)
    for _turn in range(30):
        with walker.app.app_context():
            record, task = walker._turn(number)
            if task is not None and task.step == LAST[record.form_code]:
                return
        assert walker.sign(number), f"{number} ends before its last step"
    raise AssertionError(f"{number} does not come to its last step")


def begin_drafts(walker: Walker, number: str) -> None:
    """Whoever may take up what the record has opened has begun to."""
    with walker.app.app_context():
        record, _task = walker._turn(number)
        for draft in db.session.scalars(sa.select(Draft).where(Draft.source_id == record.id)):
            draft.person_id, draft.typed = record.applicant_id, []
        db.session.commit()


def give_back(walker: Walker, number: str) -> None:
    """Whose turn it is returns the record to its applicant."""
    with walker.app.app_context():
        record, task = walker._turn(number)
        assert task is not None
        login, address = walker._signer(task), walker.address(FORMS[record.form_code])
        seen = history.shown_hash(history.content(record), history.signatures(record))
        data = {
            "_task": str(task.id),
            "_seen": seen,
            "_op": "return",
            "_to": "applicant",
            "_opinion": "请核对",
        }
    answer = walker.browser(login).post(f"{address}{number}/signatures", data=data)
    assert answer.status_code == 303, problems(answer)


def correct(walker: Walker, number: str) -> None:
    """The applicant submits it once more, as it was."""
    with walker.app.app_context():
        record, _task = walker._turn(number)
        form = FORMS[record.form_code]
        given = load(fields(form()), history.content(record).answers)
        sheet = pairs(form(answers=given, context=route.known(record)))
        login = record.applicant.login
        data = [("_op", "submit"), ("_version", str(record.version)), ("_reason", "已核对"), *sheet]
    answer = walker.browser(login).post(f"{walker.address(form)}{number}/correct", data=multi(data))
    assert answer.status_code == 303, problems(answer)


def going(walker: Walker, number: str) -> Counter[str]:
    """What the record has set going: drafts, things to do, notices, lines and sums of ledgers."""
    with walker.app.app_context():
        id = db.session.scalars(sa.select(Record.id).where(Record.number == number)).one()
        found: Counter[str] = Counter()
        for draft in db.session.scalars(sa.select(Draft).where(Draft.source_id == id)):
            found[f"draft {draft.form_code}"] += 1
        for task in db.session.scalars(sa.select(Task).where(Task.record_id == id, Task.state == "open")):
            if task.kind in ("open", "ask"):
                found[f"task {task.kind} {task.form_code} {task.title}"] += 1
        for told in db.session.scalars(
            sa.select(Notice).where(Notice.record_id == id, Notice.kind == "told")
        ):
            found[f"told {told.person_id} {told.facts}"] += 1
        for line in db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.record_id == id)):
            found[f"line {line.ledger} {line.facts}"] += 1
        for table in (StockEntry, OrderEntry):
            for moved in db.session.scalars(sa.select(table).where(table.record_id == id)):
                found[f"{table.__tablename__} {moved.item_id}"] += int(moved.quantity * 1000)
    return found
