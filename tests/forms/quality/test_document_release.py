"""DC-01: one version of a document in force, approved by somebody else, each change with its request."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.domain.refusal import Refusal
from portal.forms.catalogue import FORMS
from portal.lib.text import next_edition, next_version
from portal.queries import days as queried
from portal.services import records
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.quality.papers import PROCEDURE, Papers

ROUTE = FORMS["DC-01"].signoff


@pytest.fixture
def papers(context: Flask) -> Papers:
    """The small company's document control."""
    return Papers()


def refused(papers: Papers, **changed: Any) -> set[str]:
    """The fields for which a release with these answers is refused."""
    return wrong(papers.sheet("DC-01", "quality_inspector", **papers.new(**changed)))


def test_a_new_document_comes_into_force(papers: Papers) -> None:
    record = papers.submit("DC-01", "quality_inspector", **papers.new())
    assert papers.signers(record) == {"quality_manager"}
    papers.sign(record)
    assert record.step == "countersign"
    assert papers.signers(record) == {"warehouse_supervisor"}
    papers.sign(record)
    assert papers.signers(record) == {"management_representative", "general_manager"}
    papers.sign(record)
    assert papers.signers(record) == {"document_controller"}
    papers.sign(record, effective_on=days(4))
    assert record.state == "finished"
    found = papers.document("QA-W-1")
    assert (found.name, found.version, found.state) == ("出货检验作业指导书", "1.0", "effective")
    assert (found.effective_on, found.next_review_on) == (days(4), days(368))
    assert (found.department.key, found.release_id) == ("quality", record.id)
    line = papers.lines("documents")[0]
    assert (line["number"], line["version"], line["state"]) == ("QA-W-1", "1.0", "effective")
    assert (line["approved_on"], line["record"]) == (TODAY.isoformat(), record.number)
    draft = papers.drafted(record, "DC-03")
    assert (draft["document"].text, draft["version"]) == ("出货检验作业指导书 QA-W-1", "1.0")
    assert (draft["issue_kind"], draft["effective_on"]) == ("first_issue", days(4))
    assert draft["release"].id == record.id
    assert "old_version" not in draft
    assert [(row["copy_no"], row["holder"].text) for row in draft["copies"]] == [
        ("01", "质量部"),
        ("02", "质量部"),
        ("03", "库房"),
    ]
    assert {row["person"].id for row in draft["copies"]} == {
        papers.person("quality_manager").id,
        papers.person("warehouse_supervisor").id,
    }


def test_nobody_countersigns_where_no_other_department_gets_copies(papers: Papers) -> None:
    own = [{"department": papers.department("quality"), "copies": 1}]
    record = papers.submit("DC-01", "quality_inspector", **papers.new(distribution=own))
    papers.sign(record)
    assert record.step == "approval"


def test_every_other_department_countersigns(papers: Papers) -> None:
    named = [{"department": papers.department(key), "copies": 1} for key in ("warehouse", "purchasing")]
    record = papers.submit("DC-01", "quality_inspector", **papers.new(distribution=named))
    papers.sign(record)
    heads = set()
    while record.step == "countersign":
        heads |= papers.signers(record)
        papers.sign(record)
    assert heads == {"warehouse_supervisor", "purchasing_manager"}
    assert record.step == "approval"


@pytest.mark.proves("R2", "R26")
def test_the_author_does_not_approve(papers: Papers) -> None:
    record = papers.submit("DC-01", "management_representative", **papers.new())
    while record.step != "approval":
        papers.sign(record)
    task, by, _hand = papers._turn(record)
    assert by.person.login == "general_manager"
    assert papers.actor("management_representative").id in {one.person_id for one in task.exclusions}


@pytest.mark.proves("R26")
@pytest.mark.parametrize("kind", ["policy_statement", "system"])
def test_the_general_manager_alone_approves_policy_and_service_system(papers: Papers, kind: str) -> None:
    record = papers.submit("DC-01", "quality_inspector", **papers.new(document_kind=kind))
    papers.sign(papers.sign(record))
    assert record.step == "gm_approval"
    assert papers.signers(record) == {"general_manager"}
    papers.sign(record)
    assert record.step == "release"


@pytest.mark.parametrize("step", ["department_check", "countersign", "approval"])
def test_a_refusal_leads_back_to_the_author(papers: Papers, step: str) -> None:
    record = papers.submit("DC-01", "quality_inspector", **papers.new())
    while record.step != step:
        papers.sign(record)
    papers.refuse(record)
    assert record.state == "returned"
    papers.correct(record, "quality_inspector", change_summary="已补充")
    assert record.step == "department_check"


@pytest.mark.proves("R29")
def test_what_exists_needs_another_version_and_a_request(papers: Papers) -> None:
    same = {"document_no": PROCEDURE, "document_kind": "procedure"}
    assert refused(papers, **same, version="1.0") == {"version", "change_request", "text"}
    assert refused(papers, **same, version="1.1") == {"change_request", "text"}, "its text is kept here"
    other_kind = {**same, "document_kind": "rule", "version": "1.1"}
    assert refused(papers, **other_kind) == {"document_kind", "change_request", "text"}
    asked = papers.ref(papers.requested())
    assert refused(papers, **same, version="1.1", change_request=asked) == {"text"}
    assert refused(papers, **same, version="1.2", change_request=asked) == {"version", "text"}
    assert refused(papers, version="1.0", change_request=asked) == {"change_request"}, "of another document"
    open_one = papers.submit("DC-02", "salesperson", **papers.change("QA-P-01"))
    other = {"document_no": "QA-P-01", "document_kind": "procedure", "version": "1.1"}
    assert refused(papers, **other, change_request=papers.ref(open_one)) == {"change_request", "text"}


@pytest.mark.proves("R28", "R29")
def test_a_revision_makes_the_former_version_obsolete(papers: Papers) -> None:
    first = papers.released()
    second = papers.revised(first)
    assert papers.document("QA-W-1").version == "1.1"
    assert papers.document("QA-W-1").state == "effective"
    lines = [line for line in papers.lines("documents") if line["number"] == "QA-W-1"]
    assert [(line["version"], line["state"]) for line in lines] == [("1.1", "effective"), ("1.0", "obsolete")]
    draft = papers.drafted(second, "DC-03")
    assert (draft["issue_kind"], draft["old_version"]) == ("new_version", "1.0")
    again = papers.new(version="1.0", change_request=papers.ref(papers.requested("QA-W-1")))
    assert "version" in wrong(papers.sheet("DC-01", "quality_inspector", **again)), "obsolete ones stay taken"


def test_a_released_version_is_put_right_by_its_correction(papers: Papers) -> None:
    first = papers.released()
    second = papers.submit("DC-01", "quality_inspector", **papers.new(title="出货检验规程"), corrects=first)
    papers.finish(second, release={"effective_on": days(3)})
    assert papers.document("QA-W-1").name == "出货检验规程"
    assert papers.document("QA-W-1").release_id == second.id
    states = {line["record"]: line["state"] for line in papers.lines("documents") if line["record"]}
    assert states == {second.number: "effective", first.number: "obsolete"}
    third = papers.submit("DC-01", "quality_inspector", **papers.new(document_no="QA-W-2"), corrects=second)
    papers.finish(third, release={"effective_on": days(3)})
    assert papers.document("QA-W-1").state == "obsolete"
    assert papers.document("QA-W-2").state == "effective"


def test_one_release_at_a_time_and_no_number_of_something_else(papers: Papers) -> None:
    papers.submit("DC-01", "quality_inspector", **papers.new())
    assert refused(papers) == {"document_no"}
    assert refused(papers, document_no="PU-03") == {"document_no"}
    assert refused(papers, document_no="KF-TX") == {"document_no"}
    assert refused(papers, document_no="QA-W-9") == set()


def test_two_authors_of_one_number_meet_at_the_release(papers: Papers) -> None:
    first = papers.submit("DC-01", "quality_inspector", **papers.new())
    second = papers.submit("DC-01", "quality_inspector", **papers.new(document_no="QA-W-2"))
    papers.finish(first, release={"effective_on": days(3)})
    papers.send_back(second)
    given = papers.new()
    sheet = FORMS["DC-01"](
        answers=given,
        context={"@now": papers.now, "@record_id": second.id},
        person=papers.actor("quality_inspector"),
    )
    sheet.validate()
    assert wrong(sheet) == {"version", "change_request"}


def test_days_come_in_their_order(papers: Papers) -> None:
    assert refused(papers, planned_effective_on=days(-1)) == {"planned_effective_on"}
    assert refused(papers, planned_effective_on=TODAY) == set()
    assert refused(papers, next_review_on=days(3)) == {"next_review_on"}
    record = papers.submit("DC-01", "quality_inspector", **papers.new())
    while record.step != "release":
        papers.sign(record)
    assert wrong(papers.stage(record, effective_on=days(-1))) == {"effective_on"}
    assert wrong(papers.stage(record, effective_on=days(368))) == {"effective_on"}
    assert wrong(papers.stage(record, effective_on=TODAY)) == set()
    assert papers.stage(record).effective_on.data == days(3), "as planned"


def test_a_department_stands_once_and_gets_something(papers: Papers) -> None:
    row = {"department": papers.department("quality"), "copies": 1}
    assert refused(papers, distribution=[row, row]) == {"distribution"}
    sheet = papers.sheet("DC-01", "quality_inspector", **papers.new(distribution=[{**row, "copies": 0}]))
    assert wrong_in(sheet, "distribution") == {"copies"}
    assert refused(papers, distribution=[]) == {"distribution"}


def confirm(papers: Papers, **changed: Any) -> dict[str, Any]:
    """The answers by which a procedure stays as it is."""
    given = {
        "purpose": "confirm",
        "document_no": PROCEDURE,
        "title": "客户满意度控制程序",
        "document_kind": "procedure",
        "version": "1.0",
        "owner_department": papers.department("quality"),
        "change_summary": "内容仍然适用",
        "next_review_on": date(2028, 5, 11),
    }
    return {**given, **changed}


def test_what_was_reviewed_and_stays_has_a_new_day(papers: Papers) -> None:
    record = papers.submit("DC-01", "quality_inspector", **confirm(papers))
    steps = []
    while record.state == "running":
        steps.append(record.step)
        papers.sign(record)
    assert steps == ["department_check", "approval", "release"], "nobody gets new copies"
    found = papers.document()
    assert (found.version, found.state, found.next_review_on) == ("1.0", "effective", date(2028, 5, 11))
    assert papers.drafts(record, "DC-03") == []
    (line,) = [one for one in papers.lines("documents") if one["number"] == PROCEDURE]
    assert (line["next_review"], line["record"]) == ("2028-05-11", None)


def test_only_what_is_in_force_stays_as_it_is(papers: Papers) -> None:
    def told(**changed: Any) -> set[str]:
        return wrong(papers.sheet("DC-01", "quality_inspector", **confirm(papers, **changed)))

    assert told() == set()
    assert told(document_no="QA-P-99") == {"document_no"}
    assert told(version="1.1") == {"version"}
    papers.requested()
    assert told() == {"purpose"}
    papers.document().state = "obsolete"
    assert told() == {"document_no"}


def test_a_version_stands_once_in_the_list(papers: Papers) -> None:
    """The form sees it beforehand; two at the same moment meet at the list itself."""
    sheets = [papers.sheet("DC-01", "quality_inspector", **papers.new()) for _again in range(2)]
    by = papers.actor("quality_inspector")
    first, second = (
        records.submit(sheet, by, key=f"twin-{place}", now=papers.now) for place, sheet in enumerate(sheets)
    )
    for record in (first, second):
        while record.step != "release":
            papers.sign(record)
    papers.sign(first, effective_on=days(3))
    with pytest.raises(Refusal, match="已登记过"):
        papers.sign(second, effective_on=days(3))


@pytest.mark.parametrize(
    ("version", "small", "thorough"),
    [
        ("1.0", "1.1", "2.0"),
        ("A/0", "A/1", "B/0"),
        ("V3", "V4", "V4"),
        ("2.1.4", "2.1.5", "3.0.0"),
        ("试行", "", ""),
    ],
)
def test_the_next_version_by_a_small_or_a_thorough_change(version: str, small: str, thorough: str) -> None:
    assert (next_version(version), next_edition(version)) == (small, thorough)


def test_the_empty_page_begins_with_a_release(papers: Papers) -> None:
    assert papers.page("DC-01", "employee") == {"purpose": "release"}


def test_until_its_day_a_version_waits_and_the_former_is_in_force(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    def states() -> list[tuple[str, str]]:
        found = [line for line in papers.lines("documents") if line["number"] == "QA-W-1"]
        return [(line["version"], line["state"]) for line in found]

    monkeypatch.setattr(queried, "today", lambda: days(4))
    first = papers.released()
    assert states() == [("1.0", "effective")]
    papers.revised(first, effective=days(10))
    assert states() == [("1.1", "to_come"), ("1.0", "effective")]
    monkeypatch.setattr(queried, "today", lambda: days(10))
    assert states() == [("1.1", "effective"), ("1.0", "obsolete")]
