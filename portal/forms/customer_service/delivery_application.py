"""CS-31 送货申请表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import VOIDED, Effect, Opens, Updates, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms import moments, outgoing
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service import trade
from portal.forms.customer_service.delivered_goods import delivery, handed_over, sent_machines, shortage
from portal.forms.customer_service.delivery_application_stages import (
    DeliveryReceipt,
    SalesCheck,
    WarehouseIssue,
)
from portal.forms.customer_service.officers import officer_of
from portal.forms.fields import LongText, Moment, Number, Phone, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Product, RecordLink, StockItem
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import customers, goods, machines, orders, products

NOTHING = Decimal(0)


class GoodsRow(Sheet):
    """Goods to be delivered: a product, or what the warehouse keeps of one."""

    product = Product(_l("产品"), required=False, help=_l("产品和库存品填一项即可"))
    item = StockItem(_l("库存品"), required=False)
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit = Text(_l("单位"), max=20)

    def compute(self) -> None:
        """Product and stock item complete each other."""
        item, product = self.item.data, self.product.data
        if product is None and item and not self.product.text and (kept := products.kept_as(item.id)):
            self.product.data = Ref(kept.id, kept.label)
        elif item is None and product and not self.item.text:
            found = products.find(product.id)
            kept_item = goods.items({found.item_id}).get(found.item_id) if found and found.item_id else None
            self.item.data = Ref(kept_item.id, kept_item.label) if kept_item else None

    def check(self) -> None:
        """What is delivered counts for a product of the contract or order."""
        if self.product.blank and not self.product.process_errors:
            self.refuse("product", _l("请选择产品，或选择作为产品存放的库存品"))


class DeliveryApplication(CompanyForm):
    """Has goods of a contract or order brought to the customer, who signs for them."""

    code = "CS-31"
    name = _l("送货申请表")
    slug = "delivery-applications"
    section = "customer_files"
    procedure = "CR-P-01#delivery"
    opened_by = ("salesperson", "customer_service_officer")
    readers = ("customer_service_officer",)
    covers = ("交付记录", "产品单机(车辆)信息档案")
    columns = (
        *("number", "customer", "contract_or_order", "delivery_address", "site_contact", "wanted_from"),
        *("first_cooperation", "credit_ok", "delivered_on", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    first_cooperation = YesNo(_l("是否首次合作"), computed=True, help=_l("首次合作的客户建档后才能发货"))
    contract_or_order = RecordLink(_l("合同或订单"), "CS-34", "CR-17")
    delivery_address = Text(_l("送货地址"))
    site_contact = Text(_l("收货联系人"), max=60)
    site_phone = Phone(_l("收货电话"))
    wanted_from = Moment(_l("要求送达时间起"))
    wanted_to = Moment(_l("要求送达时间止"), required=False)
    goods = Rows(_l("货物"), GoodsRow)
    unloading_conditions = LongText(_l("卸货条件"), required=False)

    signoff = Route(
        Step(
            "sales_check",
            _l("营销审核"),
            role("sales_manager"),
            meaning="checked",
            within=working_days(1),
            fills=SalesCheck,
            outcomes=(Back(when=equals("credit_ok", False)),),
        ),
        Step(
            "warehouse_issue",
            _l("仓库发货"),
            role("warehouse_keeper"),
            meaning="posted",
            within=working_days(1),
            fills=WarehouseIssue,
            on_refusal=Back("sales_check"),
        ),
        Step(
            "delivery_receipt",
            _l("交付签收"),
            outside("customer"),
            meaning="received",
            within=working_days(3, since="issued_on"),
            fills=DeliveryReceipt,
            on_refusal=Back("warehouse_issue"),
        ),
    )

    def compute(self) -> None:
        """Whether the customer has a file."""
        super().compute()
        customer = self.customer.data
        self.first_cooperation.data = not customers.has_file(customer.id) if customer else None

    def heading(self) -> str:
        """The customer and the goods."""
        customer = self.customer.data
        names = [row["product"].text for row in self.goods.data if row["product"]]
        return " ".join(filter(None, (customer.text if customer else "", "、".join(names))))

    def check(self) -> None:
        """The customer may trade or is about to, the contract is theirs, and no more is asked for than is open."""
        begins, ends = self.wanted_from.data, self.wanted_to.data
        moments.refuse_past(self, "wanted_from", _l("要求送达时间不能早于提交日期"))
        if begins and ends and ends <= begins:
            self.refuse("wanted_to", _l("要求送达的截止时间须晚于开始时间"))
        customer, contract = self.customer.data, self.contract_or_order.data
        if customer and trade.barrier(customer.id) is trade.BLOCKED:
            self.refuse("customer", trade.BLOCKED)
        if customer and contract:
            self._check_contract(customer.id, contract.id)

    def _check_contract(self, customer: int, contract: int | None) -> None:
        if contract and customers.contract_customer(contract) != customer:
            self.refuse("contract_or_order", _l("该合同或订单不是这个客户的，请重新选择"))
        elif not contract or not orders.may_deliver(contract):
            self.refuse(
                "contract_or_order", _l("该合同尚未验收或订单尚未确认，或已被更正、作废，不能据此送货")
            )
        else:
            self._check_quantities(orders.deliverable(contract, self.itself))

    def _check_quantities(self, open: dict[int, Decimal]) -> None:
        wanted: dict[int, Decimal] = {}
        for row in self.goods.rows:
            if row.product.data is None:
                continue
            product = row.product.data.id
            wanted[product] = wanted.get(product, NOTHING) + (row.quantity.data or NOTHING)
            if product not in open:
                row.refuse("product", _l("该合同或订单中没有这种产品"))
            elif wanted[product] > open[product]:
                row.refuse(
                    "quantity",
                    _l("超过合同或订单尚未交付的数量 %(open)s（已扣除其他送货申请）"),
                    open=f"{open[product].normalize():f}",
                )

    @staticmethod
    @after("warehouse_issue", _l("同时登记流水帐和库存帐目；有机编号的登记产品单机(车辆)信息档案"))
    def issue(record: Filed) -> Iterator[Effect]:
        """What leaves the warehouse leaves both books; machines are on their way."""
        rows = record["issued_goods"]
        yield from outgoing.settle(record.id, "out", [row for row in rows if row["item"]])
        yield from sent_machines(
            record, {row["serial_no"]: row["product"] for row in rows if row["serial_no"]}
        )

    @staticmethod
    @after(VOIDED, _l("放弃送货时恢复库存和单机档案"))
    def put_back(record: Filed) -> Iterator[Effect]:
        """A delivery that is given up leaves stock and machines as they were."""
        yield from outgoing.settle(record.id, "out", ())
        yield from sent_machines(record, {})

    @staticmethod
    @after("delivery_receipt", _l("登记交付记录；单机档案记入客户、交付日期和质保到期日"))
    def deliver(record: Filed) -> Iterator[Effect]:
        """The customer has the goods: the contract or order is that much further, warranties begin."""
        for row in record["received_goods"]:
            if not row["quantity"]:
                continue
            yield delivery(record, row)
            machine = machines.numbered(row["serial_no"]) if row["serial_no"] else None
            if machine is not None:
                yield Updates("machine", machine.id, handed_over(record, row["product"].id))

    @staticmethod
    @after("delivery_receipt", _l("短少或破损：生成客户投诉登记表草稿"))
    def complain(record: Filed) -> Iterator[Effect]:
        """What arrived short or damaged is a complaint."""
        damaged = [row for row in record["received_goods"] if row["damaged"]]
        if not damaged:
            return
        first, customer = damaged[0], customers.find(record["customer"].id)
        yield Opens(
            "CS-51",
            {
                "complainant": record["receiver"],
                "complainant_phone": record["site_phone"],
                "customer": record["customer"],
                "received_at": record.now,
                "first_received_by": Ref(record.signer_id, goods.person_label(record.signer_id)),
                "complaint_object": str(_l("送货短少或破损")),
                "content": shortage(record, damaged),
                "product_model": first["product"],
                "machine_no": first["serial_no"],
                "delivery_date": record["delivered_on"],
                "evidence": record["receipt_scan"],
            },
            to=officer_of(customer, day(record.now)),
        )
