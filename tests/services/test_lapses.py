"""Steps that do not wait for those who are late: the record moves on once, plainly, and signed by nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from portal.domain.refusal import Lapsed, NotYourTurn
from portal.extensions import db
from portal.forms.flow import chart
from portal.forms.progress import progress
from portal.lib.clock import ZONE
from portal.models import AuditEvent, Notice, Person, Record, RoleGrant, Signature, Task
from portal.queries import history, record_page
from portal.services import corrections, lapses, printing, reminders, route, signing, stuck
from tests.services.engine_forms import Urgent
from tests.services.office import NOW, Office

HOUR = timedelta(hours=1)


def there(text: str) -> datetime:
    """A moment on the company's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def told(record: Record, kind: str) -> set[str]:
    """Logins of those who have got a notice of this kind."""
    query = sa.select(Notice.person_id).where(Notice.record_id == record.id, Notice.kind == kind)
    return {db.session.get_one(Person, id).login for id in db.session.scalars(query)}


def events(record: Record) -> list[AuditEvent]:
    return [event for event in history.events(record) if event.kind == "step_lapsed"]


def turns(record: Record) -> list[tuple[str, str, int]]:
    """Every turn of the record: step, state, round."""
    query = sa.select(Task.step, Task.state, Task.round).where(
        Task.record_id == record.id, Task.kind == "sign"
    )
    return [tuple(row) for row in db.session.execute(query.order_by(Task.id))]


def test_it_moves_on_when_the_time_is_over_and_not_before(office: Office) -> None:
    record = office.submit(Urgent)
    assert lapses.move_on(NOW + HOUR - timedelta(seconds=1)) == 0
    assert record.step == "decide"
    assert lapses.move_on(NOW + HOUR) == 1
    assert (record.state, record.step, record.round) == ("running", "rescue", 1)
    assert turns(record) == [("decide", "cancelled", 1), ("rescue", "open", 1)]
    assert history.signatures(record) == []
    assert office.able(record) == {"general_manager"}


def test_it_moves_once(office: Office) -> None:
    record = office.submit(Urgent)
    assert [lapses.move_on(NOW + n * HOUR) for n in range(1, 30)] == [1, *[0] * 28]
    assert len(events(record)) == 1
    assert len(turns(record)) == 2


def test_the_breach_is_logged_and_everybody_concerned_is_told(office: Office) -> None:
    record = office.submit(Urgent)
    reminders.sweep(NOW + HOUR)
    (event,) = events(record)
    assert event.person_id is None
    assert (event.facts["step"], event.facts["onward"]) == ("decide", "rescue")
    assert datetime.fromisoformat(event.facts["due"]) == NOW + HOUR
    assert told(record, "lapsed") == {"quality_manager", "quality_manager_2"}
    assert "general_manager" in told(record, "task")
    assert told(record, "overdue") == set(), "a turn that is over needs no reminder"


def test_the_heads_of_others_are_told(office: Office) -> None:
    record = office.submit(Urgent)
    office.sign(record, "quality_manager", {"way": "make"})
    lapses.move_on(NOW + HOUR)
    assert record.step == "rescue"
    assert {"designer", "finance_supervisor", "design_manager"} <= told(record, "lapsed")


@pytest.mark.parametrize(
    ("submitted", "moved"),
    [("2026-05-12 17:40", "2026-05-12 18:00"), ("2026-05-12 23:30", "2026-05-12 23:59")],
)
def test_nothing_is_carried_into_the_next_day(office: Office, submitted: str, moved: str) -> None:
    office.now = there(submitted)
    record = office.submit(Urgent)
    assert lapses.move_on(there(moved) - timedelta(minutes=1)) == 0
    assert lapses.move_on(there(moved)) == 1
    assert record.step == "rescue"


def test_who_signs_in_time_keeps_it_where_it_is(office: Office) -> None:
    record = office.submit(Urgent)
    office.sign(record, "quality_manager", {"way": "on"})
    assert lapses.move_on(NOW + 2 * HOUR) == 0
    assert record.step == "tell"
    assert events(record) == []


def test_who_comes_too_late_is_told_so_and_writes_nothing(office: Office) -> None:
    record = office.submit(Urgent)
    task = office.turn(record, "quality_manager")
    hand = office.hand(record)
    lapses.move_on(NOW + HOUR)
    with pytest.raises(Lapsed):
        signing.sign(task.id, office.actor("quality_manager"), hand, None, now=NOW + HOUR)
    with pytest.raises(NotYourTurn):
        signing.sign(task.id, office.actor("buyer_2"), hand, None, now=NOW + HOUR)
    assert history.signatures(record) == []


def test_of_two_who_must_both_sign_the_one_who_did_stands(office: Office) -> None:
    record = office.submit(Urgent)
    office.sign(record, "quality_manager", {"way": "make"})
    office.sign(record, "designer")
    lapses.move_on(NOW + HOUR)
    assert [(one.step, one.act) for one in history.signatures(record)] == [
        ("decide", "signed"),
        ("help", "signed"),
    ]
    assert record.step == "rescue"
    office.sign(record, "general_manager")
    assert record.step == "tell"


def test_a_step_that_nobody_can_do_does_not_wait_either(office: Office) -> None:
    record = office.submit(Urgent)
    task = office.turn(record, "quality_manager")
    grants = sa.select(RoleGrant).where(RoleGrant.role == "quality_manager")
    for grant in db.session.scalars(grants):
        db.session.delete(grant)
    db.session.flush()
    stuck.look_again(NOW)
    assert (task.state, record.state) == ("stuck", "stuck")
    assert lapses.move_on(NOW + HOUR) == 1
    assert (record.state, record.step, task.state) == ("running", "rescue", "cancelled")


def test_a_refusal_leads_on_in_the_same_round(office: Office) -> None:
    record = office.submit(Urgent)
    office.sign(record, "quality_manager", {"way": "make"})
    office.refuse(record, "designer")
    assert (record.step, record.round) == ("rescue", 1)
    assert turns(record)[1:] == [("help", "done", 1), ("help", "cancelled", 1), ("rescue", "open", 1)]
    office.sign(record, "general_manager")
    office.sign(record, "salesperson")
    assert record.state == "finished"


def test_there_is_a_way_back_and_time_runs_anew(office: Office) -> None:
    record = office.submit(Urgent)
    lapses.move_on(NOW + HOUR)
    office.now = NOW + 2 * HOUR
    office.send_back(record, "general_manager")
    assert (record.state, record.round) == ("returned", 2)
    office.correct(record)
    assert (record.step, record.due_at) == ("decide", NOW + 3 * HOUR)
    assert lapses.move_on(NOW + 2 * HOUR) == 0
    assert lapses.move_on(NOW + 3 * HOUR) == 1
    assert [event.facts["round"] for event in events(record)] == [1, 2]
    office.sign(record, "general_manager")
    office.sign(record, "salesperson")
    assert record.state == "finished"
    assert [one.step for one in history.signatures(record) if one.act == "signed"] == ["rescue", "tell"]


def test_a_record_in_its_applicants_hands_is_not_moved(office: Office) -> None:
    record = office.submit(Urgent)
    corrections.withdraw(record.id, office.actor("buyer"), reason="x", now=NOW)
    assert lapses.move_on(NOW + 9 * HOUR) == 0
    assert record.state == "withdrawn"


def test_the_chart_and_the_print_show_that_nobody_signed(office: Office) -> None:
    record = office.submit(Urgent)
    lapses.move_on(NOW + HOUR)
    read = record_page.read(record)
    assert progress(read).steps["decide"].state == "lapsed"
    drawn = chart(read.definition, progress(read), "zh")
    assert "fc-lapsed" in drawn
    assert "到期未办" in drawn
    empty = chart(read.definition, None, "zh")
    assert "1 小时内，不过当日 · 逾期即自动转“Rescue”" in empty
    assert "1 小时内 · 逾期或不同意即转“Rescue”" in empty
    assert "3 → 4" not in empty, "a way on is no way back"
    print_ = printing.gather(read, "zh", now=NOW)
    (section,) = [one for one in print_.sections if one.title == "Decide"]
    assert "没有签署" in section.note
    assert section.signatures == ()
    assert print_.signatures == []
    assert any("自动转到“Rescue”" in line.text and line.who == "系统" for line in print_.history)


def test_a_step_signed_after_it_had_lapsed_is_shown_as_done(office: Office) -> None:
    record = office.submit(Urgent)
    lapses.move_on(NOW + HOUR)
    office.now = NOW + 2 * HOUR
    office.send_back(record, "general_manager")
    office.correct(record)
    assert progress(record_page.read(record)).steps["decide"].state == "current"
    office.sign(record, "quality_manager", {"way": "on"})
    assert progress(record_page.read(record)).steps["decide"].state == "done"


def test_signatures_are_what_they_were(office: Office) -> None:
    """No row of a signature comes from time."""
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Signature))
    office.submit(Urgent)
    lapses.move_on(NOW + HOUR)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Signature)) == before
    assert (
        route.form_of(db.session.scalars(sa.select(Record).where(Record.form_code == "T-URG")).one())
        is Urgent
    )
