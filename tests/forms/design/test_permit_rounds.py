"""Applications for permits that go round, are corrected, renewed or given up: what the tracker and the ledger keep."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import permit_desk
import pytest
from flask import Flask

from portal.demo.stories.permits import STORIES
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.design.design_scheme import anew
from portal.models import Draft, LedgerEntry, Project, Record
from portal.queries import permit_papers, works
from portal.services import corrections, route
from tests.forms.conftest import SmallWorld
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.design.permit_office import FILE, OFFICER, SEALED, TODAY, Office, days, paper, ready, ref

LETTER = "管委会关于同意办理某地块规划设计条件的函"


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def conditions(project: Project, **changed: Any) -> dict[str, Any]:
    return {
        "project": ref(project),
        "construction_unit": "恒远置业有限公司",
        "plot": "高新区三号地块",
        "land_area": Decimal(12000),
        "intended_use": "二类居住用地",
        "application_text": "申请核发规划设计条件",
        **paper("consent_letter", holds=90),
        "materials": ready(True, True, True),
        **changed,
    }


def granted(**changed: Any) -> dict[str, Any]:
    return {"decision": "granted", **paper("conditions", holds=300), **changed}


def entered(project: Project) -> list[tuple[str, str, str]]:
    """The lines of the ledger for the project, those of corrected records too."""
    found = db.session.query(LedgerEntry).filter_by(ledger="external_papers").order_by(LedgerEntry.id)
    facts = [one.facts for one in found if one.facts["project_id"] == project.id]
    return [(one["paper"], one["number"], one["expires_on"]) for one in facts]


def to_the_counter(office: Office, record: Record) -> Record:
    office.sign(record, materials_complete=True)
    office.sign(record)
    office.sign(record, **SEALED)
    return office.sign(record, **SEALED)


def test_what_is_put_right_in_a_second_round_is_what_the_ledger_has(office: Office) -> None:
    _tracker, project = office.opened()
    record = office.submit("PL-05", OFFICER, **conditions(project))
    office.over_the_counter(record, decision="to_be_corrected", decision_note="函的有效期不符")
    assert entered(project) == []
    later = days(150)
    office.correct(record, OFFICER, consent_letter_expiry_date=later)
    office.over_the_counter(record, **granted())
    number = "consent_letter〔2026〕9号"
    assert [one for one in entered(project) if one[0] == LETTER] == [(LETTER, number, later.isoformat())]


def test_an_application_that_is_given_up_leaves_neither_paper_nor_progress(office: Office) -> None:
    _tracker, project = office.opened()
    record = office.submit("PL-05", OFFICER, **conditions(project))
    office.over_the_counter(record, decision="refused", decision_note="不符合规划")
    assert office.stages(project)["conditions"].row.state == "refused"
    corrections.void(record.id, office.actor(OFFICER), reason="不再办理", now=office.now)
    row = office.stages(project)["conditions"].row
    assert (row.state, row.submitted_on, row.record_id) == ("open", None, None)
    assert entered(project) == []


def renewed(office: Office) -> tuple[Project, Record, Record]:
    """Conditions that were granted, and an application for new ones at the counter."""
    _tracker, project = office.opened()
    first = office.submit("PL-05", OFFICER, **conditions(project))
    office.over_the_counter(first, **granted())
    second = office.submit("PL-05", OFFICER, **conditions(project))
    to_the_counter(office, second)
    office.sign(second, submitted_on=TODAY)
    return project, first, second


def test_while_a_permit_is_renewed_the_former_one_holds(office: Office) -> None:
    project, first, second = renewed(office)
    assert office.stages(project)["conditions"].passed
    office.sign(second, decision="to_be_corrected", decision_note="缺红线图")
    row = office.stages(project)["conditions"].row
    assert (row.state, row.record_id) == ("passed", first.id)
    office.correct(second, OFFICER)
    office.over_the_counter(second, **granted(conditions_no="规条〔2026〕77号"))
    row = office.stages(project)["conditions"].row
    assert (row.state, row.record_id, row.paper_no) == ("passed", second.id, "规条〔2026〕77号")
    assert [name for name, _no, _end in entered(project)].count(LETTER) == 1, "the same letter goes with both"


def test_a_renewal_does_not_count_as_days_of_the_authority_until_it_is_granted(office: Office) -> None:
    renewed(office)
    assert permit_papers.days_taken(date(2026, 1, 1))["conditions"] == [0]


def test_a_correction_takes_the_place_of_what_it_corrects(office: Office) -> None:
    _tracker, project = office.opened()
    _other_tracker, other = office.opened("other_municipal", plot="另一地块")
    first = office.submit("PL-05", OFFICER, **conditions(project))
    office.over_the_counter(first, **granted())
    second = office.submit("PL-05", OFFICER, **conditions(other), corrects=first)
    office.over_the_counter(second, **granted())
    row = office.stages(project)["conditions"].row
    assert (row.state, row.passed_on, row.paper_no) == ("open", None, "")
    assert office.stages(other)["conditions"].passed
    assert {one.project.id for one in permit_papers.of_projects()} == {other.id}


def test_a_correction_that_is_not_granted_holds_the_stage_up_until_it_is_given_up(office: Office) -> None:
    _tracker, project = office.opened()
    first = office.submit("PL-05", OFFICER, **conditions(project))
    office.over_the_counter(first, **granted())
    second = office.submit("PL-05", OFFICER, **conditions(project), corrects=first)
    office.over_the_counter(second, decision="refused", decision_note="误登为通过")
    assert office.stages(project)["conditions"].row.state == "refused"
    corrections.void(second.id, office.actor(OFFICER), reason="维持原结果", now=office.now)
    row = office.stages(project)["conditions"].row
    assert (row.state, row.record_id) == ("passed", first.id)


def test_a_letter_that_has_ended_is_not_handed_in(office: Office) -> None:
    _tracker, project = office.opened()
    ended = paper("consent_letter", days(-90), holds=-1)
    assert wrong(office.sheet("PL-05", OFFICER, **conditions(project, **ended))) == {
        "consent_letter_expiry_date"
    }
    first = office.submit("PL-05", OFFICER, **conditions(project))
    office.over_the_counter(first, **granted())
    again = office.sheet("PL-05", OFFICER, corrects=first, **conditions(project, **ended))
    assert not wrong(again), "when the record was made, it still held"


def test_papers_are_not_handed_in_tomorrow(office: Office) -> None:
    _tracker, project = office.opened()
    record = to_the_counter(office, office.submit("PL-05", OFFICER, **conditions(project)))
    assert wrong(office.stage(record, submitted_on=days(1))) == {"submitted_on"}
    assert wrong(office.stage(record, submitted_on=TODAY, accepted_on=days(1))) == {"accepted_on"}


def test_a_project_that_ends_closes_what_is_under_way(office: Office) -> None:
    tracker, project = office.opened()
    lost = office.submit("PL-05", OFFICER, **conditions(project))
    office.over_the_counter(lost, decision="refused", decision_note="不符合规划")
    office.sign(tracker)
    office.sign(tracker)
    office.sign(tracker, outcome="ended", end_reason="未中标", finished_on=TODAY)
    assert (project.state, lost.state) == ("ended", "voided")
    assert office.stages(project)["conditions"].row.state == "open"


def test_a_correction_of_a_tracker_that_is_given_up_leaves_the_project_as_it_was(office: Office) -> None:
    tracker, project = office.opened()
    office.sign(tracker)
    office.sign(tracker)
    office.passed(project)
    office.sign(tracker, outcome="completed", finished_on=TODAY)
    again = office.submit("PL-01", OFFICER, **office.tracker(), corrects=tracker)
    assert project.state == "running"
    corrections.withdraw(again.id, office.actor(OFFICER), reason="填错", now=office.now)
    corrections.void(again.id, office.actor(OFFICER), reason="不用更正", now=office.now)
    assert (project.state, project.record_id) == ("completed", tracker.id)
    third = office.submit("PL-01", OFFICER, **office.tracker(), corrects=tracker)
    assert office.project_of(third) is project, "no second one is opened"


def test_a_correction_keeps_what_a_change_has_said(office: Office) -> None:
    tracker, project = office.opened(planned={"land": days(30)})
    moved = [{"stage": "land", "planned_on": days(50)}]
    office.change(tracker, new_project_kind="municipal_road", new_days=moved)
    office.send_back(tracker)
    known = route.known(tracker, now=office.now)
    sheet = type(office.sheet("PL-01", OFFICER))(
        answers=office.tracker(planned={"land": days(30)}), context=known, person=office.actor(OFFICER)
    )
    sheet.validate()
    assert wrong(sheet) == {"project_kind"}
    assert wrong_in(sheet, "stages") == {"planned_on"}
    road = office.tracker("municipal_road", planned={"land": days(50)})
    office.correct(tracker, OFFICER, **road)
    assert project.facts["project_kind"] == "municipal_road"
    assert office.stages(project)["land"].row.planned_on == days(50)


def test_planned_days_lie_ahead_and_in_order_after_a_change_too(office: Office) -> None:
    past = office.sheet("PL-01", OFFICER, **office.tracker(planned={"land": days(-1)}))
    assert wrong_in(past, "stages") == {"planned_on"}
    tracker, _project = office.opened(planned={"report": days(20), "approval": days(30)})
    same = {"new_project_kind": "not_municipal", "new_air_defence_kind": "on_site"}
    for moved in ({"stage": "report", "planned_on": days(31)}, {"stage": "approval", "planned_on": days(19)}):
        assert wrong_in(office.change(tracker, **same, new_days=[moved]), "new_days") == {"planned_on"}
    gone = [{"stage": "land", "planned_on": days(-1)}]
    assert wrong_in(office.change(tracker, **same, new_days=gone), "new_days") == {"planned_on"}
    both = [{"stage": "report", "planned_on": days(40)}, {"stage": "approval", "planned_on": days(40)}]
    assert not wrong(office.change(tracker, **same, new_days=both))


@pytest.mark.parametrize("code", ["PL-04", "PL-15"])
def test_the_general_manager_takes_over_what_the_applicant_may_not_judge(code: str) -> None:
    key = "development_acceptance" if code == "PL-04" else "development_review"
    step = FORMS[code].signoff.step(key)
    assert {party.key for party in step.by.parties} == {"land_development_manager", "general_manager"}
    assert not step.by.every


def test_the_request_leaves_a_second_officer_to_count_the_materials() -> None:
    """Who writes the explanation may not count: with two officers it is the applicant."""
    route = FORMS["PL-08"].signoff
    assert [party.kind for party in route.step("approval_explanation").by.parties] == ["applicant"]
    for code, form in FORMS.items():
        keys = [step.key for step in form.signoff.steps]
        if code.startswith("PL-") and "materials_check" in keys:
            before = form.signoff.judged("materials_check")
            doers = {party.kind for key in before for party in form.signoff.step(key).by.parties}
            assert doers <= {"applicant", "outside"}, code


def test_what_is_done_for_a_project_goes_to_the_officers_once_its_own_has_left(office: Office) -> None:
    _tracker, project = office.opened()
    officer = office.actor(OFFICER).person
    assert works.holder(project.id, OFFICER) == f"person:{officer.id}"
    officer.active = False
    db.session.flush()
    assert works.holder(project.id, OFFICER) == f"role:{OFFICER}"


@pytest.mark.parametrize("code", [code for code in FORMS if code.startswith("PL-")])
def test_whoever_signs_reads_the_permit_papers_that_the_record_names(code: str) -> None:
    form = FORMS[code]
    signers = {party.key for step in form.signoff.steps for party in step.by.parties if party.kind == "role"}
    links: list[Any] = [field for field in form() if field.kind == "record_link"]
    for named in (FORMS[target] for field in links for target in field.targets if target.startswith("PL-")):
        theirs = {party.key for step in named.signoff.steps for party in step.by.parties}
        assert signers <= {*theirs, *named.readers, *named.opened_by}, named.code


def proposal(project: Project) -> dict[str, Any]:
    texts = (
        "construction_unit",
        "necessity",
        "site",
        "scale",
        "funding",
        "schedule",
        "benefit",
        "conclusion",
    )
    told = dict.fromkeys(texts, "科创园一期")
    return {"project": ref(project), **told, "investment": Decimal(90_000_000), "proposal_file": [FILE]}


def test_one_proposal_at_a_time_stands_for_the_report_of_its_project_only(office: Office) -> None:
    _tracker, project = office.opened()
    _other_tracker, other = office.opened(plot="另一地块")
    first = office.submit("PL-15", OFFICER, **proposal(project))
    assert wrong(office.sheet("PL-15", OFFICER, **proposal(project))) == {"project"}
    for _step in range(3):
        office.sign(first)
    assert office.stages(project)["land_permit"].waits_for == ()
    second = office.submit("PL-15", OFFICER, **proposal(other), corrects=first)
    for _step in range(3):
        office.sign(second)
    assert [one.key for one in office.stages(project)["land_permit"].waits_for] == ["report"]
    assert office.stages(other)["land_permit"].waits_for == ()


@pytest.mark.parametrize("code", ["PL-11", "PL-15", "PL-24", "PL-29"])
def test_what_is_prepared_is_prepared_once_at_a_time(office: Office, code: str) -> None:
    _tracker, project = office.opened()
    permit_desk.put(code, ref(project), "running")
    sheet = office.sheet(code, OFFICER, project=ref(project))
    assert "还在办理中" in sheet.errors["project"][0]


def test_a_scheme_gets_one_draft_of_its_next_version(office: Office) -> None:
    _tracker, project = office.opened()
    told = permit_desk.stored(ref(project))
    scheme = permit_desk.put("PL-19", ref(project), design_unit="省建筑设计院")
    assert len(list(anew(scheme))) == 1
    source = db.session.get_one(Record, scheme.id)
    db.session.add(
        Draft(
            form_code="PL-19", source_id=source.id, key="next", answers={"project": told}, title="",
            updated_at=office.now,
        )
    )  # fmt: skip
    db.session.flush()
    assert list(anew(scheme)) == []


@pytest.mark.parametrize("seed", range(8))
def test_the_change_of_its_story_keeps_the_order(office: Office, seed: int) -> None:
    world = SmallWorld(seed)
    told = STORIES["PL-01"].opening(world)
    tracker = office.submit("PL-01", OFFICER, **{**told, "officer": office.person(OFFICER)})
    assert office.change(tracker, **STORIES["PL-01"].stages["change"](world, told)).validate()
