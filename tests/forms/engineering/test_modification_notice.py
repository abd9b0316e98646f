"""RD-21 and RD-22: moulds modified until they are good, papers put out anew, stock of no more use written off."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.quality_information import QualityInformation
from portal.models import Record
from tests.forms.customer_service.shop import LIFT, days, wrong, wrong_in
from tests.forms.engineering.development import FILE, Development
from tests.forms.projects import begun

RD = "rd_engineer"


def modification(work: Development, **changed: Any) -> dict[str, Any]:
    return {
        "product": work.product_,
        "mould_no": "M-01",
        "part": "上壳",
        "reason": "trial_production",
        "old_state": "卡扣厚 1.2",
        "new_state": "卡扣厚 1.6",
        "drawings": [FILE],
        "mould_maker": work.supplier(),
        "finish_by": days(10),
        **changed,
    }


def at_result(work: Development, **changed: Any) -> Record:
    record = work.submit("RD-21", RD, **modification(work, **changed))
    assert (record.step, work.signers(record)) == ("rd_approval", {"rd_manager"})
    work.sign(record)
    signed = set()
    while record.step == "receipt":
        signed |= work.signers(record)
        work.sign(record)
    assert signed >= {"production_manager", "purchasing_manager"}
    return record


def test_a_good_mould_stands_in_the_file_and_passes_the_stage(work: Development) -> None:
    work.product_ = begun("product", "tooling")
    record = at_result(work)
    assert record.due_at is not None
    assert wrong(work.stage(record, trial_result="合格", accepted=True)) == {"sizes_changed"}
    work.sign(record, trial_result="合格", accepted=True, sizes_changed=False)
    assert (record.state, work.stage_state("tooling")) == ("finished", "passed")
    filed = work.lines("product_file")[0]
    assert (filed["document"], filed["number"], filed["state"]) == ("RD-21", record.number, "effective")
    assert filed["title"] == f"设计变更证明 {record.number} M-01"
    assert not work.drafts(record, "RD-22")


def test_a_bad_one_is_modified_again(work: Development) -> None:
    work.product_ = begun("product", "tooling")
    record = at_result(work)
    given = {"trial_result": "缩水", "accepted": False}
    assert wrong(work.stage(record, **given)) == {"new_finish_by"}
    assert wrong(work.stage(record, **given, new_finish_by=days(-1))) == {"new_finish_by"}
    work.sign(record, **given, new_finish_by=days(20))
    assert (record.step, record.round, work.stage_state("tooling")) == ("receipt", 2, "open")
    while record.step == "receipt":
        work.sign(record)
    assert record.due_at is not None
    assert record.due_at.date() == days(20)
    work.sign(record, trial_result="合格", accepted=True, sizes_changed=False)
    assert len(work.lines("product_file")) == 1


def test_changed_sizes_leave_a_modification_notice(work: Development) -> None:
    record = at_result(work)
    work.sign(record, trial_result="合格", accepted=True, sizes_changed=True)
    draft = work.drafted(record, "RD-22")
    assert (draft["product"], draft["old_content"], draft["new_content"]) == (
        work.product_, "卡扣厚 1.2", "卡扣厚 1.6",
    )  # fmt: skip


def test_a_refused_modification_is_not_made(work: Development) -> None:
    record = work.submit("RD-21", RD, **modification(work))
    work.refuse(record)
    assert record.state == "refused"


def test_a_modification_changes_something_by_a_day_to_come(work: Development) -> None:
    same = modification(work, new_state="卡扣厚 1.2")
    assert wrong(work.sheet("RD-21", RD, **same)) == {"new_state"}
    assert wrong(work.sheet("RD-21", RD, **modification(work, finish_by=days(-1)))) == {"finish_by"}
    early = modification(work, product=begun("product", "design"))
    assert wrong(work.sheet("RD-21", RD, **early)) == {"product"}


def change(work: Development, *papers: Record, **changed: Any) -> dict[str, Any]:
    return {
        "product": work.product_,
        "change_kind": "design_change",
        "documents": [{"document": work.ref(one)} for one in papers],
        "old_content": "卡扣厚 1.2",
        "new_content": "卡扣厚 1.6",
        "reason": "断裂",
        "stock_disposal": "use_up",
        "effective_from": "2026-06 批次",
        **changed,
    }


def acknowledged(work: Development, record: Record) -> Record:
    work.sign(record)
    signed = set()
    while record.step == "acknowledgement":
        signed |= work.signers(record)
        assert wrong(work.stage(record)) == {"old_papers_returned"}
        work.sign(record, old_papers_returned=True)
    assert signed >= {"production_manager", "quality_manager", "purchasing_manager"}
    assert record.state == "finished"
    return record


def test_each_paper_named_is_drafted_as_it_stands(work: Development) -> None:
    card, moulds = work.archived("RD-11", work.card()), work.archived("RD-13", work.moulds())
    record = work.submit("RD-22", RD, **change(work, card, moulds))
    rows = work.given(record, "documents")
    assert [(row["old_version"], row["new_version"]) for row in rows] == [("1.0", "1.1")] * 2
    acknowledged(work, record)
    draft = work.drafted(record, "RD-11")
    assert (draft["product"], draft["part"], draft["mould_no"]) == (work.product_, "上壳", "M-01")
    assert "effective_on" not in draft
    assert "version" not in draft
    assert work.drafted(record, "RD-13")["daily_demand"] == 700
    new = work.sheet("RD-11", "production_engineer", **{**draft, "effective_on": days(3)})
    assert (wrong(new), new.version.data) == (set(), "1.1")
    filed = work.lines("product_file")[0]
    assert (filed["document"], filed["title"]) == ("RD-22", f"设计变更证明 {record.number}")
    assert not work.drafts(record, "WH-17")


def test_the_next_bill_says_why(work: Development) -> None:
    bill = work.archived("RD-10", work.bill())
    record = acknowledged(work, work.submit("RD-22", RD, **change(work, bill)))
    draft = work.drafted(record, "RD-10")
    assert draft["change_note"] == f"{record.number} 卡扣厚 1.6"
    assert [row["part_no"] for row in draft["components"]] == ["A", "B"]


def test_scrap_is_written_off(work: Development) -> None:
    card = work.archived("RD-11", work.card())
    record = acknowledged(work, work.submit("RD-22", RD, **change(work, card, stock_disposal="scrap")))
    draft = work.drafted(record, "WH-17")
    assert draft["source_record"].id == record.id
    assert draft["damage_found"] is True


def test_other_papers_are_named_with_their_versions(work: Development) -> None:
    drawing = {"other": "零件图", "old_version": "A1", "new_version": "A2"}
    assert wrong(work.sheet("RD-22", RD, **change(work, documents=[drawing]))) == set()
    bare = work.sheet("RD-22", RD, **change(work, documents=[{"other": "零件图"}]))
    assert wrong_in(bare, "documents") == {"old_version", "new_version"}
    same = work.sheet("RD-22", RD, **change(work, documents=[{**drawing, "new_version": "A1"}]))
    assert wrong_in(same, "documents") == {"new_version"}
    both = {**drawing, "document": work.ref(work.archived("RD-11", work.card()))}
    assert wrong_in(work.sheet("RD-22", RD, **change(work, documents=[both])), "documents") == {"document"}
    assert wrong(work.sheet("RD-22", RD, **change(work))) == {"documents"}


def test_papers_are_those_in_force_of_the_product(work: Development) -> None:
    card = work.archived("RD-11", work.card())
    twice = work.sheet("RD-22", RD, **change(work, card, card))
    assert wrong_in(twice, "documents", 1) == {"document"}
    elsewhere = change(work, card, product=begun("product", "output_documents"))
    assert wrong_in(work.sheet("RD-22", RD, **elsewhere), "documents") == {"document"}
    waiting = work.submit("RD-11", "production_engineer", **work.card())
    assert wrong_in(work.sheet("RD-22", RD, **change(work, waiting)), "documents") == {"document"}
    work.file(waiting)
    assert wrong_in(work.sheet("RD-22", RD, **change(work, card)), "documents") == {"document"}


def test_what_the_customer_does_not_want_is_not_done(work: Development) -> None:
    card = work.archived("RD-11", work.card())
    found = work.sheet("RD-22", RD, **change(work, card, customer_consent=False, new_content="卡扣厚 1.2"))
    assert wrong(found) == {"customer_consent", "new_content"}


def test_a_size_change_in_production_names_its_sizes(work: Development) -> None:
    card = work.archived("RD-11", work.card())
    given = change(work, card, change_kind="size_change_in_production")
    assert wrong(work.sheet("RD-22", RD, **given)) == {"sizes"}
    same = {"part": "上壳", "old_size": "1.2", "new_size": "1.2"}
    assert wrong_in(work.sheet("RD-22", RD, **given, sizes=[same]), "sizes") == {"new_size"}
    size = {"part": "上壳", "old_size": "1.2", "new_size": "1.6"}
    assert wrong(work.sheet("RD-22", RD, **given, sizes=[size])) == set()


@pytest.mark.parametrize("known", [True, False])
def test_quality_information_leaves_a_draft_for_the_product(work: Development, known: bool) -> None:
    named = work.ref(work.product(LIFT))
    if known:
        work.archived("RD-23", work.criteria(catalogue_product=named))
    record = _filed(named)
    (draft,) = QualityInformation.change_drawings(record)
    assert (draft.code, draft.answers["new_content"]) == ("RD-22", "改夹具")
    assert draft.answers["product"] == (work.product_ if known else None)
    assert named.text in draft.answers["reason"]


def _filed(product: Ref) -> Any:
    answers = {
        "product": product, "solution": "改夹具", "drawing_change_needed": True, "description": "夹不紧",
    }  # fmt: skip
    return Filed(7, "QA-01-2026-0007", "QA-01", answers, 1, 1, 1, {}, datetime(2026, 5, 12, tzinfo=UTC))
