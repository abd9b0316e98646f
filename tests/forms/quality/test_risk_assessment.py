"""IS-08: risks are judged, treated, what is left is accepted for a while; the ledger tells how each stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.models import ControlledDocument, Record
from portal.queries import history, risks
from portal.web import risk_matrix
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.quality.security_desk import CUSTOMERS, DRAWINGS, FINANCE, OFFICER, REPRESENTATIVE, Office

PHISHING, FIRE = "1 财务系统 A0001：钓鱼邮件", "2 客户资料库 A0002：火灾"


@pytest.fixture(autouse=True)
def clock(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger is read on the day at hand."""
    monkeypatch.setattr(risks, "today", lambda: office.today)


def risk(office: Office, code: str = FINANCE, source: str = "钓鱼邮件", **changed: Any) -> dict[str, Any]:
    """An important risk, unless it is said how likely and grave."""
    return {
        "asset": office.named(code),
        "source": source,
        "weakness": "员工不会识别",
        "likelihood": 4,
        "impact": 4,
        **changed,
    }


def assessment(office: Office, *rows: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """An important risk and an acceptable one."""
    usual = (risk(office), risk(office, CUSTOMERS, "火灾", likelihood=1, impact=5))
    return {
        "year": office.today.year,
        "scope": "总部机房",
        "criteria_version": "A/1",
        "likelihood_scale": "1 至 5",
        "impact_scale": "1 至 5",
        "acceptance_level": 9,
        "risks": list(rows or usual),
        "assessed_on": office.today,
        "team": "钟毅、任致远",
        **changed,
    }


def treatment(office: Office, owner: str = "foreman", **changed: Any) -> dict[str, Any]:
    """What is done about the first risk."""
    return {
        "risk": PHISHING,
        "option": "reduce",
        "measure": "全员培训",
        "owner": office.person(owner),
        "due": office.today + timedelta(days=60),
        **changed,
    }


def left(risk: str = PHISHING, **changed: Any) -> dict[str, Any]:
    """What is left of it: little."""
    return {"risk": risk, "level": 6, "accepted": True, **changed}


def planned(office: Office, *treatments: dict[str, Any], **changed: Any) -> Record:
    """An assessment with its plan, that the heads of the owners agree to."""
    record = office.submit("IS-08", OFFICER, **assessment(office, **changed))
    office.sign(record, treatments=list(treatments or (treatment(office),)))
    while record.step == "owners_agree":
        office.sign(record)
    return record


def approved(office: Office, residual: dict[str, Any] | None = None, **changed: Any) -> Record:
    """An assessment that the general manager has approved."""
    record = office.sign(planned(office, **changed), residual_risks=[residual or left()])
    return office.sign(record)


def test_levels_are_computed_whatever_is_sent(office: Office) -> None:
    rows = [risk(office, level=1, important=False), risk(office, CUSTOMERS, likelihood=3, impact=3)]
    sheet = office.sheet("IS-08", OFFICER, **assessment(office, *rows))
    found = [(row["no"], row["level"], row["important"]) for row in sheet.risks.data]
    assert found == [(1, 16, True), (2, 9, False)], "at the acceptance level a risk is not important"
    higher = office.sheet("IS-08", OFFICER, **assessment(office, *rows, acceptance_level=16))
    assert [row["important"] for row in higher.risks.data] == [False, False]


@pytest.mark.parametrize("grade", [0, 6])
@pytest.mark.parametrize("name", ["likelihood", "impact"])
def test_grades_go_from_one_to_five(office: Office, name: str, grade: int) -> None:
    sheet = office.sheet("IS-08", OFFICER, **assessment(office, risk(office, **{name: grade})))
    assert wrong_in(sheet, "risks") == {name}


def test_it_has_been_judged_in_its_year_and_each_danger_once(office: Office) -> None:
    ahead = assessment(office, assessed_on=office.today + timedelta(days=1))
    assert wrong(office.sheet("IS-08", OFFICER, **ahead)) == {"assessed_on"}
    before = assessment(office, year=office.today.year + 1)
    assert wrong(office.sheet("IS-08", OFFICER, **before)) == {"assessed_on"}
    twice = office.sheet("IS-08", OFFICER, **assessment(office, risk(office), risk(office)))
    assert wrong_in(twice, "risks", 1) == {"source"}
    office.asset(DRAWINGS).state = "retired"
    gone = office.sheet("IS-08", OFFICER, **assessment(office, risk(office, DRAWINGS)))
    assert wrong_in(gone, "risks") == {"asset"}


def test_the_page_begins_with_what_waits_and_what_was_said_last_time(office: Office) -> None:
    for code in (FINANCE, CUSTOMERS, DRAWINGS):
        office.asset(code).assess = code == DRAWINGS
    db.session.add(ControlledDocument(code="D0001", name="信息安全风险准则", version="B/2"))
    db.session.flush()
    page = office.page("IS-08", OFFICER)
    assert [row["asset"] for row in page["risks"]] == [office.named(DRAWINGS)]
    assert (page["criteria_version"], page["year"]) == ("B/2", office.today.year)
    assert "acceptance_level" not in page
    approved(office)
    assert office.page("IS-08", OFFICER)["acceptance_level"] == 9


def test_every_important_risk_needs_a_treatment(office: Office) -> None:
    record = office.submit("IS-08", OFFICER, **assessment(office))
    assert set(office.stage(record, treatments=[]).errors) == {"treatments"}
    other = office.stage(record, treatments=[treatment(office, risk=FIRE)])
    assert set(other.errors) == {"treatments"}
    stage = office.stage(record, treatments=[treatment(office, risk="1"), treatment(office, risk="2")])
    assert not stage.errors
    assert [row["risk"] for row in stage.treatments.data] == [PHISHING, FIRE], "a number is enough"
    strange = office.stage(record, treatments=[treatment(office), treatment(office, risk="7")])
    assert wrong_in(strange, "treatments", 1) == {"risk"}
    past = office.stage(record, treatments=[treatment(office, due=office.today - timedelta(days=1))])
    assert wrong_in(past, "treatments") == {"due"}


def test_the_plan_begins_with_a_row_for_each_important_risk(office: Office) -> None:
    record = office.submit("IS-08", OFFICER, **assessment(office))
    fills = type(office.stage(record))
    assert [row["risk"] for row in fills(context=office.known(record)).treatments.data] == [PHISHING]


def test_the_head_of_every_owner_agrees(office: Office) -> None:
    record = office.submit("IS-08", OFFICER, **assessment(office))
    rows = [
        treatment(office),
        treatment(office, "buyer"),
        treatment(office, "designer"),
        treatment(office, "foreman"),
    ]
    office.sign(record, treatments=rows)
    heads = []
    while record.step == "owners_agree":
        heads.append(office.signers(record))
        office.sign(record)
    assert heads == [{"engineering_manager"}, {"purchasing_manager"}, {"design_manager"}], "each once"
    assert record.step == "residual_acceptance"
    assert office.signers(record) == {REPRESENTATIVE}


def test_a_head_may_ask_for_another_measure(office: Office) -> None:
    record = office.submit("IS-08", OFFICER, **assessment(office))
    office.sign(record, treatments=[treatment(office)])
    assert office.refuse(record).step == "treatment_plan"


def test_without_important_risks_the_general_manager_signs_at_once(office: Office) -> None:
    calm = assessment(office, risk(office, likelihood=1))
    record = office.submit("IS-08", OFFICER, **calm)
    office.sign(record)
    assert record.step == "gm_approval"
    office.sign(record)
    assert [line.state for line in risks.current()] == [risks.LOW]


def test_what_is_left_above_the_level_is_accepted_for_a_reason_and_until_a_day(office: Office) -> None:
    record = planned(office)
    stage = office.stage(record, residual_risks=[left(level=10)])
    assert wrong_in(stage, "residual_risks") == {"reason", "valid_until"}
    assert not office.stage(record, residual_risks=[left(level=9)]).errors
    past = left(level=10, reason="等待预算", valid_until=office.today)
    assert wrong_in(office.stage(record, residual_risks=[past]), "residual_risks") == {"valid_until"}
    good = left(level=10, reason="等待预算", valid_until=office.today + timedelta(days=90))
    assert not office.stage(record, residual_risks=[good]).errors
    assert wrong_in(office.stage(record, residual_risks=[left(level=17)]), "residual_risks") >= {"level"}
    assert wrong_in(office.stage(record), "residual_risks") == {"level", "accepted"}, "each needs its answer"


def test_what_is_not_accepted_is_treated_more(office: Office) -> None:
    record = office.sign(planned(office), residual_risks=[left(accepted=False)])
    assert (record.state, record.step) == ("running", "treatment_plan")
    office.sign(record, treatments=[treatment(office, measure="双因素认证")])
    office.sign(record)
    assert office.refuse(record).step == "treatment_plan", "so does a refusal"


def test_a_general_manager_who_declines_sends_it_back(office: Office) -> None:
    record = office.sign(planned(office), residual_risks=[left()])
    assert office.refuse(record).state == "returned"
    assert office.facts("risks") == []


def test_approved_risks_stand_in_the_ledger_and_are_followed(office: Office) -> None:
    for code in (FINANCE, CUSTOMERS, DRAWINGS):
        office.asset(code).assess = True
    until = office.today + timedelta(days=90)
    record = approved(office, left(level=10, reason="等待预算", valid_until=until))
    first, second = office.facts("risks", record)
    assert (first["level"], first["option"], first["residual_level"], first["accepted_until"]) == (
        16,
        "reduce",
        10,
        str(until),
    )
    assert (second["level"], second.get("option")) == (5, None)
    (measure,) = office.facts("improvement_actions", record)
    assert (measure["action"], measure["no"]) == ("全员培训", first["action_no"])
    assert [office.asset(code).assess for code in (FINANCE, CUSTOMERS, DRAWINGS)] == [False, False, True]


def test_a_risk_that_is_only_accepted_has_no_measure_to_follow(office: Office) -> None:
    record = planned(office, treatment(office, option="accept"))
    office.sign(record, residual_risks=[left()])
    office.sign(record)
    assert office.facts("improvement_actions") == []
    assert {line.state for line in risks.current()} == {risks.TREATED, risks.LOW}


def states(office: Office) -> dict[str, str]:
    """How each risk stands in the ledger."""
    return {line["no"]: line["state"] for line in office.lines(LEDGERS["risks"].source)}


def test_an_acceptance_that_has_ended_is_shown(office: Office) -> None:
    until = office.today + timedelta(days=90)
    record = approved(office, left(level=10, reason="等待预算", valid_until=until))
    assert states(office)[f"{record.number}/1"] == risks.OPEN
    verify(office, record)
    assert states(office)[f"{record.number}/1"] == risks.ACCEPTED
    office.move(90)
    assert states(office)[f"{record.number}/1"] == risks.ACCEPTED, "on its last day"
    office.move(1)
    assert states(office)[f"{record.number}/1"] == risks.ENDED
    (listed, _other) = risk_matrix.listed(risks.current())
    assert listed.ended


def verify(office: Office, record: Record) -> None:
    """The measure is followed by the draft that the assessment has left, and found effective."""
    draft = office.drafted(record, "QA-19")
    tracker = office.submit(
        "QA-19", "quality_inspector", **draft, expected_result="不再上当", priority="high"
    )
    office.sign(tracker, done_on=office.today, result="全员已培训")
    assert states(office)[f"{record.number}/1"] == risks.OPEN, "until it is verified"
    office.sign(tracker, verified_effective=True)


def test_a_measure_found_effective_closes_its_treatment(office: Office) -> None:
    record = approved(office)
    assert states(office)[f"{record.number}/1"] == risks.OPEN
    verify(office, record)
    assert states(office)[f"{record.number}/1"] == risks.TREATED


def test_a_later_assessment_of_the_asset_takes_the_place_of_the_former(office: Office) -> None:
    old = approved(office)
    new = planned(office, treatment(office), risks=[risk(office)])
    office.sign(new, residual_risks=[left()])
    office.sign(new)
    found = states(office)
    assert (found[f"{old.number}/1"], found[f"{new.number}/1"]) == (risks.SUPERSEDED, risks.OPEN)
    assert found[f"{old.number}/2"] == risks.LOW, "the other asset was not looked at"
    assert list(found)[-1] == f"{old.number}/1", "what stands comes first"
    assert {line.record for line in risks.current()} == {old.number, new.number}


def test_what_was_corrected_counts_no_longer(office: Office) -> None:
    old = approved(office)
    new = approved(office, acceptance_level=12)
    office.take_back(old, new)
    assert {line.record for line in risks.current()} == {new.number}


def test_the_matrix_holds_every_risk_in_its_field(office: Office) -> None:
    record = approved(office)
    found = risk_matrix.of_record("IS-08", record_answers(record))
    assert found is not None
    placed = {
        (impact, place.level): [spot.no for spot in place.spots]
        for impact, places in found.rows
        for place in places
        if place.spots
    }
    assert placed == {(4, 16): ["1"], (5, 5): ["2"]}
    assert [impact for impact, _places in found.rows] == [5, 4, 3, 2, 1]
    assert {place.band for _impact, places in found.rows for place in places} == {
        "low",
        "medium",
        "high",
        "extreme",
    }
    assert risk_matrix.of_record("IS-13", record_answers(record)) is None


def record_answers(record: Record) -> dict[str, Any]:
    """The stored opening answers."""
    from_page: dict[str, Any] = history.content(record).answers
    return from_page


def test_a_risk_with_a_long_name_can_be_treated(office: Office) -> None:
    record = office.submit("IS-08", OFFICER, **assessment(office, risk(office, source="电" * 200)))
    (row,) = office.stage(record).treatments.data
    given = treatment(office, risk=row["risk"])
    assert not office.stage(record, treatments=[given]).errors


def test_the_year_is_not_long_over(office: Office) -> None:
    year = office.today.year
    assert not wrong(office.sheet("IS-08", OFFICER, **assessment(office, year=year - 1)))
    assert wrong(office.sheet("IS-08", OFFICER, **assessment(office, year=year - 2))) == {"year"}


def test_a_measure_past_its_day_is_called_late(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.queries.days.today", lambda: office.today)
    approved(office)
    (first, second) = risk_matrix.listed(risks.current())
    assert (first.open, first.late, second.late) == (True, False, False)
    office.move(61)
    assert risk_matrix.listed(risks.current())[0].late


def test_the_bands_of_the_matrix_are_told_with_their_levels() -> None:
    told = [text.split()[0] for _band, text in risk_matrix.matrix([]).legend]
    assert told == ["1–4", "5–9", "10–16", "20–25"]
