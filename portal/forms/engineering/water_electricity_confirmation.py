"""EN-14 水电改造项目确认单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.effects import Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import alterations, site_parts
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Number, Rows, Text
from portal.forms.filed import Filed
from portal.forms.moments import refuse_future
from portal.forms.references import Attachments, Customer, Project
from portal.lib.i18n import _l


class AlteredLine(Sheet):
    """One pipe, wire or outlet that is laid otherwise than in the contract."""

    kind = Choice(_l("类别"), {"water": _l("水路"), "power": _l("强电"), "low_voltage": _l("弱电")})
    item = Text(_l("项目"))
    position = Text(_l("位置"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit = Text(_l("单位"))
    unit_price = Money(_l("单价"))
    amount = Money(_l("金额"), computed=True)

    def compute(self) -> None:
        """Quantity times price."""
        self.amount.data = alterations.worth(self)


class WaterElectricityConfirmation(CompanyForm):
    """Has the customer confirm what is altered of water and electricity, before it is laid and paid."""

    code = "EN-14"
    name = _l("水电改造项目确认单")
    slug = "water-electricity-confirmations"
    section = "construction"
    procedure = "EN-P-01#alterations"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "customer", "total_amount", "days_effect", "measured_on", "material_standard",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    customer = Customer(_l("客户"))
    items = Rows(_l("水电改造项目"), AlteredLine)
    total_amount = Money(_l("合计金额"), computed=True)
    layout_photos = Attachments(_l("走向照片或草图"), required=False)
    material_standard = Text(_l("材料标准"), required=False)
    days_effect = Integer(
        _l("对工期影响(天)"), high=1000, help=_l("不影响的填 0；大于 0 的须办理工程延期手续")
    )
    measured_on = Day(_l("测量日期"))
    remark = LongText(_l("说明"), required=False)

    signoff = Route(alterations.DESIGNER_SIGN, alterations.SUPERVISOR_SIGN, alterations.CUSTOMER_SIGN)

    def compute(self) -> None:
        """The project's customer, where nobody has named one; the lines together."""
        super().compute()
        site_parts.fill_customer(self)
        amounts = (row.amount.data for row in self.items.rows)
        self.total_amount.data = sum(filter(None, amounts), Decimal("0.00"))

    def check(self) -> None:
        """It was measured by now, on a site of this customer's."""
        alterations.refuse_foreign(self)
        alterations.refuse_large(self, "total_amount")
        refuse_future(self, "measured_on")

    @staticmethod
    @after("customer_sign", alterations.POSTED)
    def post(record: Filed) -> Iterator[Effect]:
        """What the customer has signed for is owed."""
        yield from alterations.posted(record, record["total_amount"])
        yield from alterations.extension(record)
