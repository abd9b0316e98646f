"""QA-03: four kinds of one return, numbers that fit together, and what a failure sets going."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.forms.quality.process_information import CONTROL, INSPECTION, MEASUREMENT, PROCESS
from portal.models import Record
from tests.forms.customer_service.shop import LIFT, TODAY, Shop, days, wrong

GOOD = {"item": "孔距", "limit": "120±0.1", "reading": "120.04", "pass": True}
BAD = {"item": "焊缝高度", "limit": "≥6", "reading": "4.8", "pass": False}


@pytest.fixture
def shop(context: Flask) -> Shop:
    return Shop()


def shift(shop: Shop, **changed: Any) -> dict[str, Any]:
    return {
        "record_kind": "process_measurement",
        "workshop": "焊接车间",
        "product": shop.ref(shop.product(LIFT)),
        "batch": "26-B1",
        "shift_date": TODAY,
        "quantity": Decimal(100),
        "defects": Decimal(0),
        "measurements": [GOOD],
        "quality_information": "巡检正常",
        "hard_to_solve": False,
        "verdict": "pass",
        **changed,
    }


def failed(shop: Shop, **changed: Any) -> Record:
    return shop.submit(
        "QA-03",
        "production_manager",
        **shift(shop, verdict="fail", defects=Decimal(4), measurements=[GOOD, BAD], **changed),
    )


@pytest.mark.parametrize("kind", [PROCESS, MEASUREMENT, INSPECTION, CONTROL])
def test_one_form_serves_four_kinds(shop: Shop, kind: str) -> None:
    assert not wrong(shop.sheet("QA-03", **shift(shop, record_kind=kind)))


@pytest.mark.parametrize(
    ("changed", "refused"),
    [
        ({"defects": Decimal(101)}, {"defects"}),
        ({"shift_date": days(1)}, {"shift_date"}),
        ({"measurements": [GOOD, BAD]}, {"verdict"}),
        ({"verdict": "fail"}, {"verdict"}),
        ({"verdict": "fail", "defects": Decimal(1)}, set()),
        ({"verdict": "fail", "measurements": [BAD]}, set()),
        ({"measurements": []}, {"measurements"}),
        ({"quality_information": ""}, {"quality_information"}),
    ],
)
def test_what_does_not_fit_together_is_refused(shop: Shop, changed: Any, refused: set[str]) -> None:
    assert wrong(shop.sheet("QA-03", **shift(shop, **changed))) == refused


def test_a_failure_is_dealt_with_in_a_form_of_its_own(shop: Shop) -> None:
    record = shop.sign(failed(shop))
    draft = shop.drafted(record, "QA-05")
    assert (draft["source_record"].id, draft["quantity"], draft["batch"]) == (record.id, Decimal(4), "26-B1")
    assert draft["requirement"] == "焊缝高度：≥6"
    assert draft["actual_state"] == "焊缝高度：4.8\n巡检正常"
    assert not shop.drafts(record, "QA-01")


def test_what_is_hard_to_solve_becomes_information_of_class_b(shop: Shop) -> None:
    record = shop.sign(failed(shop, hard_to_solve=True, measure_taken="换夹具"))
    draft = shop.drafted(record, "QA-01")
    sheet = shop.sheet("QA-01", **draft)
    assert wrong(sheet) == {"found_at"}
    assert (draft["information_class"], draft["place"], draft["tried_already"]) == (
        "class_b", "焊接车间", "换夹具",
    )  # fmt: skip


def test_a_good_shift_sets_nothing_going(shop: Shop) -> None:
    record = shop.submit("QA-03", "production_manager", **shift(shop))
    shop.sign(record)
    assert record.step == "quality_receipt"
    shop.sign(record)
    assert record.state == "finished"
    assert not shop.drafts(record, "QA-05")
    assert not shop.drafts(record, "QA-01")


def test_an_incomplete_return_goes_back(shop: Shop) -> None:
    record = shop.sign(failed(shop))
    assert shop.refuse(record).state == "returned"


def test_an_empty_page_is_of_today(shop: Shop) -> None:
    assert shop.page("QA-03", "production_manager")["shift_date"] == TODAY
