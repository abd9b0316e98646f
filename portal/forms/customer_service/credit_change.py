"""CS-38 客户信用额度、账期更改申请单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.conditions import includes
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsCredit, after
from portal.domain.signoff import Close, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Day, Integer, LongText, Money, MultiChoice
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer
from portal.lib.i18n import _l
from portal.queries import customers

CENT = Decimal("0.01")


class FinanceCheck(Stage):
    """What finance found of the customer's debts."""

    arrears_confirmed = Money(_l("核对欠款"))
    finance_opinion = LongText(_l("核对意见"))


class CreditChange(CompanyForm):
    """Changes how much and how long a customer may owe; nothing else may."""

    code = "CS-38"
    name = _l("客户信用额度、账期更改申请单")
    slug = "credit-changes"
    section = "customer_files"
    procedure = "CS-P-03#credit-change"
    opened_by = ("customer_service_officer", "salesperson")
    covers = ("《客户信用额度、账期更改申请单》",)
    columns = (
        *("number", "customer", "change_kind", "current_limit", "current_days", "arrears", "effective_date"),
        *("current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    change_kind = MultiChoice(
        _l("更改类型"), {"longer_credit_term": _l("延长账期"), "credit_limit_change": _l("额度调整")}
    )
    current_limit = Money(_l("现额度"), computed=True)
    new_limit = Money(_l("申请额度"), when=includes("change_kind", "credit_limit_change"))
    current_days = Integer(_l("现账期(天)"), computed=True)
    new_days = Integer(_l("申请账期(天)"), high=3650, when=includes("change_kind", "longer_credit_term"))
    reason = LongText(_l("申请理由"))
    arrears = Money(_l("当前欠款"), computed=True)
    sales_last_year = Money(_l("近12个月销售额"), required=False)
    effective_date = Day(_l("生效日期"))
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "director_review",
            _l("营销总监审核"),
            role("marketing_director"),
            meaning="checked",
            within=working_days(1),
            bulk=True,
        ),
        Step(
            "finance_check",
            _l("财务主管核对"),
            role("finance_supervisor"),
            meaning="verified",
            within=working_days(1),
            fills=FinanceCheck,
        ),
        Step(
            "gm_sign", _l("总经理签字"), role("general_manager"), within=working_days(1), on_refusal=Close()
        ),
    )

    def compute(self) -> None:
        """What the books say today, without what this one corrects."""
        super().compute()
        found = customers.standing(self.customer.data.id, self.itself) if self.customer.data else None
        self.current_limit.data = found.limit.quantize(CENT) if found else None
        self.current_days.data = found.days if found else None
        self.arrears.data = found.arrears.quantize(CENT) if found else None

    def check(self) -> None:
        """R17: only for customers with a file; what is asked for differs from what is."""
        if self.customer.data and not customers.has_file(self.customer.data.id):
            self.refuse("customer", _l("该客户尚未建立客户档案，不能更改信用额度或账期"))
        moments.refuse_past(self, "effective_date", _l("生效日期不能早于提交日期"))
        if self.new_limit.data is not None and self.new_limit.data == self.current_limit.data:
            self.refuse("new_limit", _l("申请额度与现额度相同，没有需要更改的内容"))
        now, wanted = self.current_days.data, self.new_days.data
        if now is not None and wanted is not None and wanted <= now:
            self.refuse("new_days", _l("延长账期：申请账期须长于现账期（%(days)d 天）"), days=now)

    @staticmethod
    @after("gm_sign", _l("登记信用额度账期台帐，并更新客户资料库中的额度和账期"))
    def post(record: Filed) -> Iterator[Effect]:
        """R17: only the third signature changes the limit and the term."""
        yield PostsCredit(
            record["customer"].id, record["new_limit"], record["new_days"], record["effective_date"]
        )
