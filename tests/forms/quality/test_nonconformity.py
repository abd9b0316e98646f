"""QA-05: disposition, dispute, reinspection and its way back, and the papers that each ending makes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.forms.catalogue import FORMS
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.nonconformity import Nonconformity
from portal.models import Record, Supplier
from portal.queries import goods, works
from portal.queries.goods import Inspection
from portal.services import drafts
from tests.forms.customer_service.shop import LIFT, NOW, TODAY, Shop, wrong
from tests.forms.quality.quality_room import department


@pytest.fixture
def shop(context: Flask) -> Shop:
    return Shop()


def facts(shop: Shop, **changed: Any) -> dict[str, Any]:
    return {
        "product": shop.ref(shop.product(LIFT)),
        "batch": "26-B1",
        "quantity": Decimal(4),
        "requirement": "焊缝高度 ≥6 mm",
        "actual_state": "实测 4.8 mm",
        "found_at": NOW,
        "severity": "serious_nonconformity",
        "isolated": True,
        **changed,
    }


def found(shop: Shop, **changed: Any) -> Record:
    return shop.submit("QA-05", "quality_inspector", **facts(shop, **changed))


def decided(shop: Shop, disposition: str = "rework", **changed: Any) -> Record:
    return shop.sign(found(shop, **changed), disposition=disposition, responsible_department=department(shop))


def done(shop: Shop, record: Record) -> Record:
    return shop.sign(record, accepted=True, cause="夹具磨损", correction="已返工")


def ended(shop: Shop, disposition: str = "rework", needed: bool = False, **changed: Any) -> Record:
    record = done(shop, decided(shop, disposition, **changed))
    return shop.sign(record, reinspection_result="pass", corrective_needed=needed)


def opened(shop: Shop, record: Record) -> set[str]:
    return {code for code in ("WH-17", "PU-07", "QA-15") if shop.drafts(record, code)}


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"found_at": NOW + timedelta(hours=1)}, {"found_at"}),
        ({"quantity": Decimal(0)}, {"quantity"}),
        ({"batch": ""}, {"batch"}),
    ],
)
def test_what_does_not_fit_is_refused(shop: Shop, changed: Any, refused: set[str]) -> None:
    assert wrong(shop.sheet("QA-05", **facts(shop, **changed))) == refused


@pytest.mark.parametrize(("isolated", "tasks"), [(True, 0), (False, 1)])
def test_goods_that_are_not_isolated_are_isolated_at_once(shop: Shop, isolated: bool, tasks: int) -> None:
    asked = shop.asked(found(shop, isolated=isolated))
    assert len(asked) == tasks
    assert all(task.due_at == NOW + timedelta(hours=1) for task in asked)


def test_it_goes_from_quality_to_the_department_and_back(shop: Shop) -> None:
    record = found(shop)
    assert record.due_at == NOW + timedelta(hours=24)
    shop.sign(record, disposition="rework", responsible_department=department(shop))
    assert record.step == "responsible_action"
    assert wrong(shop.stage(record, accepted=True)) == {"cause", "correction"}
    assert wrong(shop.stage(record, accepted=False)) == {"objection"}
    done(shop, record)
    assert (record.step, shop.signers(record) >= {"quality_inspector"}) == ("reinspection", True)


@pytest.mark.parametrize(("ruling", "step"), [("upheld", "responsible_action"), ("anew", "quality_decision")])
def test_a_dispute_is_decided_by_the_deputy_general_manager(shop: Shop, ruling: str, step: str) -> None:
    record = shop.sign(decided(shop), accepted=False, objection="来料不良，不是本部门责任")
    assert (record.step, shop.signers(record)) == ("deputy_ruling", {"deputy_general_manager"})
    shop.sign(record, ruling=ruling, ruling_reason="依据充分")
    assert (record.step, record.round) == (step, 2)


def test_a_refusal_is_a_dispute(shop: Shop) -> None:
    assert shop.refuse(decided(shop)).step == "deputy_ruling"


def test_what_fails_again_is_decided_anew(shop: Shop) -> None:
    record = done(shop, decided(shop, "scrap"))
    shop.sign(record, reinspection_result="fail", corrective_needed=True)
    assert (record.step, record.round) == ("quality_decision", 2)
    assert opened(shop, record) == set()


@pytest.mark.parametrize(
    ("disposition", "needed", "papers"),
    [
        ("rework", False, set()),
        ("concession", True, {"QA-15"}),
        ("scrap", False, {"WH-17"}),
        ("return", True, {"PU-07", "QA-15"}),
    ],
)
def test_each_ending_makes_its_papers(shop: Shop, disposition: str, needed: bool, papers: set[str]) -> None:
    record = ended(shop, disposition, needed)
    assert record.state == "finished"
    assert opened(shop, record) == papers


def test_the_papers_begin_with_what_is_known(shop: Shop) -> None:
    record = ended(shop, "scrap", needed=True)
    scrapped, report = shop.drafted(record, "WH-17"), shop.drafted(record, "QA-15")
    assert (scrapped["source_record"].id, scrapped["list_date"]) == (record.id, TODAY)
    assert (scrapped["responsible"], "实测 4.8 mm" in scrapped["remark"]) == ("夹具磨损", True)
    assert (report["source_record"].id, report["problem"]) == (record.id, "实测 4.8 mm\n夹具磨损")
    assert report["responsible_department"] == department(shop)


def test_goods_of_an_inspection_bring_their_lines(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    item, sheet = {"id": 3, "text": "钢板"}, Ref(9, "PU-06-2026-0009")
    lines = [
        {"item": item, "good": "6", "bad": "4", "reason": "壁厚不足"},
        {"item": {"id": 5, "text": "螺栓"}, "good": "10", "bad": "0", "reason": None},
    ]
    inspected = Inspection(lines, "partly", frozenset(), receipt=8, supplier=2)
    monkeypatch.setattr(works, "origin", lambda _id: ("PU-06", 1))
    monkeypatch.setattr(goods, "inspection", lambda _id: inspected)
    monkeypatch.setattr(goods, "supplier", lambda id: Supplier(id=id, code="S0002", name="恒远"))
    monkeypatch.setattr(goods, "named", lambda _id, _field: 7)
    monkeypatch.setattr(goods, "label", lambda id: f"PU-04-{id}")
    told = {**facts(shop), "source_record": sheet, "corrective_needed": False, "cause": "来料不良"}
    drafted = {}
    for disposition in ("scrap", "return"):
        answers = {**told, "disposition": disposition}
        record = Filed(4, "QA-05-2026-0004", "QA-05", answers, 1, 1, 1, {}, NOW)
        (draft,) = Nonconformity.effects("finished", record)
        drafted[draft.code] = drafts.prefill(FORMS[draft.code], draft.answers)
    (scrapped,), (back,) = drafted["WH-17"]["lines"], drafted["PU-07"]["lines"]
    assert (scrapped["item"]["id"], scrapped["quantity"]) == (3, "4")
    assert (back["item"]["id"], back["quantity"], back["reason"]) == (3, "4", "壁厚不足")
    assert (drafted["PU-07"]["inspection"]["id"], drafted["PU-07"]["order"]["id"]) == (9, 7)
    assert drafted["PU-07"]["return_stage"] == "inspection"
