"""AD-01: who has heard a complaint and kept it to themselves is warned; nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Asks, PostsEntry
from portal.domain.signoff import Back, Close
from portal.extensions import db
from portal.forms.customer_service.warning_notice import EmployeeSign, WarningNotice
from portal.forms.kinds import Ref
from portal.forms.ledgers import LEDGERS
from portal.models import LedgerEntry, Record, Task
from portal.queries import complaints
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = WarningNotice.signoff
PROOF = [{"id": 1, "name": "记录.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}]
GIVEN = {
    "received_at": NOW - timedelta(days=2),
    "discovered_on": date(2026, 5, 12),
    "facts": "没有反馈",
    "evidence": PROOF,
}


@pytest.fixture
def complaint(make_record) -> Record:
    return make_record("CS-51-2026-0001")


def sheet(complaint: Record, employee: Ref, **answers):
    given = {"complaint": Ref(complaint.id, complaint.number), "employee": employee, **GIVEN, **answers}
    return WarningNotice(answers=given, context={"@now": NOW})


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


def test_who_has_told_nobody_is_warned(complaint, people):
    assert wrong(sheet(complaint, people["sun"])) == set()
    assert wrong(sheet(complaint, people["sun"], evidence=None)) == {"evidence"}


def test_r64_not_who_has_relayed_it(complaint, people, make_record, stored, link):
    """A relay note that the complaint names, or that it was made from."""
    for kind in ("named", "opened"):
        note = make_record(f"CS-50-2026-{len(kind):04d}", by="sun", received_by=stored(people["sun"]))
        link(*((complaint, note, kind) if kind == "named" else (note, complaint, kind)))
        form = sheet(complaint, people["sun"])
        assert wrong(form) == {"employee"}
        assert note.number in form.employee.errors[0]
        assert wrong(sheet(complaint, people["zhao"])) == set(), "another has told, not this one"
        note.state = "voided"
        db.session.flush()
        assert wrong(sheet(complaint, people["sun"])) == set()


def test_r64_not_whose_note_was_added_to_it(complaint, people, make_record, sign, stored):
    note = make_record("CS-50-2026-0001", received_by=stored(people["sun"]))
    assert complaints.relayed_by(people["sun"].id, {complaint.id}) == ""
    sign(note, "centre_receipt", existing_complaint={"id": complaint.id, "text": complaint.number})
    assert complaints.relayed_by(people["sun"].id, {complaint.id}) == note.number
    assert complaints.relayed_by(people["zhao"].id, {complaint.id}) == note.number, "who wrote it for another"
    assert complaints.relayed_by(people["sun"].id, {complaint.id + 1}) == ""
    assert complaints.relayed_by(people["sun"].id, ()) == ""


def test_r64_not_who_took_the_call_that_became_it(complaint, people, make_record, link):
    call = make_record("CS-90-2026-0001", by="sun", kind="complaint")
    link(call, complaint, "opened")
    assert complaints.relayed_by(people["sun"].id, {complaint.id}) == call.number
    assert complaints.relayed_by(people["zhao"].id, {complaint.id}) == ""


def test_it_came_out_after_it_was_heard(complaint, people):
    sun = people["sun"]
    assert wrong(sheet(complaint, sun, discovered_on=date(2026, 5, 9))) == {"discovered_on"}
    assert wrong(sheet(complaint, sun, discovered_on=date(2026, 5, 13))) == {"discovered_on"}
    assert wrong(sheet(complaint, sun, received_at=NOW + timedelta(hours=1))) == {"received_at"}


def test_who_decides():
    decision, approval, receipt = ROUTE.steps
    assert (decision.by.parties[0].key, decision.on_refusal) == ("administration_officer", Close())
    assert (approval.by.parties[0].key, approval.on_refusal) == (
        "general_manager",
        Back("administration_decision"),
    )
    assert (receipt.by.parties[0].kind, receipt.by.parties[0].key) == ("person", "employee")


def test_an_appeal_has_a_reason(app_context):
    assert wrong(EmployeeSign(answers={"appeal": True})) == {"appeal_reason"}
    assert wrong(EmployeeSign(answers={"appeal": False})) == set()
    assert wrong(EmployeeSign(answers={})) == set()


def test_the_ledger_keeps_it_and_an_appeal_is_heard(filed, complaint, people):
    about = {"employee": people["sun"], "complaint": Ref(complaint.id, complaint.number)}
    known = {**about, "discovered_on": date(2026, 5, 12), "sanction": "warning"}
    (line,) = WarningNotice.effects("employee_sign", filed("AD-01", **known, appeal=None))
    assert isinstance(line, PostsEntry)
    assert (line.ledger, line.about) == ("warnings", complaint.id)
    assert line.facts == {
        "employee": people["sun"].text, "complaint": "CS-51-2026-0001", "discovered_on": "2026-05-12",
        "sanction": "warning", "appeal": False, "appeal_reason": "",
    }  # fmt: skip
    line, task = WarningNotice.effects(
        "employee_sign", filed("AD-01", **known, appeal=True, appeal_reason="已致电服务台")
    )
    assert line.facts["appeal_reason"] == "已致电服务台"
    assert isinstance(task, Asks)
    assert (task.to, task.due) == ("role:general_manager", date(2026, 5, 19))


@pytest.mark.parametrize("seed", range(6))
def test_its_story_reaches_the_end(worlds, walk, complaint, seed):
    world = worlds(seed)
    world.record = lambda *codes: Ref(complaint.id, complaint.number)
    walk(WarningNotice, STORIES["AD-01"], world)


def test_only_administration_and_the_general_manager_read_the_ledger(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("AD-01")
    while walker.step(number) != "employee_sign":
        walker.sign(number)
    walker.sign(number, appeal="yes", appeal_reason="已致电服务台")
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        line = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.record_id == record.id)).one()
        assert line.ledger == "warnings"
        asked = db.session.scalars(
            sa.select(Task).where(Task.record_id == record.id, Task.kind == "ask")
        ).one()
        assert [holder.key for holder in asked.holders] == ["role:general_manager"]
    for login in ("administration_officer", "general_manager", "auditor"):
        page = walker.browser(login).get("/registers/warnings")
        assert (page.status_code, number in page.text) == (200, True), login
    for login in (
        *("finance_supervisor", "hr_manager", "deputy_general_manager", "customer_service_supervisor"),
        *("customer_service_officer", "foreman", "administrator"),
    ):
        assert walker.browser(login).get("/registers/warnings").status_code in (403, 404), login
        assert walker.browser(login).get("/registers/warnings.csv").status_code in (403, 404), login
        assert LEDGERS["warnings"].url not in walker.browser(login).get("/registers").text


def test_a_notice_that_is_refused_ends(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("AD-01")
    walker.sign(number)
    walker.refuse(number, "证据不足")
    assert walker.step(number) == "administration_decision"
    walker.refuse(number, "核实后不属未反馈")
    assert walker.state(number) == "refused"
    with app.app_context():
        assert (
            db.session.scalars(sa.select(LedgerEntry.id).where(LedgerEntry.ledger == "warnings")).all() == []
        )
