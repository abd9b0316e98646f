"""CS-78 服务凭证."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.domain.conditions import any_of, equals
from portal.domain.deadlines import hours, working_days
from portal.domain.effects import (
    REFUSED,
    VOIDED,
    Asks,
    Effect,
    Opens,
    PostsEntry,
    PostsReceivable,
    Tells,
    after,
)
from portal.domain.signoff import Back, Close, Route, Step, outside, role
from portal.forms import moments, outgoing
from portal.forms.base import CompanyForm
from portal.forms.customer_service import service_words as words
from portal.forms.customer_service.service_voucher_stages import (
    LOW,
    PAYMENT_WAYS,
    Charge,
    CustomerSign,
    HandIn,
    UsedPart,
)
from portal.forms.fields import Choice, LongText, Moment, Money, Rows
from portal.forms.filed import Filed
from portal.forms.references import Customer, Machine, Photos, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.queries import goods, service

CENT = Decimal("0.01")
RATINGS = ("attitude_rating", "speed_rating", "skill_rating")
PAID_AT_ONCE = ("cash", "transfer")
ROW = "服务费"  # of the customer's account
A_DAY = timedelta(days=1)


class ServiceVoucher(CompanyForm):
    """Proves a service: what was done, what it costs, and that the customer has signed for it."""

    code = "CS-78"
    name = _l("服务凭证")
    slug = "service-vouchers"
    section = "after_sales"
    procedure = "CS-P-05#voucher"
    opened_by = ("service_technician",)
    covers = (
        *(
            "交单(接单)登记表",
            "服务收费单(服务收入登记)",
            "保修期维修保养记录",
            "零件管理台帐",
            "客户意见调查表",
        ),
    )
    columns = (
        *("number", "dispatch_order", "customer", "service_type", "started_at", "ended_at", "service_fee"),
        *("parts_fee", "voucher_checked", "payment_way", "current_step", "due_at", "status"),
    )

    dispatch_order = RecordLink(_l("服务派工单"), "CS-77")
    customer = Customer(_l("客户"))
    service_type = Choice(_l("服务类别"), words.SERVICE_TYPES)
    machine = Machine(_l("机编号"), required=False)
    work_done = LongText(_l("服务内容"))
    started_at = Moment(_l("开始时间"))
    ended_at = Moment(_l("结束时间"))
    parts_used = Rows(_l("更换零件"), UsedPart, required=False)
    service_fee = Money(_l("服务费"), help=_l("B、C 类填 0；零件费由程序计算"))
    parts_fee = Money(_l("零件费"), computed=True)
    site_photos = Photos(_l("现场照片"), required=False)

    signoff = Route(
        Step(
            "customer_sign",
            _l("客户签字"),
            outside("customer"),
            meaning="confirmed",
            within=hours(24),
            fills=CustomerSign,
            on_refusal=Close(),
            clause="CS-S-01#rating",
        ),
        Step(
            "hand_in",
            _l("交单接单"),
            role("voucher_receiver"),
            meaning="received",
            within=working_days(1),
            fills=HandIn,
            outcomes=(Back(when=equals("voucher_checked", False)),),
            clause="CS-P-05#hand-in",
        ),
        Step(
            "charge",
            _l("服务收费"),
            role("finance_supervisor"),
            meaning="posted",
            within=working_days(1),
            when=any_of(equals("service_type", words.FEE), equals("service_type", words.CONTRACT)),
            fills=Charge,
            on_refusal=Back("hand_in"),
            clause="CS-P-05#charge",
        ),
    )

    def compute(self) -> None:
        """R69: parts are free under warranty, and under a contract unless it says that they are charged."""
        super().compute()
        order = self.dispatch_order.data
        words.fill_customer(self.customer, goods.named(order.id, "customer") if order and order.id else None)
        cost = Decimal(0)
        for row in self.parts_used.data:
            cost += (row["quantity"] or Decimal(0)) * (row["unit_price"] or Decimal(0))
        charged = self.service_type.data == words.FEE or self._contract_charges_parts()
        self.parts_fee.data = (cost if charged else Decimal(0)).quantize(CENT, ROUND_HALF_UP)

    def _contract_charges_parts(self) -> bool:
        customer, started = self.customer.data, self.started_at.data
        if self.service_type.data != words.CONTRACT or not (customer and customer.id and started):
            return False
        found = service.contract_in_force(customer.id, day(started))
        return found is not None and found.parts_charged

    def check(self) -> None:
        """The voucher agrees with its dispatch order, the clock, the ledgers and the warehouse."""
        self._check_order()
        moments.refuse_future(self, "started_at", "ended_at")
        started, ended = self.started_at.data, self.ended_at.data
        if started and ended and ended < started:
            self.refuse("ended_at", _l("结束时间不能早于开始时间"))
        if words.others_machine(self.machine.data, self.customer.data):
            self.refuse("machine", words.OTHERS_MACHINE)
        self._check_fee()
        if lacking := outgoing.short(_stock_lines(self.parts_used.data), self.itself):
            self.refuse("parts_used", _l("更换零件超过库存：%(short)s", short=lacking))

    def _check_order(self) -> None:
        order = self.dispatch_order.data
        if not (order and order.id):
            return
        if goods.state(order.id) != "finished":
            self.refuse("dispatch_order", _l("该服务派工单还没有完工"))
        elif other := service.voucher_of(order.id, self.itself):
            self.refuse("dispatch_order", _l("该服务派工单已有服务凭证 %(number)s", number=other))
        ordered = goods.opening_answers(order.id)
        customer, kind = self.customer.data, self.service_type.data
        if customer and customer.id != (ordered.get("customer") or {}).get("id"):
            self.refuse("customer", _l("与服务派工单中的客户不一致"))
        if kind and kind != ordered.get("service_type"):
            self.refuse("service_type", _l("与服务派工单中的服务类别不一致"))

    def _check_fee(self) -> None:
        """R69: only type A costs a fee, and it always does."""
        kind, fee = self.service_type.data, self.service_fee.data
        if fee is None:
            return
        if kind == words.FEE and not fee:
            self.refuse("service_fee", _l("A 收费服务的服务费须大于 0"))
        if kind == words.CONTRACT and fee:
            self.refuse("service_fee", _l("B 合同服务的服务费已含在保养合同内，请填 0"))
        if kind == words.FREE and fee:
            self.refuse("service_fee", _l("C 免费服务不收服务费，请填 0"))

    def heading(self) -> str:
        """The customer."""
        return self.customer.data.text if self.customer.data else ""

    @staticmethod
    @after("customer_sign", _l("任一评分低于 6 分或客户不满意时：生成客户投诉登记表草稿"))
    def open_complaint(record: Filed) -> Iterator[Effect]:
        """A bad mark is a complaint that nobody has written down yet."""
        low = any(record[name] < LOW for name in RATINGS)
        if low or record["satisfied"] is False:
            order = goods.opening_answers(record["dispatch_order"].id or 0)
            answers = {
                "customer": record["customer"],
                "complainant": record["customer"].text.rpartition(" ")[0],
                "complainant_phone": order.get("contact_phone"),
                "intake_point": "service_centre",
                "received_at": record.now,
                "complaint_object": record["dispatch_order"].text,
                "content": record["customer_opinion"],
                "machine_no": record["machine"].text.rpartition(" ")[2] if record["machine"] else None,
            }
            yield Opens("CS-51", answers, to="role:customer_service_officer")

    @staticmethod
    @after("hand_in", _l("接单后：更换的零件登记出库，记入流水帐和库存台帐"))
    def take_parts(record: Filed) -> Iterator[Effect]:
        """What was put in has left the warehouse."""
        taken = record["parts_used"] or () if record["voucher_checked"] else ()
        yield from outgoing.settle(record.id, "out", _stock_lines(taken))

    @staticmethod
    @after("charge", _l("登记服务收入台帐；收费金额记入应收及回款台帐，现金和转账同时记回款"))
    def enter_income(record: Filed) -> Iterator[Effect]:
        """A and B are charged; what is paid at once is claimed and paid in one."""
        amount, way, on = record["charged_amount"], record["payment_way"], day(record.now)
        customer = record["customer"]
        yield PostsEntry("service_income", _income(record), customer_id=customer.id)
        if amount:
            yield PostsReceivable(customer.id, record.id, amount, row=ROW, due_on=on)
        if amount and way in PAID_AT_ONCE:
            yield PostsReceivable(
                customer.id,
                record.id,
                -amount,
                row=ROW,
                paid_on=on,
                way=both(PAYMENT_WAYS[way])["zh"],
                handler=goods.person_label(record.signer_id),
            )

    @staticmethod
    @after(REFUSED, _l("客户拒绝签字：告知售后服务部经理，并请其处理"))
    def tell_manager(record: Filed) -> Iterator[Effect]:
        """A customer who does not sign is the manager's matter; parts are put back."""
        number = record.number
        yield from outgoing.settle(record.id, "out", ())
        yield Tells("role:after_sales_manager", _l("客户拒绝在服务凭证 %(number)s 上签字", number=number))
        yield Asks(_l("与客户沟通拒绝签字的原因"), "role:after_sales_manager", record.now + A_DAY)

    @staticmethod
    @after(VOIDED, _l("放弃凭证时恢复库存"))
    def put_back(record: Filed) -> Iterator[Effect]:
        """A voucher that is given up leaves the stock as it was."""
        yield from outgoing.settle(record.id, "out", ())


def _stock_lines(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The parts as lines that leave the warehouse."""
    return [{"item": row["part"], "place": row["place"], "quantity": row["quantity"]} for row in rows]


def _income(record: Filed) -> dict[str, Any]:
    """One line of the ledger of service income."""
    return {
        "date": day(record.now).isoformat(),
        "voucher": record.number,
        "customer": record["customer"].text,
        "service_type": record["service_type"],
        "technician": service.technician(record["dispatch_order"].id or 0),
        "service_fee": str(record["service_fee"]),
        "parts_fee": str(record["parts_fee"]),
        "charged": str(record["charged_amount"]),
        "payment_way": record["payment_way"],
        "invoice_no": record["invoice_no"] or "",
    }
