"""IS-13: nobody audits themselves, every department answers, measures are followed, disputes are decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.models import Record
from portal.queries import security
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.quality.security_desk import OFFICER, REPRESENTATIVE, Office


def finding(office: Office, key: str = "engineering", grade: str = "minor", **changed: Any) -> dict[str, Any]:
    """Something found in a department."""
    return {
        "department": office.department(key),
        "fact": "未设锁屏\n抽查三台",
        "clause": "A.7.7",
        "grade": grade,
        **changed,
    }


def audit(office: Office, *findings: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """An audit of engineering and quality."""
    day = office.today - timedelta(days=1)
    rows = [
        {"department": office.department("engineering"), "date": day, "auditor": office.person(OFFICER)},
        {"department": office.department("quality"), "date": day, "auditor": office.person("hr_manager")},
    ]
    return {
        "audit_year": office.today.year,
        "scope": "信息安全管理体系",
        "criteria": "ISO/IEC 27001",
        "audited_departments": rows,
        "audit_from": day,
        "audit_to": office.today,
        "findings": list(findings or (finding(office),)),
        "conclusion": "基本有效",
        **changed,
    }


def answer(office: Office, measure: str = "统一下发策略", **changed: Any) -> dict[str, Any]:
    """A department's measure."""
    return {
        "finding_disputed": False,
        "cause": "交接未检查",
        "corrective_measure": measure,
        "measure_due": office.today + timedelta(days=20),
        **changed,
    }


def test_nobody_audits_their_own_department(office: Office) -> None:
    given = audit(office)
    given["audited_departments"][1]["auditor"] = office.person("quality_inspector")
    sheet = office.sheet("IS-13", OFFICER, **given)
    assert wrong_in(sheet, "audited_departments", 1) == {"auditor"}
    assert not office.sheet("IS-13", OFFICER, **audit(office)).errors


def test_days_departments_and_findings_fit_together(office: Office) -> None:
    begins = office.today - timedelta(days=1)
    swapped = audit(office, audit_from=office.today, audit_to=begins)
    assert "audit_to" in wrong(office.sheet("IS-13", OFFICER, **swapped))
    ahead = audit(office, audit_to=office.today + timedelta(days=1))
    assert wrong(office.sheet("IS-13", OFFICER, **ahead)) == {"audit_to"}
    given = audit(office)
    given["audited_departments"][0]["date"] = begins - timedelta(days=1)
    assert wrong_in(office.sheet("IS-13", OFFICER, **given), "audited_departments") == {"date"}
    twice = audit(office)
    twice["audited_departments"][1] = {**twice["audited_departments"][0]}
    assert wrong_in(office.sheet("IS-13", OFFICER, **twice), "audited_departments") == {"department"}
    elsewhere = office.sheet("IS-13", OFFICER, **audit(office, finding(office, "design")))
    assert wrong_in(elsewhere, "findings") == {"department"}


def test_findings_are_numbered(office: Office) -> None:
    sheet = office.sheet("IS-13", OFFICER, **audit(office, finding(office), finding(office, "quality")))
    assert [row["no"] for row in sheet.findings.data] == [1, 2]


def test_every_department_answers_and_its_measure_is_followed(office: Office) -> None:
    record = office.submit("IS-13", OFFICER, **audit(office, finding(office), finding(office, "quality")))
    assert office.signers(record) == {"engineering_manager"}
    office.sign(record, **answer(office))
    assert office.signers(record) == {"quality_manager"}
    office.sign(record, **answer(office, "补登记"))
    assert record.step == "representative_approval"
    assert office.facts("improvement_actions") == []
    office.sign(record)
    found = office.facts("improvement_actions", record)
    assert [(one["no"], one["action"], one["department"], one["owner"]) for one in found] == [
        (f"{record.number}/1", "统一下发策略", "工程部", office.person("engineering_manager").text),
        (f"{record.number}/2", "补登记", "质量部", office.person("quality_manager").text),
    ]
    assert office.drafts(record, "QA-15") == []


def test_each_major_finding_becomes_a_report(office: Office) -> None:
    rows = (
        finding(office, grade="major"),
        finding(office),
        finding(office, "quality", "major", fact="未演练"),
    )
    record = office.submit("IS-13", OFFICER, **audit(office, *rows))
    for _turn in range(3):
        office.sign(record, **answer(office))
    assert record.state == "finished"
    drafts = office.drafts(record, "QA-15")
    assert [draft.answers["subject"] for draft in drafts] == ["未设锁屏", "未演练"]
    assert drafts[1].answers["responsible_department"]["text"] == "质量部"


def test_a_nonconformity_is_answered_whole(office: Office) -> None:
    record = office.submit("IS-13", OFFICER, **audit(office))
    assert wrong(office.stage(record)) == {"finding_disputed"}
    assert wrong(office.stage(record, finding_disputed=False)) == {
        "cause",
        "corrective_measure",
        "measure_due",
    }
    half = office.stage(record, **answer(office, measure_due=None))
    assert wrong(half) == {"measure_due"}
    past = office.stage(record, **answer(office, measure_due=office.today - timedelta(days=1)))
    assert wrong(past) == {"measure_due"}


def test_a_department_without_one_only_confirms(office: Office) -> None:
    record = office.submit(
        "IS-13", OFFICER, **audit(office, finding(office), finding(office, "quality", "observation"))
    )
    fills = type(office.stage(record))
    known = office.known(record)
    mine = fills(answers={"finding_disputed": False}, context=known, person=office.actor("quality_manager"))
    assert mine.validate(), mine.errors
    other = fills(
        answers={"finding_disputed": False}, context=known, person=office.actor("engineering_manager")
    )
    assert not other.validate()


def disputed(office: Office) -> Record:
    """An audit with whose finding engineering does not agree."""
    record = office.submit("IS-13", OFFICER, **audit(office))
    assert wrong(office.stage(record, finding_disputed=True)) == {"dispute_reason"}
    office.sign(record, finding_disputed=True, dispute_reason="已设锁屏")
    office.sign(record, **answer(office))
    return record


@pytest.mark.parametrize("upheld", [True, False])
def test_auditor_and_representative_decide_a_dispute(office: Office, upheld: bool) -> None:
    record = disputed(office)
    assert (record.step, office.signers(record)) == ("auditor_opinion", {OFFICER})
    office.sign(record, auditor_opinion="有照片为证")
    assert (record.step, office.signers(record)) == ("dispute_decision", {REPRESENTATIVE})
    office.sign(record, finding_upheld=upheld, decision_reason="证据充分")
    if not upheld:
        assert record.state == "returned", "to the auditor, who changes the report"
        return
    assert record.step == "departments_answer"
    for _turn in range(2):
        office.sign(record, **answer(office))
    assert record.step == "representative_approval", "nobody disputes any more"
    assert len(security.answered(record.id, "departments_answer")) == 2, "of the last round only"


def test_a_representative_who_declines_sends_it_back(office: Office) -> None:
    record = office.submit("IS-13", OFFICER, **audit(office))
    for _turn in range(2):
        office.sign(record, **answer(office))
    assert office.refuse(record).state == "returned"
    assert office.facts("improvement_actions") == []


def test_the_year_is_that_of_the_audit(office: Office) -> None:
    year = office.today.year
    for given, says in (
        (year, set()),
        (year - 1, set()),
        (year - 2, {"audit_year"}),
        (year + 1, {"audit_year"}),
    ):
        sheet = office.sheet("IS-13", OFFICER, **audit(office, audit_year=given))
        assert wrong(sheet) == says, given
