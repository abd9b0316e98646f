"""PL-11 招标不招标申请表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import any_row, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Tells, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.design import permits, project_papers
from portal.forms.fields import Choice, Integer, LongText, Money, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_left_out
from portal.forms.references import Attachments, Project
from portal.lib.i18n import _, _l
from portal.queries import works

STAGE = "approval"
ITEMS = {
    "survey": _l("勘察"),
    "design": _l("设计"),
    "building": _l("建筑工程"),
    "installation": _l("安装工程"),
    "supervision": _l("监理"),
    "equipment": _l("主要设备"),
    "materials": _l("重要材料"),
}
TENDERED = equals("tender", True)
SOME_NOT = any_row("items", "tender", "equals", False)


class TenderItem(Sheet):
    """A part of the project: whether it is put out to tender, and how."""

    item = Choice(_l("项目"), ITEMS)
    tender = YesNo(_l("招标"))
    scope = Choice(_l("招标范围"), {"all": _l("全部招标"), "part": _l("部分招标")}, when=TENDERED)
    organisation = Choice(
        _l("招标组织形式"), {"own": _l("自行招标"), "agency": _l("委托招标")}, when=TENDERED
    )
    way = Choice(_l("招标方式"), {"open": _l("公开招标"), "invited": _l("邀请招标")}, when=TENDERED)
    amount = Money(_l("估算金额"))


class Approval(Stage):
    """The seal on the approved application."""

    sealed_copies = Integer(_l("盖章份数"), low=1, high=999)


class TenderApplication(CompanyForm):
    """Says which parts of a project are put out to tender, and why the others are not."""

    code = "PL-11"
    name = _l("招标不招标申请表")
    slug = "tender-applications"
    section = "planning_permits"
    procedure = "PL-P-01#tender"
    opened_by = ("planning_officer", "buyer")
    readers = permits.READERS
    columns = (
        "number", "project", "construction_unit", "total_investment", "funding", "no_tender_items",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    items = Rows(_l("招标内容"), TenderItem)
    total_investment = Money(_l("总投资"))
    funding = Text(_l("资金来源"))
    no_tender_items = Text(_l("不招标项目"), computed=True, when=SOME_NOT)
    no_tender_reason = LongText(_l("不招标理由"), when=SOME_NOT)
    legal_basis = LongText(_l("依据"), when=SOME_NOT, help=_l("可以不招标的法规条款"))
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step("manager_review", _l("规划设计部审核"), role("planning_manager"), within=working_days(2)),
        Step(
            "purchasing_opinion",
            _l("采购部意见"),
            role("purchasing_manager"),
            meaning="advised",
            within=working_days(2),
            comments=True,
        ),
        Step(
            "gm_approval",
            _l("总经理批准及用印"),
            role("general_manager"),
            within=working_days(2),
            fills=Approval,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """What is known of the project."""
        return project_papers.known(self)

    def compute(self) -> None:
        """What is not put out to tender."""
        super().compute()
        left = [row.item.data for row in self.items.rows if row.tender.data is False]
        self.no_tender_items.data = _("、").join(str(ITEMS[key]) for key in left if key in ITEMS)

    def check(self) -> None:
        """Each part once, and together no more than the whole costs."""
        refuse_left_out(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_nothing(self, "total_investment")
        seen: set[str] = set()
        for row in self.items.rows:
            if row.item.data and row.item.data in seen:
                row.refuse("item", _l("“%(item)s”填写了两行，请合并", item=ITEMS.get(row.item.data, "")))
            seen.add(row.item.data)
        total, whole = (
            sum((row.amount.data or Decimal(0) for row in self.items.rows), Decimal(0)),
            (self.total_investment.data),
        )
        if whole is not None and total > whole:
            self.refuse(
                "total_investment", _l("各项估算金额合计%(total)s，超过总投资", total=f"{total:,.2f}")
            )

    @staticmethod
    @after("gm_approval", _l("告知规划经办人：核准请示第6项资料已备"))
    def tell_officer(record: Filed) -> Iterator[Effect]:
        """The sixth material of the request for approval is ready."""
        text = _l("%(number)s：招标不招标申请表已批准，可作为核准请示的第6项资料", number=record.number)
        yield Tells(works.holder(record["project"].id, permits.PLANNING), text)
