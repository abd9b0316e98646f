"""Purchasing and the warehouse of the small company at work: suppliers evaluated, stock planned, obligations looked after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import LedgerEntry, Record, StockItem, Supplier
from portal.services import route
from tests.forms.customer_service.shop import NOW, TODAY, days
from tests.forms.customer_service.test_customer_obligations import Duties, at

STEEL, PIPES = "S0001", "S0002"  # both approved, neither evaluated yet
CODE, OTHER_CODE = "91350100M000100Y43", "91330106673959654P"
SCAN = {"id": 1, "name": "营业执照.pdf", "type": "application/pdf", "size": 1000, "sha256": "0" * 64}
ANGLE, CYLINDER = "I0001", "I0004"  # 400 and 16 in stock


class Supplies(Duties):
    """Acts in the session at hand; nothing here commits."""

    def supplier(self, code: str = STEEL) -> Supplier:
        """The supplier's row as it is now."""
        found: Supplier = self._row(Supplier, code)
        return found

    def stock(self, code: str = ANGLE) -> StockItem:
        """The stock item's row as it is now."""
        found: StockItem = self._row(StockItem, code)
        return found

    def licence(
        self, paper: str = "营业执照", expires_on: date | None = None, **changed: Any
    ) -> dict[str, Any]:
        """A licence as the buyer writes it down."""
        return {"paper": paper, "number": "ZJ-001", "expires_on": expires_on, "scan": [SCAN], **changed}

    def evaluated(self, **changed: Any) -> dict[str, Any]:
        """The answers of an evaluation of a new supplier."""
        return {
            "evaluation_kind": "new_supplier",
            "supplier_name": "绍兴密封件有限公司",
            "supplied_goods": "密封件",
            "credit_code": CODE,
            "contact": "楼国芳",
            "contact_phone": "0575-5550282",
            "licences": [self.licence()],
            "quality_score": Decimal(90),
            "delivery_score": Decimal("80.5"),
            "price_score": Decimal(70),
            "service_score": Decimal(85),
            "proposed_status": "approved",
            **changed,
        }

    def again(self, kind: str = "yearly", code: str = STEEL, **changed: Any) -> dict[str, Any]:
        """The answers of an evaluation of somebody on the list."""
        known = {"supplier": self.ref(self.supplier(code)), "supplier_name": None}
        return self.evaluated(evaluation_kind=kind, **{**known, **changed})

    def evaluate(self, status: str = "approved", corrects: Record | None = None, **answers: Any) -> Record:
        """An evaluation signed to its end."""
        more = {"corrects": corrects} if corrects is not None else {}
        record = self.submit("PU-08", "buyer", **more, **answers)
        self.sign(record, quality_agrees=True)
        return self.sign(record, supplier_status=status)

    def proposal(self, record: Record) -> dict[str, Any]:
        """What the empty page of the record's next turn begins with."""
        fills: Any = FORMS[record.form_code].signoff.step(record.step).fills
        found = fills(context=route.known(record, now=self.now)).answers()
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def returned(self, supplier: Supplier, back: date | None, state: str = "finished") -> Record:
        """Goods that go back to a supplier, which has taken them on a day."""
        record = self.record("PU-07", {"supplier": self.ref(supplier)}, NOW, login="buyer", state=state)
        if back is not None:
            self.signature(record, "supplier_sign", at(back))
        return record

    def papers(self) -> list[dict[str, Any]]:
        """The lines of 外来证照批文台帐."""
        query = sa.select(LedgerEntry.facts).where(LedgerEntry.ledger == "external_papers")
        return list(db.session.scalars(query.order_by(LedgerEntry.id)))

    def plan(self, **changed: Any) -> dict[str, Any]:
        """The answers of a plan for the quarter that begins today."""
        return {
            "period": "quarter",
            "period_start": TODAY,
            "period_end": days(90),
            "items": [self.planned()],
            "count_dates": [self.count_on(days(20))],
            "scrap_check_dates": [self.check_on(days(30))],
            **changed,
        }

    def planned(
        self, code: str = ANGLE, least: int = 120, point: int = 200, most: int = 900
    ) -> dict[str, Any]:
        """The limits of an item."""
        limits = {"minimum": Decimal(least), "reorder": Decimal(point), "maximum": Decimal(most)}
        return {"item": self.ref(self.stock(code)), "place": "A-01", **limits}

    def count_on(self, on: date, kind: str = "monthly_spot", scope: str = "一号库") -> dict[str, Any]:
        """A day of a stock-take."""
        return {"kind": kind, "on": on, "scope": scope, "team": "库管员、财务"}

    def check_on(self, on: date, scope: str = "一号库", owner: str = "warehouse_keeper_2") -> dict[str, Any]:
        """A day of a look for scrap."""
        return {"on": on, "scope": scope, "owner": self.person(owner)}

    def agreed(self, **changed: Any) -> Record:
        """A plan that purchasing and finance have agreed to."""
        record = self.submit("WH-18", "warehouse_supervisor", **self.plan(**changed))
        return self.sign(self.sign(record))
