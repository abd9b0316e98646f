"""DC-03: numbered copies of what is in force, signed for by those who hold them; old ones come back."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.queries import document_copies, editions
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.quality.papers import Papers

LOGIN = "document_controller"


@pytest.fixture
def papers(context: Flask) -> Papers:
    """The small company's document control."""
    return Papers()


def refused(papers: Papers, given: dict[str, Any], **changed: Any) -> set[str]:
    """The fields for which an issue with these answers is refused."""
    return wrong(papers.sheet("DC-03", LOGIN, **{**given, **changed}))


def copies(papers: Papers) -> list[tuple[str, str, str | None, str | None]]:
    """Each copy as the register shows it: version, number, when it is to be back, when it came back."""
    found = papers.lines("document_copies")
    return sorted((one["version"], one["copy_no"], one["recall_by"], one["returned_on"]) for one in found)


@pytest.mark.proves("R30")
def test_every_department_signs_for_its_copies(papers: Papers) -> None:
    release = papers.released()
    record = papers.submit("DC-03", LOGIN, **papers.issue(release))
    heads = set()
    heads |= papers.signers(record)
    papers.sign(record, received_on=TODAY)
    assert document_copies.copies(papers.document("QA-W-1").id) == [], "while the other still has to sign"
    heads |= papers.signers(record)
    papers.sign(record, received_on=TODAY)
    assert heads == {"quality_manager", "warehouse_supervisor"}
    assert record.state == "finished", "there is nothing to recall"
    assert copies(papers) == [("1.0", f"0{place}", None, None) for place in (1, 2, 3)]
    line = papers.lines("document_copies")[0]
    assert (line["holder"], line["person"]) == ("库房", papers.person("warehouse_supervisor").text)
    assert (line["issued_on"], line["received_on"]) == (TODAY.isoformat(), TODAY.isoformat())


@pytest.mark.proves("R30")
def test_a_new_version_calls_the_old_copies_back(papers: Papers) -> None:
    first = papers.released()
    papers.issued(first)
    second = papers.revised(first)
    assert copies(papers) == [("1.0", f"0{place}", days(5).isoformat(), None) for place in (1, 2, 3)]
    record = papers.submit("DC-03", LOGIN, **papers.issue(second))
    papers.sign(papers.sign(record, received_on=TODAY), received_on=TODAY)
    assert (record.step, papers.signers(record)) == ("recall", {LOGIN})
    listed = papers.stage(record).returned_copies.data
    assert [(row["copy_no"], row["returned_on"]) for row in listed] == [
        (f"0{place}", TODAY) for place in (1, 2, 3)
    ]
    rows = [{"copy_no": number, "returned_on": TODAY, "destroyed": True} for number in ("01", "02")]
    papers.sign(record, returned_copies=rows)
    assert record.state == "finished"
    old = [line for line in copies(papers) if line[0] == "1.0"]
    assert old == [
        ("1.0", "01", None, TODAY.isoformat()),
        ("1.0", "02", None, TODAY.isoformat()),
        ("1.0", "03", days(5).isoformat(), None),
    ]
    assert [one.copy_no for one in document_copies.to_recall()] == ["03"]


def test_the_last_copy_comes_back_by_an_issue_that_only_recalls(papers: Papers) -> None:
    first = papers.released()
    papers.issued(first)
    second = papers.revised(first)
    given = papers.issue(second, issue_kind="recall", copies=[])
    record = papers.submit("DC-03", LOGIN, **given)
    assert record.step == "recall", "nobody gets anything"
    rows = [{"copy_no": f"0{n}", "returned_on": TODAY, "destroyed": False} for n in (1, 2, 3)]
    papers.sign(record, returned_copies=rows)
    assert record.state == "finished"
    assert document_copies.to_recall() == []
    assert refused(papers, given, old_version=None) == {"old_version"}


def test_only_the_version_in_force_is_issued(papers: Papers) -> None:
    release = papers.released()
    given = papers.issue(release)
    assert refused(papers, given) == set()
    assert refused(papers, given, version="0.9") == {"version", "release"}
    assert refused(papers, given, effective_on=days(9)) == {"effective_on"}
    assert refused(papers, given, old_version="1.0") == {"old_version"}
    assert refused(papers, given, issue_kind="new_version") == {"old_version"}
    other = papers.released(document_no="QA-W-2")
    assert refused(papers, given, release=papers.ref(other)) == {"release"}
    second = papers.revised(release)
    assert refused(papers, given) == set(), "both wait for their days"
    assert editions.issuable("QA-W-1", days(6)) == ["1.1"]
    assert refused(papers, papers.issue(second)) == set()


def test_a_number_names_one_copy_of_a_version(papers: Papers) -> None:
    release = papers.released()
    given = papers.issue(release)
    row = given["copies"][0]
    assert refused(papers, given, copies=[row, row]) == {"copies"}
    record = papers.issued(release)
    again = {**given, "issue_kind": "replacement"}
    assert refused(papers, again, copies=[row]) == {"copies"}
    assert refused(papers, again, copies=[{**row, "copy_no": "04"}]) == set()
    sheet = papers.sheet("DC-03", LOGIN, corrects=record, **given)
    assert not wrong(sheet), "what it corrects holds no number"


def test_what_an_issue_corrects_is_in_the_register_no_more(papers: Papers) -> None:
    release = papers.released()
    wrong_one = papers.issued(release)
    given = papers.issue(release)
    rows = [{**given["copies"][0], "copy_no": "09"}]
    record = papers.submit("DC-03", LOGIN, **{**given, "copies": rows}, corrects=wrong_one)
    papers.finish(record, holder_receipt={"received_on": TODAY})
    assert [one.copy_no for one in document_copies.open_copies(papers.document("QA-W-1").id)] == ["09"]


def test_a_second_round_with_another_holder_leaves_one_line_a_copy(papers: Papers) -> None:
    first = papers.released()
    papers.issued(first)
    second = papers.revised(first)
    record = papers.submit("DC-03", LOGIN, **papers.issue(second))
    papers.sign(papers.sign(record, received_on=TODAY), received_on=TODAY)
    papers.send_back(record)
    rows = [dict(row) for row in papers.issue(second)["copies"]]
    rows[0]["person"] = papers.person("quality_inspector")
    papers.correct(record, LOGIN, copies=rows)
    papers.sign(papers.sign(record, received_on=TODAY), received_on=TODAY)
    new = [line for line in papers.lines("document_copies") if line["version"] == "1.1"]
    assert sorted(line["copy_no"] for line in new) == ["01", "02", "03"]
    (moved,) = [line for line in new if line["copy_no"] == "01"]
    assert moved["person"] == papers.person("quality_inspector").text


def test_nobody_takes_a_copy_tomorrow_or_before_it_is_issued(papers: Papers) -> None:
    record = papers.submit("DC-03", LOGIN, **papers.issue(papers.released()))
    for given, fault in ((days(1), {"received_on"}), (days(-1), {"received_on"}), (TODAY, set())):
        assert wrong(papers.stage(record, received_on=given)) == fault


def test_only_what_is_out_comes_back(papers: Papers) -> None:
    first = papers.released()
    papers.issued(first)
    record = papers.submit("DC-03", LOGIN, **papers.issue(papers.revised(first)))
    papers.sign(papers.sign(record, received_on=TODAY), received_on=TODAY)

    def told(*rows: dict[str, Any]) -> Any:
        return papers.stage(record, returned_copies=list(rows))

    good = {"copy_no": "01", "returned_on": TODAY, "destroyed": True}
    assert not wrong(told(good))
    assert wrong_in(told({**good, "copy_no": "77"}), "returned_copies") == {"copy_no"}
    assert wrong_in(told(good, good), "returned_copies", 1) == {"copy_no"}
    assert wrong_in(told({**good, "returned_on": days(1)}), "returned_copies") == {"returned_on"}
    assert wrong_in(told({**good, "returned_on": days(-1)}), "returned_copies") == {"returned_on"}
    assert wrong(told()) == {"returned_copies"}, "something has to come back"


def test_no_copy_of_an_obsolete_document_is_issued(papers: Papers) -> None:
    release = papers.released()
    papers.document("QA-W-1").state = "obsolete"
    given = papers.issue(release)
    assert wrong(papers.sheet("DC-03", "document_controller", **given)) == {"document"}
    recall = {**given, "issue_kind": "recall", "copies": None, "old_version": "0.9"}
    assert "document" not in wrong(papers.sheet("DC-03", "document_controller", **recall))
