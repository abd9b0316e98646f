"""The parts and stages of CS-78 服务凭证: what was put in, the customer's signature, the hand-in, the charge."""

from __future__ import annotations

from decimal import Decimal

from portal.domain.conditions import equals
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.customer_service.service_words import CONTRACT
from portal.forms.fields import Choice, LongText, Moment, Money, Number, Score, Text, YesNo
from portal.forms.references import DrawnSignature, Place, StockItem
from portal.lib.i18n import _l
from portal.queries import service

LOW = 6  # a mark below it is a complaint
PAYMENT_WAYS = {"cash": _l("现金"), "transfer": _l("转账"), "by_contract": _l("合同结算")}


class UsedPart(Sheet):
    """A part that was put in."""

    part = StockItem(_l("零件"))
    place = Place(_l("库位"), help=_l("只存放在一处的零件可以不填"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit_price = Money(_l("单价"))
    old_part_returned = YesNo(_l("旧件带回"))

    def compute(self) -> None:
        """A part that lies in one place only comes from there."""
        if self.part.data and self.part.data.id and self.place.blank:
            self.place.data = service.only_place(self.part.data.id)


class CustomerSign(Stage):
    """What the customer signs, and the marks given."""

    attitude_rating = Score(_l("服务态度"), maximum=10, low=1, help=_l("1 至 10 分，10 分最好"))
    speed_rating = Score(_l("服务速度"), maximum=10, low=1)
    skill_rating = Score(_l("技术水平"), maximum=10, low=1)
    satisfied = YesNo(_l("对本次服务是否满意"))
    customer_opinion = LongText(_l("客户意见"), required=False, required_when=equals("satisfied", False))
    customer_signature = DrawnSignature(_l("客户签字"))


class HandIn(Stage):
    """The voucher comes to the office."""

    received_on = Moment(_l("接单日期"))
    voucher_checked = YesNo(_l("凭证完整"))

    def check(self) -> None:
        """R72: no voucher is taken in that the customer has not signed."""
        if not self.context.get("customer_signature"):
            self.refuse("voucher_checked", _l("凭证上没有客户签字，不能接单，请退回技术人员补签"))
        moments.refuse_future(self, "received_on")
        ended = self.context.get("ended_at")
        moments.refuse_earlier(self, "received_on", ended, _l("接单时间不能早于服务结束时间"))


class Charge(Stage):
    """What the customer pays, and how."""

    charged_amount = Money(_l("收费金额"), computed=True)
    payment_way = Choice(_l("收款方式"), PAYMENT_WAYS)
    invoice_no = Text(_l("发票号"), required=False, max=60)

    def compute(self) -> None:
        """The fee and the parts of the voucher together."""
        charged = (self.context.get("service_fee"), self.context.get("parts_fee"))
        self.charged_amount.data = sum(filter(None, charged), Decimal("0.00"))

    def check(self) -> None:
        """R69: only what a contract covers is settled by it."""
        if self.payment_way.data == "by_contract" and self.context.get("service_type") != CONTRACT:
            self.refuse("payment_way", _l("只有 B 合同服务可以按合同结算，请选择现金或转账"))
