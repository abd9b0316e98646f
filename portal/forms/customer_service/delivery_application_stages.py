"""Stages of CS-31: what sales, the warehouse and the customer fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from portal.domain.conditions import filled
from portal.forms import moments, outgoing
from portal.forms.base import Sheet, Stage
from portal.forms.customer_service.trade import refuse_barred
from portal.forms.fields import Day, LongText, Moment, Number, Rows, Text, YesNo
from portal.forms.references import Attachments, Place, Product, StockItem
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.text import half_width
from portal.queries import customers, goods, machines, receivables

NOTHING = Decimal(0)
Row = Mapping[str, Any]
Key = tuple[int | None, int | None, str]


class SalesCheck(Stage):
    """Whether the customer is within its credit."""

    credit_standing = LongText(_l("信用情况"), computed=True, help=_l("由系统按应收及回款台帐查出"))
    credit_ok = YesNo(_l("信用额度及账期内"))
    credit_reason = LongText(_l("欠款超过信用额度仍同意送货的理由"), required=False)

    def proposal(self) -> dict[str, Any]:
        """What the books say."""
        found, late = self._books()
        return {"credit_ok": found is not None and not late and found.arrears <= found.limit}

    def compute(self) -> None:
        """Limit, term and debts of today."""
        found, late = self._books()
        self.credit_standing.data = found and _l(
            "信用额度 %(limit)s，账期 %(days)d 天；欠款 %(arrears)s，其中逾期 %(late)s"
        ) % {
            "limit": f"{found.limit:,.2f}",
            "days": found.days,
            "arrears": f"{found.arrears:,.2f}",
            "late": f"{late:,.2f}",
        }

    def check(self) -> None:
        """Nothing is delivered on overdue debts; beyond the limit only for a reason."""
        found, late = self._books()
        if not self.credit_ok.data or found is None:
            return
        if late:
            self.refuse("credit_ok", _l("客户有逾期欠款 %(late)s，不在账期内"), late=f"{late:,.2f}")
        elif found.arrears > found.limit and self.credit_reason.blank:
            self.refuse("credit_reason", _l("欠款超过信用额度，同意送货须写明理由"))

    def _books(self) -> tuple[customers.Standing | None, Decimal]:
        customer = self.context.get("customer")
        if customer is None:
            return None, NOTHING
        return customers.standing(customer.id), receivables.overdue(customer.id, self.today)


class IssuedRow(Sheet):
    """Goods that leave the warehouse; a machine stands in a row of its own with its serial number."""

    product = Product(_l("产品"))
    item = StockItem(_l("库存品"), required=False)
    place = Place(_l("库位"), required=False, required_when=filled("item"))
    quantity = Number(_l("实发数量"), low=Decimal("0.001"))
    serial_no = Text(_l("机编号"), max=60, required=False)

    def compute(self) -> None:
        """The serial number in half width."""
        self.serial_no.data = half_width(self.serial_no.data or "").strip()

    def check(self) -> None:
        """A serial number is one machine."""
        if not self.serial_no.blank and self.quantity.data not in (None, 1):
            self.refuse("quantity", _l("有机编号的货物每台一行，数量为 1"))


class WarehouseIssue(Stage):
    """What the warehouse hands to the carrier."""

    issued_goods = Rows(_l("实发货物"), IssuedRow)
    issued_on = Moment(_l("发货时间"))
    carrier = Text(_l("承运人及车号"), required=False)

    def proposal(self) -> dict[str, Any]:
        """What was applied for, from where most of it lies."""
        rows = [
            {
                "product": row["product"],
                "item": row["item"],
                "place": goods.fullest_place(row["item"].id) if row["item"] else None,
                "quantity": row["quantity"],
            }
            for row in self.context.get("goods") or ()
        ]
        return {"issued_goods": rows, "issued_on": self.now}

    def check(self) -> None:
        """R15: nothing leaves before the customer's file is made, nor more than was applied for or lies there."""
        refuse_barred(self, "issued_goods", self.context.get("customer"))
        if self.issued_on.data and self.issued_on.data > self.now:
            self.refuse("issued_on", _l("发货时间不能晚于现在"))
        moments.refuse_past(self, "issued_on", _l("发货时间不能早于送货申请的提交日期"))
        self._check_quantities()
        self._check_machines()
        outgoing.refuse_unmovable(self.issued_goods, self.itself)

    def _check_quantities(self) -> None:
        applied = totals(self.context.get("goods") or ())
        items = {row["item"].id for row in self.context.get("goods") or () if row["item"]}
        issued: dict[int, Decimal] = {}
        for row in self.issued_goods.rows:
            product, item, quantity = row.product.data, row.item.data, row.quantity.data or NOTHING
            if product is None:
                continue
            issued[product.id] = issued.get(product.id, NOTHING) + quantity
            if product.id not in applied:
                row.refuse("product", _l("申请中没有这种产品"))
            elif issued[product.id] > applied[product.id]:
                row.refuse(
                    "quantity", _l("实发数量不能超过申请数量 %(applied)s"), applied=f"{applied[product.id]:f}"
                )
            if item and item.id not in items:
                row.refuse("item", _l("申请中没有这种库存品"))

    def _check_machines(self) -> None:
        own = {machine.id for machine in machines.moved_by(self.itself)}
        seen: set[str] = set()
        for row in self.issued_goods.rows:
            serial = row.serial_no.data or ""
            known = machines.numbered(serial) if serial else None
            if serial in seen:
                row.refuse("serial_no", _l("机编号重复"))
            elif known and known.id not in own and known.state in ("in_transit", "delivered"):
                row.refuse("serial_no", _l("这台机器已发货或交付，请核对机编号"))
            elif known and known.product_id and row.product.data and known.product_id != row.product.data.id:
                row.refuse("serial_no", _l("这个机编号属于另一种产品，请核对"))
            seen |= {serial} - {""}


class ReceivedRow(Sheet):
    """What the customer received of goods that were issued."""

    product = Product(_l("产品"))
    item = StockItem(_l("库存品"), required=False)
    serial_no = Text(_l("机编号"), max=60, required=False)
    quantity = Number(_l("签收数量"))
    damaged = YesNo(_l("短少或破损"))

    def compute(self) -> None:
        """The serial number in half width."""
        self.serial_no.data = half_width(self.serial_no.data or "").strip()


class DeliveryReceipt(Stage):
    """The customer's word on what arrived."""

    delivered_on = Day(_l("交付日期"))
    received_goods = Rows(_l("交付情况"), ReceivedRow, help=_l("没有收到的货物数量填 0，“短少或破损”选“是”"))
    receiver = Text(_l("签收人"), max=60)
    receipt_scan = Attachments(_l("签收单"), required=False)

    def proposal(self) -> dict[str, Any]:
        """Everything that was issued, whole, today."""
        names = ("product", "item", "serial_no", "quantity")
        rows = [
            {**{name: row[name] for name in names}, "damaged": False}
            for row in self.context.get("issued_goods") or ()
        ]
        return {"delivered_on": self.today, "received_goods": rows}

    def check(self) -> None:
        """All that was issued is accounted for, and not more; what is short is said to be."""
        given, issued_on = self.delivered_on.data, self.context.get("issued_on")
        if given and given > self.today:
            self.refuse("delivered_on", _l("交付日期不能晚于今天"))
        elif given and issued_on and given < day(issued_on):
            self.refuse("delivered_on", _l("交付日期不能早于发货时间"))
        issued = _by_key(self.context.get("issued_goods") or ())
        received = _by_key(self.received_goods.data)
        damaged = {_key(row) for row in self.received_goods.data if row["damaged"]}
        for row in self.received_goods.rows:
            key = _key(row.answers())
            if row.product.data is None or row.quantity.data is None:
                continue
            if key not in issued:
                row.refuse("product", _l("实发货物中没有这一项，请核对产品、库存品和机编号"))
            elif received[key] > issued[key]:
                row.refuse("quantity", _l("签收数量不能超过实发数量 %(issued)s"), issued=f"{issued[key]:f}")
            elif received[key] < issued[key] and key not in damaged:
                row.refuse(
                    "damaged", _l("签收数量少于实发数量 %(issued)s 时请选“是”"), issued=f"{issued[key]:f}"
                )
        if issued.keys() - received.keys():
            self.refuse("received_goods", _l("每一项实发货物都要签收；没有收到的数量填 0"))


def totals(rows: Iterable[Row]) -> dict[int, Decimal]:
    """Quantities by product."""
    found: dict[int, Decimal] = {}
    for row in rows:
        if row["product"] and row["quantity"] is not None:
            found[row["product"].id] = found.get(row["product"].id, NOTHING) + row["quantity"]
    return found


def _key(row: Row) -> Key:
    item = row["item"].id if row["item"] else None
    return row["product"].id if row["product"] else None, item, row["serial_no"] or ""


def _by_key(rows: Iterable[Row]) -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = {}
    for row in rows:
        found[_key(row)] = found.get(_key(row), NOTHING) + (row["quantity"] or NOTHING)
    return found
