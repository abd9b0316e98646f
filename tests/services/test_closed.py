"""A record that is over, or waits for its applicant, refuses every act of others, and nothing changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal.domain.refusal import NotYourTurn, RecordClosed, Refusal
from portal.models import Record, Task
from portal.queries import history
from portal.services import bulk, conversation, corrections, delegation, entries, outside, route, signing
from tests.services.engine_forms import LogLine, OneRole
from tests.services.office import NOW, Office, everything

Act = Callable[[Office, Record, Task], Any]


def finished(office: Office) -> tuple[Record, Task]:
    """Approved to the end."""
    record, task = _begun(office)
    office.sign(record, "quality_manager")
    office.sign(record, "general_manager")
    return record, task


def refused(office: Office) -> tuple[Record, Task]:
    """Ended by a refusal."""
    record, task = _begun(office)
    route.finish(record, "refused", by=office.id("quality_manager"), now=NOW)
    return record, task


def voided(office: Office) -> tuple[Record, Task]:
    """Given up by its applicant."""
    record, task = returned(office)
    corrections.void(record.id, office.actor("buyer"), reason="no more", now=NOW)
    return record, task


def withdrawn(office: Office) -> tuple[Record, Task]:
    """Taken back by its applicant."""
    record, task = _begun(office)
    corrections.withdraw(record.id, office.actor("buyer"), reason="wrong", now=NOW)
    return record, task


def returned(office: Office) -> tuple[Record, Task]:
    """Sent back to its applicant."""
    record, task = _begun(office)
    office.send_back(record, "quality_manager")
    return record, task


def _begun(office: Office) -> tuple[Record, Task]:
    record = office.submit(OneRole)
    (task,) = history.open_tasks(record)
    return record, task


def _entry(office: Office, record: Record) -> None:
    stage = LogLine(answers={"note": "late"}, context=route.known(record))
    entries.enter(record.id, "log", office.actor("salesperson"), office.hand(record), stage, now=NOW)


def _pass(act: Callable[..., Any], *more: Any) -> Act:
    def run(office: Office, record: Record, task: Task) -> None:
        act(
            task.id,
            office.actor("quality_manager_2"),
            office.id("hr_manager"),
            *more,
            reason="help",
            now=NOW,
        )

    return run


ACTS: dict[str, Act] = {
    "sign": lambda o, r, t: signing.sign(t.id, o.actor("quality_manager_2"), o.hand(r), None, now=NOW),
    "return": lambda o, r, t: signing.send_back(
        t.id, o.actor("quality_manager_2"), o.hand(r), "applicant", now=NOW
    ),
    "refuse": lambda o, r, t: signing.refuse(t.id, o.actor("quality_manager_2"), o.hand(r), now=NOW),
    "add before": _pass(delegation.add_signer, "before"),
    "add after": _pass(delegation.add_signer, "after"),
    "ask advice": _pass(delegation.ask_advice),
    "hand over": _pass(delegation.hand_over),
    "re-route": lambda o, r, t: delegation.reroute(
        t.id, o.actor("administrator"), o.id("hr_manager"), reason="away", now=NOW
    ),
    "link": lambda o, r, t: outside.make_link(t.id, o.actor("quality_manager_2"), "x", now=NOW),
    "withdraw": lambda o, r, t: corrections.withdraw(r.id, o.actor("buyer"), reason="late", now=NOW),
    "void by another": lambda o, r, t: corrections.void(r.id, o.actor("buyer_2"), reason="late", now=NOW),
    "correct by another": lambda o, r, t: o.correct(r, "buyer_2", subject="x"),
}
OVER_ONLY: dict[str, Act] = {
    "void": lambda o, r, t: corrections.void(r.id, o.actor("buyer"), reason="late", now=NOW),
    "correct": lambda o, r, t: o.correct(r, "buyer", subject="x"),
    "urge": lambda o, r, t: conversation.urge(r, o.actor("buyer"), now=NOW),
    "entry": lambda o, r, t: _entry(o, r),
}
OVER = (finished, refused, voided)
CASES = [
    *((state, act) for state in (*OVER, withdrawn, returned) for act in ACTS),
    *((state, act) for state in OVER for act in OVER_ONLY),
]


@pytest.mark.proves("R4", "R32", "S21")
@pytest.mark.requirement("R4")
@pytest.mark.requirement("R32")
@pytest.mark.parametrize(("state", "act"), CASES, ids=lambda one: getattr(one, "__name__", one))
def test_it_refuses(office: Office, state: Callable[[Office], tuple[Record, Task]], act: str) -> None:
    record, task = state(office)
    before = everything()
    with pytest.raises(Refusal):
        {**ACTS, **OVER_ONLY}[act](office, record, task)
    assert everything() == before


@pytest.mark.parametrize("state", [finished, withdrawn])
def test_bulk_leaves_it(office: Office, state: Callable[[Office], tuple[Record, Task]]) -> None:
    record, task = state(office)
    before = everything()
    (outcome,) = bulk.approve({task.id: office.standing(record)}, office.actor("quality_manager_2"), now=NOW)
    assert outcome.refused
    assert everything() == before


def test_the_words_fit(office: Office) -> None:
    record, _task = finished(office)
    with pytest.raises(RecordClosed):
        corrections.withdraw(record.id, office.actor("buyer"), reason="late", now=NOW)
    with pytest.raises(NotYourTurn):
        _entry(office, record)


def test_nothing_waits_after_the_end(office: Office) -> None:
    for state in OVER:
        record, _task = state(office)
        assert office.waiting(record) == []
        assert record.closed_at == NOW
        assert (record.step, record.due_at) == ("", None)
