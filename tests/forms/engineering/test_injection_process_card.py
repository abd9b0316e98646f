"""RD-11, and with it what all technical papers share: versions, sign-off, issue, recall, archive."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.domain.refusal import Refusal
from portal.forms.catalogue import FORMS
from portal.queries import technical_papers
from portal.services import signing
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.engineering.development import Development
from tests.forms.projects import begun

LOGIN = "production_engineer"
TITLE = "注塑工艺卡 上壳"
QUALITY = {"quality_manager", "quality_manager_2"}


def refused(work: Development, **changed: Any) -> set[str]:
    return wrong(work.sheet("RD-11", LOGIN, **work.card(**changed)))


def test_it_is_approved_countersigned_signed_for_by_three_and_archived(work: Development) -> None:
    record = work.submit("RD-11", LOGIN, **work.card())
    assert (record.step, work.signers(record)) == ("rd_approval", {"rd_manager"})
    work.sign(record)
    assert (record.step, work.signers(record)) == ("quality_countersign", QUALITY)
    work.sign(record)
    signed, copies = set(), 0
    while record.step == "issue":
        signed |= work.signers(record)
        assert wrong(work.stage(record)) == {"issued_copies"}  # each of them fills it in
        copies += 1
        work.sign(record, issued_copies=copies)
    assert signed >= {"production_manager", "quality_manager", "purchasing_manager"}
    assert (record.step, work.signers(record)) == ("archive", {"document_controller"})
    assert wrong(work.stage(record)) == {"archive_no", "archive_place"}
    work.sign(record, archive_no="JS-900", archive_place="A 柜")
    assert record.state == "finished"
    issued = {line["department"]: line["copies"] for line in work.lines("technical_issue")}
    assert issued == {"production_manager": 1, "quality_manager": 2, "purchasing_manager": 3}


@pytest.mark.parametrize("step", ["rd_approval", "quality_countersign", "issue"])
def test_a_refusal_leads_back_to_the_author(work: Development, step: str) -> None:
    record = work.submit("RD-11", LOGIN, **work.card())
    while record.step != step:
        work.sign(record)
    work.refuse(record)
    assert record.state == "returned"
    work.correct(record, LOGIN, key_points="已改")
    assert record.step == "rd_approval"
    assert work.given(record, "version") == "1.0"


def test_it_stands_in_three_books(work: Development) -> None:
    record = work.file(work.submit("RD-11", LOGIN, **work.card()), number="JS-901")
    filed = work.lines("product_file")[0]
    assert {name: filed[name] for name in ("project", "document", "title", "version", "number", "place")} == {
        "project": work.product_.text,
        "document": "RD-11",
        "title": TITLE,
        "version": "1.0",
        "number": "JS-901",
        "place": "A 柜 1 层",
    }
    assert (filed["state"], filed["effective_on"]) == ("effective", days(1).isoformat())
    assert [line["state"] for line in work.lines("technical_issue")] == ["in_use"] * 3
    kept = work.lines("technical_archive")[0]
    assert (kept["archive_no"], kept["archived_on"], kept["record"]) == (
        "JS-901", TODAY.isoformat(), record.number,
    )  # fmt: skip
    assert work.person("document_controller").text == kept["keeper"]


def test_the_portal_counts_the_versions_of_each_part(work: Development) -> None:
    assert work.sheet("RD-11", LOGIN, **work.card(version="9.9")).version.data == "1.0"
    work.archived("RD-11", work.card())
    again = work.sheet("RD-11", LOGIN, **work.card())
    assert (again.version.data, again.old_version.data) == ("1.1", "1.0")
    other = work.sheet("RD-11", LOGIN, **work.card(part="下壳"))
    assert (other.version.data, other.old_version.data) == ("1.0", None)
    elsewhere = work.card(product=begun("product", "output_documents"))
    assert work.sheet("RD-11", LOGIN, **elsewhere).version.data == "1.0"


def test_one_version_is_made_at_a_time(work: Development) -> None:
    record = work.submit("RD-11", LOGIN, **work.card())
    assert refused(work) == {"part"}
    assert refused(work, part="下壳") == set()
    work.file(record)
    assert refused(work) == set()


def test_the_next_version_makes_the_former_obsolete_and_calls_it_back(work: Development) -> None:
    work.archived("RD-11", work.card())
    record = work.archived("RD-11", work.card(mould_no="M-02"), recalled=False)
    states = {line["version"]: line["state"] for line in work.lines("product_file")}
    assert states == {"1.1": "effective", "1.0": "obsolete"}
    paper = technical_papers.in_force("RD-11", work.product_.id or 0, TITLE)
    assert paper is not None
    assert (paper.version, paper.record_id) == ("1.1", record.id)
    asked = work.asked(record)
    assert {task.holders[0].key for task in asked} == {
        "role:production_manager", "role:quality_manager", "role:purchasing_manager",
    }  # fmt: skip
    assert {task.title["zh"] for task in asked} == {f"收回“{TITLE}”的旧版 1.0"}
    held = [line for line in work.lines("technical_issue") if line["version"] == "1.0"]
    assert {line["state"] for line in held} == {"to_return"}
    asked[0].state = "done"
    work.lines("technical_issue")
    now = [line["state"] for line in work.lines("technical_issue") if line["version"] == "1.0"]
    assert sorted(now) == ["returned", "to_return", "to_return"]


def test_what_came_back_is_not_asked_for(work: Development) -> None:
    work.archived("RD-11", work.card())
    record = work.archived("RD-11", work.card(mould_no="M-02"))
    assert work.asked(record) == []
    held = [line["state"] for line in work.lines("technical_issue") if line["version"] == "1.0"]
    assert held == ["returned"] * 3


def test_the_recall_is_only_asked_of_a_second_version(work: Development) -> None:
    work.archived("RD-11", work.card())
    record = work.submit("RD-11", LOGIN, **work.card())
    while record.step != "issue":
        work.sign(record)
    assert wrong(work.stage(record, issued_copies=1)) == {"old_version_recalled"}


def test_a_version_waits_for_its_day(work: Development) -> None:
    work.archived("RD-11", work.card())
    work.archived("RD-11", work.card(effective_on=days(30_000)))
    states = {line["version"]: line["state"] for line in work.lines("product_file")}
    assert states == {"1.1": "to_come", "1.0": "effective"}
    paper = technical_papers.in_force("RD-11", work.product_.id or 0, TITLE)
    assert paper is not None
    assert paper.version == "1.0"


def test_an_archive_number_stands_for_one_paper(work: Development) -> None:
    work.file(work.submit("RD-11", LOGIN, **work.card()), number="JS-902")
    record = work.submit("RD-11", LOGIN, **work.card(part="下壳"))
    while record.step != "archive":
        work.sign(record, **({"issued_copies": 1} if record.step == "issue" else {}))
    same = {"archive_no": "JS-902", "archive_place": "A 柜"}
    assert wrong(work.stage(record, **same)) == {"archive_no"}


def test_what_is_late_counts_from_its_archive(work: Development) -> None:
    record = work.submit("RD-11", LOGIN, **work.card(effective_on=TODAY))
    work.now = work.now.replace(day=20)
    work.file(record)
    assert work.lines("product_file")[0]["effective_on"] == "2026-05-20"


def test_a_correction_takes_the_version_over(work: Development) -> None:
    former = work.archived("RD-11", work.card())
    record = work.submit("RD-11", LOGIN, **work.card(mould_no="M-03"), corrects=former)
    assert work.given(record, "version") == "1.0"
    work.file(record)
    assert [line["state"] for line in work.lines("product_file")] == ["effective", "obsolete"]
    assert technical_papers.versions("RD-11", work.product_.id or 0, TITLE) == ["1.0"]


def test_two_at_once_cannot_take_the_same_number(work: Development) -> None:
    first = work.submit("RD-11", LOGIN, **work.card())
    second = work.submit("RD-11", LOGIN, **work.card(part="下壳"))
    for record in (first, second):
        while record.step != "archive":
            work.sign(record, **({"issued_copies": 1} if record.step == "issue" else {}))
    work.sign(first, archive_no="JS-910", archive_place="A")
    fills = FORMS["RD-11"].signoff.step("archive").fills
    assert fills is not None
    task, by, hand = work._turn(second)
    stage = fills(answers={"archive_no": "JS-910", "archive_place": "A"}, context={})
    with pytest.raises(Refusal):
        signing.sign(task.id, by, hand, stage, now=work.now)


def test_it_needs_the_first_review_and_begins_after_today(work: Development) -> None:
    assert refused(work, product=begun("product", "initial_review")) == {"product"}
    assert refused(work, effective_on=days(-1)) == {"effective_on"}


def test_cooling_is_part_of_the_cycle(work: Development) -> None:
    assert refused(work, cooling_seconds=Decimal(40)) == {"cooling_seconds"}
    assert refused(work, cycle_seconds=Decimal(0)) == {"cycle_seconds", "cooling_seconds"}


def test_a_zone_has_one_temperature_and_injection_is_there(work: Development) -> None:
    zone = {"zone": "一段", "celsius": Decimal(210)}
    twice = work.sheet("RD-11", LOGIN, **work.card(temperatures=[zone, zone]))
    assert wrong_in(twice, "temperatures", 1) == {"zone"}
    holding = {"stage": "holding", "pressure": Decimal(40), "speed": Decimal(20)}
    assert refused(work, pressures=[holding]) == {"pressures"}
    assert refused(work, temperatures=[]) == {"temperatures"}
