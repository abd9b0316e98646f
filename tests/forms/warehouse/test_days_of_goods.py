"""Days that the forms of goods take: what was done lies behind, what is wanted lies ahead, one thing after the other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from goods_books import NOW, furnish, kept, refusals

from portal.forms.purchasing.purchase_order import PurchaseOrder, SupplierAnswer
from portal.forms.purchasing.requisition import Requisition
from portal.forms.purchasing.supplier_return import SupplierReturn, SupplierTakesBack
from portal.forms.quality.incoming_inspection import IncomingInspection
from portal.forms.warehouse.entry_check import EntryCheck
from portal.forms.warehouse.stock_plan import StockPlan
from portal.forms.warehouse.stocktake_report import BooksUpdated
from portal.forms.warehouse.write_off import Removal, WriteOff

TODAY = date(2026, 5, 12)
SOONER, LATER = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def books(app_context: Any) -> None:
    furnish()


@pytest.mark.parametrize(
    ("sheet", "field", "good", "wrong", "known"),
    [
        (PurchaseOrder, "delivery_date", TODAY, SOONER, {}),
        (SupplierAnswer, "promised_date", TODAY, SOONER, {"supplier_accepts": True}),
        (SupplierReturn, "wanted_by", TODAY, SOONER, {}),
        (SupplierTakesBack, "taken_back_on", TODAY, LATER, {}),
        (IncomingInspection, "inspected_at", NOW, NOW + AN_HOUR, {}),
        (EntryCheck, "arrived_at", NOW, NOW + AN_HOUR, {}),
        (BooksUpdated, "updated_on", TODAY, LATER, {}),
        (BooksUpdated, "updated_on", TODAY, SOONER, {"count_date": TODAY}),
        (WriteOff, "list_date", TODAY, LATER, {}),
        (Removal, "removed_on", TODAY, LATER, {}),
        (Removal, "removed_on", TODAY, SOONER, {"list_date": TODAY}),
        (StockPlan, "period_end", TODAY, SOONER, {}),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    sheet: Any, field: str, good: Any, wrong: Any, known: dict[str, Any]
) -> None:
    for given, refused in ((good, False), (wrong, True)):
        form = sheet(answers={**known, field: given}, context={"@now": NOW, **known}, person=None)
        assert (field in refusals(form)) is refused, given


def test_a_correction_may_say_the_days_of_then() -> None:
    wrong = kept("PU-03", {})
    line = {"name": "螺栓", "unit": "件", "needed_by": TODAY}
    for context, refused in (({}, True), ({"@corrects": wrong.id}, False)):
        form: Any = Requisition(
            answers={"lines": [line]}, context={"@now": NOW + timedelta(days=90), **context}, person=None
        )
        form.validate()
        assert bool(form.lines.rows[0].needed_by.errors) is refused
