"""EN-15 工程增减项目确认单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import alterations, site_parts
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Number, Rows, Text
from portal.forms.filed import Filed
from portal.forms.moments import refuse_future
from portal.forms.references import Customer, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import settlement


class ChangedLine(Sheet):
    """One item that is added to the contract or taken out of it."""

    sign = Choice(_l("增减"), {"add": _l("增"), "deduct": _l("减")})
    item = Text(_l("项目"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit = Text(_l("单位"))
    unit_price = Money(_l("单价"))
    amount = Money(_l("金额"), computed=True)

    def compute(self) -> None:
        """Quantity times price; a deduction too is written without a sign."""
        self.amount.data = alterations.worth(self)


class ItemConfirmation(CompanyForm):
    """Has the customer confirm what is added to the contract of a site and what is left out."""

    code = "EN-15"
    name = _l("工程增减项目确认单")
    slug = "item-confirmations"
    section = "construction"
    procedure = "EN-P-01#alterations"
    opened_by = ("foreman", "site_supervisor")
    columns = (
        "number", "project", "customer", "total_added", "total_deducted", "reason", "days_effect",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    customer = Customer(_l("客户"))
    items = Rows(_l("增减项目"), ChangedLine)
    total_added = Money(_l("增项合计"), computed=True)
    total_deducted = Money(_l("减项合计"), computed=True)
    reason = Choice(
        _l("原因"),
        {
            "customer_request": _l("客户要求"),
            "design_change": _l("设计变更"),
            "site_condition": _l("现场条件"),
            "existing_defect": _l("原建筑问题"),
        },
    )
    design_change = RecordLink(_l("设计变更单"), "EN-17", required=False)
    days_effect = Integer(
        _l("对工期影响(天)"), high=1000, help=_l("不影响的填 0；大于 0 的须办理工程延期手续")
    )
    asked_on = Day(_l("提出日期"))
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        alterations.DESIGNER_SIGN,
        alterations.SUPERVISOR_SIGN,
        Step(
            "manager_approval",
            _l("工程部经理审核"),
            role("engineering_manager"),
            meaning="checked",
            within=working_days(1),
        ),
        alterations.CUSTOMER_SIGN,
    )

    def compute(self) -> None:
        """The project's customer, where nobody has named one; what is added, and what is taken out."""
        super().compute()
        site_parts.fill_customer(self)
        self.total_added.data = self._total("add")
        self.total_deducted.data = self._total("deduct")

    def _total(self, sign: str) -> Decimal:
        rows = (row.amount.data for row in self.items.rows if row.sign.data == sign)
        return sum(filter(None, rows), Decimal("0.00"))

    def check(self) -> None:
        """It was asked for by now, on a site of this customer's; a design change of the site is priced once."""
        alterations.refuse_foreign(self)
        alterations.refuse_large(self, "total_added", "total_deducted")
        refuse_future(self, "asked_on")
        site_parts.refuse_foreign(self, "design_change")
        change, project = self.design_change.data, self.project.data
        if not (change and change.id and project and project.id):
            return
        if other := settlement.confirming(project.id, change.id, self.itself):
            text = _l("该设计变更的费用已列入 %(number)s；有改动的，请更正那张确认单")
            self.refuse("design_change", text, number=other)

    @staticmethod
    @after("customer_sign", alterations.POSTED)
    def post(record: Filed) -> Iterator[Effect]:
        """What is added is owed besides, what is left out is not."""
        yield from alterations.posted(record, record["total_added"] - record["total_deducted"])
        yield from alterations.extension(record)
