"""Where a record goes: conditions, outcomes, refusals, rounds, and steps that nobody can do."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, NotYourTurn, OwnWork, Refusal
from portal.extensions import db
from portal.models import Content, Notice, Person, Record, RoleGrant, Task
from portal.queries import history
from portal.services import corrections, delegation, entries, outside, route, signing, stuck
from tests.services.engine_forms import (
    AllOfThree,
    Conditional,
    Delay,
    External,
    Head,
    Judged,
    Logged,
    Named,
    OneRole,
    ProjectRole,
    Ways,
)
from tests.services.office import NOW, Office, everything, may_do


def acts(record: Record) -> list[str]:
    """What has been signed, as `step act`."""
    return [f"{one.step} {one.act}" for one in history.signatures(record)]


def test_a_step_whose_condition_fails_is_skipped_and_never_signed(office: Office) -> None:
    record = office.submit(Conditional, amount=100)
    assert record.step == "last"
    office.sign(record, "general_manager")
    assert record.state == "finished"
    assert acts(record) == ["last signed"]
    assert db.session.scalars(sa.select(Task.step).where(Task.record_id == record.id)).all() == ["last"]


def test_a_correction_decides_anew_which_steps_take_place(office: Office) -> None:
    record = office.submit(Conditional, amount=500)
    office.send_back(record, "quality_manager")
    office.correct(record, amount=50)
    assert record.step == "last"
    office.send_back(record, "general_manager")
    office.correct(record, amount=500)
    assert record.step == "middle"


@pytest.mark.parametrize(
    ("way", "state", "step", "waits"),
    [
        ("on", "running", "close", ["sign close open"]),
        ("make", "running", "make", ["sign make open"]),
        ("back", "returned", "", ["correct open"]),
        ("end", "refused", "", []),
    ],
)
def test_an_answer_leads_on_back_or_to_the_end(
    office: Office, way: str, state: str, step: str, waits: list[str]
) -> None:
    record = _judging(office)
    office.sign(record, "quality_manager", {"way": way})
    assert (record.state, record.step, office.waiting(record)) == (state, step, waits)


def test_a_refusal_leads_where_the_step_says(office: Office) -> None:
    record = _judging(office)
    office.refuse(record, "quality_manager")
    assert (record.state, record.step, record.round) == ("running", "make", 2)
    office.sign(record, "warehouse_keeper", {"verdict": "good"})
    office.sign(record, "quality_manager", {"way": "on"})
    office.refuse(record, "general_manager")
    assert (record.state, office.waiting(record)) == ("refused", [])
    assert history.events(record)[-1].kind == "record_refused"


def test_a_stage_signed_anew_replaces_its_earlier_answers(office: Office) -> None:
    record = office.submit(Ways)
    office.sign(record, "warehouse_keeper", {"verdict": "bad", "remark": "torn"})
    office.sign(record, "quality_manager", {"way": "make"})
    assert route.known(record)["remark"] == "torn"
    office.sign(record, "warehouse_keeper", {"verdict": "good"})
    assert route.known(record)["verdict"] == "good"
    assert "remark" not in route.known(record)


def test_a_return_to_a_step_keeps_what_was_signed_before_it(office: Office) -> None:
    record = office.submit(OneRole, preliminary=True)
    office.sign(record, "warehouse_keeper")
    office.sign(record, "quality_manager")
    office.send_back(record, "general_manager", "middle")
    office.sign(record, "quality_manager")
    assert record.step == "last"
    office.sign(record, "general_manager")
    assert record.state == "finished"


@pytest.mark.proves("R5", "R7")
@pytest.mark.requirement("R7")
def test_a_correction_keeps_every_version(office: Office) -> None:
    record = office.submit(OneRole, subject="first")
    number = record.number
    for subject in ("second", "third"):
        office.send_back(record, "quality_manager")
        office.correct(record, subject=subject)
    versions = db.session.scalars(
        sa.select(Content).where(Content.record_id == record.id).order_by(Content.version)
    ).all()
    assert [one.answers["subject"] for one in versions] == ["first", "second", "third"]
    assert [one.version for one in versions] == [1, 2, 3]
    assert len({one.sha256 for one in versions}) == 3
    assert record.number == number
    changed = [event.facts["changed"] for event in history.events(record) if event.kind == "record_changed"]
    assert changed == [{"subject": ["first", "second"]}, {"subject": ["second", "third"]}]


def test_a_number_is_drawn_once(office: Office) -> None:
    first = office.submit(OneRole)
    office.send_back(first, "quality_manager")
    office.correct(first, subject="again")
    second = office.submit(OneRole)
    assert int(second.number[-4:]) == int(first.number[-4:]) + 1


def test_a_page_of_the_version_before_corrects_nothing(office: Office) -> None:
    record = office.submit(OneRole)
    office.send_back(record, "quality_manager")
    sheet = OneRole(answers={"subject": "x"})
    before = everything()
    with pytest.raises(Refusal):
        corrections.correct(record.id, sheet, office.actor("buyer"), reason="x", seen=0, now=NOW)
    assert everything() == before


def test_nothing_can_be_withdrawn_once_a_step_was_signed_even_if_it_was_led_back(office: Office) -> None:
    record = office.submit(Ways)
    office.sign(record, "warehouse_keeper", {"verdict": "good"})
    office.sign(record, "quality_manager", {"way": "make"})
    with pytest.raises(Refusal):
        corrections.withdraw(record.id, office.actor("buyer"), reason="late", now=NOW)


def test_it_can_be_withdrawn_before_the_first_decision(office: Office) -> None:
    record = office.submit(AllOfThree, person=office.ref("rd_manager"))
    corrections.withdraw(record.id, office.actor("buyer"), reason="wrong", now=NOW)
    assert (record.state, office.waiting(record)) == ("withdrawn", ["correct open"])
    office.correct(record, subject="right")
    assert office.waiting(record) == ["sign middle open"] * 3


# Own work


@pytest.mark.proves("R23", "S21")
def test_the_applicant_does_not_judge(office: Office) -> None:
    record = office.submit(OneRole, "quality_manager")
    task = office.turn(record, "quality_manager")
    before = everything()
    with pytest.raises(OwnWork):
        signing.sign(task.id, office.actor("quality_manager"), office.hand(record), None, now=NOW)
    assert everything() == before
    office.sign(record, "quality_manager_2")
    assert record.step == "last"


@pytest.mark.proves("S21")
def test_nor_does_the_applicants_substitute_in_their_name(office: Office) -> None:
    record = office.submit(OneRole, "quality_manager")
    office.substitute("quality_manager", "employee")
    with pytest.raises(OwnWork):
        office.sign(record, "employee")


def test_a_substitute_who_holds_the_role_signs_in_their_own_name(office: Office) -> None:
    record = office.submit(OneRole, "quality_manager")
    office.substitute("quality_manager", "quality_manager_2")
    assert office.sign(record, "quality_manager_2").on_behalf_of_id is None


@pytest.mark.proves("R23")
def test_none_of_those_who_did_the_work_judges_it(office: Office) -> None:
    record = _worked(office)
    for login in ("quality_inspector", "rd_manager"):
        excluded = {one.person_id for one in history.open_tasks(record)[0].exclusions}
        assert office.id(login) in excluded
    with pytest.raises(OwnWork):
        office.sign(record, "quality_inspector")
    office.sign(record, "quality_inspector_2")
    office.sign(record, "quality_inspector")  # the approval judges the check, not the work
    assert record.state == "finished"


def test_work_done_by_a_substitute_is_judged_by_neither(office: Office) -> None:
    record = office.submit(Judged, person=office.ref("rd_manager"))
    office.substitute("quality_inspector", "employee")
    office.sign(record, "employee")
    office.sign(record, "rd_manager")
    barred = {one.person_id for one in history.open_tasks(record)[0].exclusions}
    assert barred == {office.id(login) for login in ("buyer", "employee", "quality_inspector", "rd_manager")}


def test_who_corrected_for_the_applicant_does_not_judge(office: Office) -> None:
    record = office.submit(OneRole)
    office.send_back(record, "quality_manager_2")
    office.substitute("buyer", "quality_manager")
    office.correct(record, "quality_manager", subject="better")
    with pytest.raises(OwnWork):
        office.sign(record, "quality_manager")
    event = next(one for one in history.events(record) if one.kind == "record_changed")
    assert (event.person_id, event.facts["for_person"]) == (office.id("quality_manager"), office.id("buyer"))


# Nobody there


def test_a_step_that_nobody_can_do_stops_with_an_alarm(office: Office) -> None:
    record = office.submit(OneRole, "general_manager")
    office.sign(record, "quality_manager")
    assert (record.state, record.step, office.waiting(record)) == ("stuck", "last", ["sign last stuck"])
    assert history.events(record)[-1].kind == "step_stuck"
    told = db.session.scalars(sa.select(Notice).where(Notice.kind == "stuck", Notice.record_id == record.id))
    assert [one.person_id for one in told] == [office.id("administrator")]
    assert acts(record) == ["middle signed"]


def test_an_administrator_opens_it_again_for_somebody_else(office: Office) -> None:
    record = office.submit(OneRole, "general_manager")
    office.sign(record, "quality_manager")
    (task,) = history.open_tasks(record)
    by, other = office.actor("administrator"), office.id("deputy_general_manager")
    with pytest.raises(Refusal):
        delegation.reroute(task.id, by, office.id("general_manager"), reason="x", now=NOW)
    with pytest.raises(NotAllowed):
        delegation.reroute(task.id, office.actor("general_manager"), other, reason="x", now=NOW)
    delegation.reroute(task.id, by, other, reason="own work", now=NOW)
    assert (record.state, office.waiting(record)) == ("running", ["sign last open"])
    assert acts(record) == ["middle signed"]
    office.sign(record, "deputy_general_manager")
    assert record.state == "finished"


def test_it_stays_stuck_while_another_part_of_the_step_is(office: Office) -> None:
    _retire(office, "quality_manager", "quality_manager_2", "finance_supervisor")
    record = office.submit(AllOfThree, person=office.ref("rd_manager"))
    stuck = [task for task in history.open_tasks(record) if task.state == "stuck"]
    assert (record.state, len(stuck)) == ("stuck", 2)
    office.sign(record, "rd_manager")
    assert (record.state, record.step) == ("stuck", "middle")
    by = office.actor("administrator")
    delegation.reroute(stuck[0].id, by, office.id("hr_manager"), reason="left", now=NOW)
    assert record.state == "stuck"
    delegation.reroute(stuck[1].id, by, office.id("designer"), reason="left", now=NOW)
    assert record.state == "running"
    office.sign(record, "hr_manager")
    office.sign(record, "designer")
    assert record.step == "last"


def test_a_head_does_not_approve_their_own_but_the_head_of_the_company_does(office: Office) -> None:
    record = office.submit(Head, "purchasing_manager")
    (task,) = history.open_tasks(record)
    assert not may_do(task, office.actor("purchasing_manager"))
    office.sign(record, "general_manager")
    assert record.step == "last"
    assert office.submit(Head, "general_manager").state == "stuck", "nobody is above"


def test_a_person_not_named_is_a_step_that_nobody_can_do(office: Office) -> None:
    assert office.submit(Named).state == "stuck"


def test_an_auditor_is_nobody(office: Office) -> None:
    assert office.submit(Named, person=office.ref("auditor")).state == "stuck"


def test_the_project_falls_back_on_the_role(office: Office) -> None:
    _retire(office, "foreman")
    project = office.project(project_manager="foreman")
    record = office.submit(ProjectRole, project=project)
    assert office.able(record) == {"project_manager"}


def test_the_person_of_the_project_who_applies_is_replaced_by_the_role(office: Office) -> None:
    project = office.project(project_manager="designer")
    record = office.submit(ProjectRole, "designer", project=project)
    assert office.able(record) == {"project_manager"}


# Substitutes


@pytest.mark.proves("R16")
@pytest.mark.requirement("R16")
def test_both_names_stand_in_the_signature_and_in_the_trail(office: Office) -> None:
    made = office.substitute("quality_manager", "employee")
    record = office.submit(OneRole)
    signature = office.sign(record, "employee")
    assert (signature.person.login, signature.on_behalf_of.login) == ("employee", "quality_manager")
    assert signature.authority["substitution"] == made.id
    assert signature.authority["on_behalf_of"] == office.person("quality_manager").name
    assert signature.authority["role"] == "quality_manager"
    (event,) = [one for one in history.events(record) if one.kind == "step_signed"]
    assert (event.person_id, event.facts["for_person"]) == (
        office.id("employee"),
        office.id("quality_manager"),
    )


def test_a_substitute_who_passes_a_task_on_does_so_for_somebody(office: Office) -> None:
    office.substitute("quality_manager", "employee")
    record = office.submit(OneRole)
    task = office.turn(record, "employee")
    delegation.hand_over(task.id, office.actor("employee"), office.id("hr_manager"), reason="x", now=NOW)
    (event,) = [one for one in history.events(record) if one.kind == "handed_over"]
    assert event.facts["for_person"] == office.id("quality_manager")


@pytest.mark.proves("S21")
def test_a_substitution_counts_for_its_forms_and_days_only(office: Office) -> None:
    office.substitute("quality_manager", "employee", "PU-04")
    office.substitute("quality_manager", "cashier", ended=True)
    record = office.submit(OneRole)
    (task,) = history.open_tasks(record)
    for login in ("employee", "cashier"):
        with pytest.raises(NotYourTurn):
            signing.sign(task.id, office.actor(login), office.hand(record), None, now=NOW)


def test_who_signed_may_read_for_good(office: Office) -> None:
    made = office.substitute("quality_manager", "employee")
    record = office.submit(OneRole)
    office.sign(record, "employee")
    made.ended_at = NOW
    db.session.flush()
    assert f"person:{office.id('employee')}" in _readers(record)


def test_leaving_the_role_does_not_hide_a_finished_record(office: Office) -> None:
    record = office.submit(OneRole)
    office.sign(record, "quality_manager")
    person: Person = office.person("quality_manager")
    db.session.execute(sa.delete(RoleGrant).where(RoleGrant.person_id == person.id))
    assert f"person:{person.id}" in _readers(record)


# Side entries and deadlines


def test_a_side_entry_moves_the_deadline_but_not_the_record(office: Office) -> None:
    record = office.submit(Logged, due=date(2026, 5, 20))
    assert record.due_at == datetime(2026, 5, 20, 15, 59, tzinfo=UTC)
    stage = Delay(answers={"new_due": date(2026, 5, 25)}, context=route.known(record))
    entered = entries.enter(record.id, "delay", office.actor("buyer"), office.hand(record), stage, now=NOW)
    (task,) = history.open_tasks(record)
    later = datetime(2026, 5, 25, 15, 59, tzinfo=UTC)
    assert {record.due_at, task.due_at, *(holder.due_at for holder in task.holders)} == {later}
    assert (record.step, entered.act, entered.task_id) == ("work", "entered", None)


def test_a_side_entry_needs_its_condition(office: Office) -> None:
    record = office.submit(Logged)
    stage = Delay(answers={"new_due": date(2026, 5, 25)}, context=route.known(record))
    with pytest.raises(NotYourTurn):
        entries.enter(record.id, "delay", office.actor("buyer"), office.hand(record), stage, now=NOW)


def test_working_days_count_from_the_start_of_the_step(office: Office) -> None:
    record = office.submit(OneRole)
    assert record.due_at == datetime(2026, 5, 14, 1, 30, tzinfo=UTC)
    assert [holder.due_at for holder in history.open_tasks(record)[0].holders] == [record.due_at]


# Links


def test_a_link_of_somebody_who_has_left_opens_nothing(office: Office) -> None:

    record = office.submit(External)
    task = office.turn(record, "buyer")
    token = outside.make_link(task.id, office.actor("buyer"), "x", now=NOW)
    assert outside.find(token, now=NOW)[1] is task
    office.person("buyer").active = False
    with pytest.raises(outside.LinkOver):
        outside.find(token, now=NOW)


def _judging(office: Office) -> Record:
    record = office.submit(Ways)
    office.sign(record, "warehouse_keeper", {"verdict": "good"})
    return record


def _worked(office: Office) -> Record:
    record = office.submit(Judged, person=office.ref("rd_manager"))
    office.sign(record, "quality_inspector")
    office.sign(record, "rd_manager")
    return record


def _retire(office: Office, *logins: str) -> None:
    for login in logins:
        office.person(login).active = False
    db.session.flush()


def _readers(record: Record) -> set[str]:
    return set(
        db.session.execute(
            sa.text("SELECT key FROM record_readers WHERE record_id = :id"), {"id": record.id}
        ).scalars()
    )


def test_an_open_step_whose_last_signer_goes_stops_with_an_alarm_and_goes_on_with_the_next(
    office: Office,
) -> None:
    record = office.submit(OneRole)
    assert stuck.look_again(NOW) == 0
    holders = [office.person(login) for login in ("quality_manager", "quality_manager_2")]
    for person in holders:
        person.active = False
    db.session.flush()
    assert stuck.look_again(NOW) > 0
    assert (record.state, office.waiting(record)) == ("stuck", ["sign middle stuck"])
    assert history.events(record)[-1].kind == "step_stuck"
    told = sa.select(Notice).where(Notice.kind == "stuck", Notice.record_id == record.id)
    assert {one.person_id for one in db.session.scalars(told)} == {office.id("administrator")}
    assert stuck.look_again(NOW) == 0, "once"
    holders[1].active = True
    db.session.flush()
    assert stuck.look_again(NOW) > 0
    assert (record.state, office.able(record)) == ("running", {"quality_manager_2"})
    assert history.events(record)[-1].kind == "step_resumed"


def test_one_who_may_not_judge_does_not_count_as_somebody(office: Office) -> None:
    record = office.submit(OneRole, "quality_manager")
    assert (record.state, office.able(record)) == ("running", {"quality_manager_2"})
    office.person("quality_manager_2").active = False
    db.session.flush()
    assert stuck.look_again(NOW) > 0
    assert record.state == "stuck"
    assert history.signatures(record) == []
