"""QA-01: classes and their items, who hears of it and until when, every stage, and what follows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.quality.quality_information import ITEMS, A, B, C, QualityInformation
from portal.forms.quality.quality_information_stages import Filing
from portal.models import LedgerEntry, Record
from portal.queries import archive, goods
from tests.forms.customer_service.shop import NOW, TODAY, Shop, wrong
from tests.forms.quality.quality_room import department, information, informed

HARD, BATCH = "problem_hard_to_solve_alone", "batch_quality_accident"
STOPS, OPINION = "major_problem_that_stops_production", "important_customer_opinion_or_complaint"


@pytest.fixture
def shop(context: Flask) -> Shop:
    return Shop()


def handling(shop: Shop, follow_up: str = "close") -> dict[str, Any]:
    return {"responsible_department": department(shop), "handling": "查明原因", "follow_up": follow_up}


def at_handling(shop: Shop, **changed: Any) -> Record:
    """Quality information that the head of its department has confirmed."""
    return shop.sign(informed(shop, **changed))


def filed(shop: Shop, record: Record, code: str = "ZL-1") -> Record:
    return shop.sign(record, archive_code=code)


@pytest.mark.parametrize("class_", [A, B, C])
def test_an_item_belongs_to_its_class(shop: Shop, class_: str) -> None:
    for items in ITEMS.values():
        for item in items:
            sheet = shop.sheet("QA-01", **information(shop, information_class=class_, class_item=item))
            assert wrong(sheet) == (set() if item in ITEMS[class_] else {"class_item"})


@pytest.mark.parametrize("name", ["information_class", "class_item"])
def test_what_stands_in_no_list_is_refused_beside_its_field(shop: Shop, name: str) -> None:
    assert wrong(shop.sheet("QA-01", **information(shop, **{name: "nothing"}))) == {name}


def test_the_page_begins_here_and_now(shop: Shop) -> None:
    by = shop.actor("production_engineer")
    begun = QualityInformation(person=by, context={"@now": NOW}).proposal()
    assert begun == {"found_at": NOW, "department": department(shop, "production_engineer")}


def test_nothing_is_found_tomorrow(shop: Shop) -> None:
    later = information(shop, found_at=NOW + timedelta(hours=2))
    assert wrong(shop.sheet("QA-01", **later)) == {"found_at"}


@pytest.mark.parametrize(
    ("class_", "item", "told", "within"),
    [
        (A, OPINION, {"quality_manager", "deputy_general_manager", "management_representative"}, 1),
        (B, HARD, {"quality_manager"}, 24),
        (C, "other", set(), 0),
    ],
)
def test_those_of_the_class_are_asked_to_read_in_time(
    shop: Shop, class_: str, item: str, told: set[str], within: int
) -> None:
    record = informed(shop, information_class=class_, class_item=item)
    asked = shop.asked(record)
    assert {holder.key for task in asked for holder in task.holders} == {f"role:{role}" for role in told}
    assert all(task.due_at == NOW + timedelta(hours=within) for task in asked)


def test_a_corrected_class_tells_those_of_the_new_one(shop: Shop) -> None:
    record = informed(shop)
    shop.refuse(record)
    shop.correct(record, "production_engineer", information_class=A, class_item=OPINION)
    assert len({holder.key for task in shop.asked(record) for holder in task.holders}) == 3


def test_the_head_of_the_department_confirms_within_the_hour(shop: Shop) -> None:
    record = informed(shop)
    assert (record.step, record.due_at) == ("department_sign", NOW + timedelta(hours=1))
    shop.sign(record)
    assert (record.step, record.due_at) == ("quality_handling", NOW + timedelta(hours=24))


@pytest.mark.parametrize(("item", "needed"), [(BATCH, True), (STOPS, True), (OPINION, False)])
def test_accidents_are_reported_in_full(shop: Shop, item: str, needed: bool) -> None:
    record = at_handling(shop, information_class=A, class_item=item)
    assert record.step == ("batch_or_stop" if needed else "quality_handling")


def test_a_stop_begins_before_it_ends(shop: Shop) -> None:
    record = at_handling(shop, information_class=A, class_item=STOPS)
    told = {"quantity_affected": 3, "containment": "封存", "loss": 1000}
    assert wrong(shop.stage(record, **told)) == {"stop_from"}
    ends = {"stop_from": NOW - timedelta(hours=1), "stop_to": NOW - timedelta(hours=2)}
    assert wrong(shop.stage(record, **told, **ends)) == {"stop_to"}
    assert wrong(shop.stage(record, **told, stop_from=NOW + timedelta(hours=1))) == {"stop_from"}
    assert wrong(shop.stage(record, **told, stop_from=NOW - timedelta(hours=1))) == set()
    batch = at_handling(shop, information_class=A, class_item=BATCH)
    assert wrong(shop.stage(batch, **told)) == set()
    assert wrong(shop.stage(batch, **told, stop_to=NOW)) == {"stop_from"}


def test_a_cause_to_be_found_makes_an_8d_report(shop: Shop) -> None:
    record = shop.sign(at_handling(shop), **handling(shop, "8d_report"))
    draft = shop.drafted(record, "QA-15")
    assert (draft["source_record"].id, draft["problem"], draft["found_on"]) == (
        record.id,
        "焊缝未熔合",
        TODAY,
    )
    assert not shop.drafts(record, "QA-05")


def test_goods_to_be_dealt_with_make_a_nonconformity_form(shop: Shop) -> None:
    record = shop.sign(at_handling(shop, batch="26-B1"), **handling(shop, "nonconformity_form"))
    draft = shop.drafted(record, "QA-05")
    assert (draft["source_record"].id, draft["batch"], draft["found_at"]) == (record.id, "26-B1", NOW)
    assert not shop.drafts(record, "QA-15")


def test_what_is_closed_makes_nothing(shop: Shop) -> None:
    record = shop.sign(at_handling(shop), **handling(shop))
    assert not shop.drafts(record, "QA-05")
    assert not shop.drafts(record, "QA-15")
    assert record.step == "information_centre_file"


def hard(shop: Shop) -> Record:
    return shop.sign(at_handling(shop, class_item=HARD), **handling(shop))


def test_production_and_design_solve_it_together(shop: Shop) -> None:
    record = hard(shop)
    assert record.step == "joint_solution"
    assert wrong(shop.stage(record, solved=True)) == {"solution", "drawing_change_needed"}
    shop.sign(record, solved=True, solution="改夹具", drawing_change_needed=True)
    assert record.step == "joint_solution"
    shop.sign(record, solved=True, solution="改夹具", drawing_change_needed=True)
    assert record.step == "information_centre_file"
    assert shop.drafted(record, "RD-22")["new_content"] == "改夹具"


def test_what_they_cannot_solve_the_technical_manager_decides(shop: Shop) -> None:
    record = hard(shop)
    shop.sign(record, solved=False)
    shop.sign(record, solved=False)
    assert (record.step, shop.signers(record)) == ("technical_decision", {"rd_manager"})
    shop.sign(record, technical_decision="让步", decided_drawing_change=False)
    assert record.step == "information_centre_file"
    assert not shop.drafts(record, "RD-22")


def test_a_refusal_leads_to_the_technical_manager_too(shop: Shop) -> None:
    assert shop.refuse(hard(shop)).step == "technical_decision"


def test_only_class_a_goes_to_the_management(shop: Shop) -> None:
    record = shop.sign(at_handling(shop, information_class=A, class_item=OPINION), **handling(shop))
    filed(shop, record)
    assert record.step == "management_read"
    shop.sign(record)
    shop.sign(record, instruction="请按期关闭")
    assert record.step == "originator_confirm"
    ordinary = filed(shop, shop.sign(at_handling(shop), **handling(shop)), "ZL-2")
    assert ordinary.step == "originator_confirm"


def test_an_originator_who_is_not_content_leads_back(shop: Shop) -> None:
    record = filed(shop, shop.sign(at_handling(shop), **handling(shop)))
    assert shop.signers(record) == {"production_engineer"}
    shop.refuse(record)
    assert (record.step, record.round) == ("quality_handling", 2)
    shop.sign(record, **handling(shop))
    filed(shop, record)
    shop.sign(record)
    assert record.state == "finished"
    lines = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.ledger == "archive")).all()
    assert [(line.facts["code"], line.record_id) for line in lines] == [("ZL-1", record.id)]


def test_a_later_round_keeps_the_code(shop: Shop) -> None:
    record = filed(shop, shop.sign(at_handling(shop), **handling(shop)))
    shop.refuse(record)
    shop.sign(record, **handling(shop))
    again = Filing(context={"@record_id": record.id, "@now": NOW, "information_class": A})
    assert again.archive_code.data == "ZL-1"
    assert wrong(shop.stage(record, archive_code="ZL-2")) == {"archive_code"}
    assert not wrong(shop.stage(record, archive_code="ZL-1"))


def test_a_code_stands_for_one_paper(shop: Shop) -> None:
    first = filed(shop, shop.sign(at_handling(shop), **handling(shop)))
    assert archive.kept_under("ZL-1") == first.number
    assert archive.kept_under("ZL-1", {first.id}) == ""
    second = shop.sign(at_handling(shop), **handling(shop))
    assert wrong(shop.stage(second, archive_code="ZL-1")) == {"archive_code"}


def test_a_code_is_proposed(shop: Shop) -> None:
    stage = Filing(context={"@record_id": 7, "@now": NOW, "information_class": A})
    assert stage.archive_code.data == "ZLXX-A-20260512-7"


def test_a_complaint_and_a_talk_leave_drafts_that_fit(shop: Shop) -> None:
    talk = {
        "customer": shop.ref(shop.customer()),
        "follow_up_way": "telephone",
        "followed_up_at": NOW,
        "person_followed_up": "俞老师",
        "details": "起升异响",
        "result": "to_go_on",
        "kind": "important_enquiry",
    }
    complaint = {
        "complainant": "俞老师",
        "complainant_phone": "13800138000",
        "intake_point": "service_centre",
        "channel": "telephone",
        "received_at": NOW,
        "first_received_by": shop.person("customer_service_officer"),
        "complaint_object": "叉车",
        "content": "起升异响",
        "demand": "维修",
    }
    for record in (
        shop.submit("CR-03", **talk),
        shop.submit("CS-51", "customer_service_officer", **complaint),
    ):
        draft = shop.drafted(record, "QA-01")
        sheet = shop.sheet("QA-01", **{**draft, "place": "顾客现场"})
        assert not wrong(sheet)
        assert (sheet.source_record.data.id, sheet.description.data) == (record.id, "起升异响")


def test_a_sheet_is_called_by_its_information(shop: Shop) -> None:
    record = informed(shop, description="长" * 80)
    assert goods.label(record.id) == f"{record.number} {'长' * 60}"
