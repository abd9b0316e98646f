"""EN-27 工程款催缴通知及结算单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.conditions import equals
from portal.domain.deadlines import until, working_days
from portal.domain.effects import VOIDED, Asks, CallsOff, Effect, Tells, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.engineering import holds, payments, site_parts
from portal.forms.engineering.payment_reminder_stages import CustomerReceipt, FinanceConfirm
from portal.forms.fields import Choice, Day, LongText, Money
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Project, RecordLink
from portal.lib.i18n import _l, _lp
from portal.queries import projects, settlement, works

NOTHING = Decimal("0.00")
ACCEPTANCES = {payments.MID_TERM: "EN-23", payments.FINAL: "EN-24"}


class PaymentReminder(CompanyForm):
    """Asks the customer of a site for the mid-term or final payment, with the settlement as the books have it."""

    code = "EN-27"
    name = _l("工程款催缴通知及结算单")
    slug = "payment-reminders"
    section = "construction"
    procedure = "EN-P-01#reminder"
    opened_by = ("site_supervisor", "foreman", "finance_supervisor")
    readers = ("finance_supervisor",)
    covers = ("工程款(中期款、尾款)催缴通知单", "工程结算单")
    columns = (
        "number", "project", "customer", "payment_kind", "source_acceptance", "contract_price", "added_amount",
        "received_on", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    customer = Customer(_l("客户"))
    payment_kind = Choice(_l("款项"), payments.KINDS)
    source_acceptance = RecordLink(_lp("one", "验收"), *ACCEPTANCES.values())
    contract_price = Money(_l("合同价"), help=_l("由工程任务单带出；那里没有的按合同填写"))
    added_amount = Money(
        _l("增减及水电合计"),
        computed=True,
        required=False,
        help=_l("客户已签字的水电改造和增减项目，减项为负"),
    )
    paid_so_far = Money(_l("已付款"), computed=True, required=False, help=_l("由应收及回款台帐带出"))
    amount_due = Money(
        _l("本次应付"), required=False, help=_l("尾款即还没有催缴的全部余额，可不填，由系统带出")
    )
    balance_after = Money(_l("付后余额"), computed=True, required=False)
    pay_by = Day(_l("付款期限"))
    note = LongText(_l("催缴说明"), required=False)

    signoff = Route(
        Step(
            "manager_check",
            _l("工程部经理核对"),
            role("engineering_manager"),
            meaning="checked",
            within=working_days(1),
        ),
        Step(
            "customer_receipt",
            _l("客户签收"),
            outside("customer"),
            meaning="received",
            within=working_days(2),
            fills=CustomerReceipt,
        ),
        Step(
            "finance_confirm",
            _l("财务确认收款"),
            role("finance_supervisor"),
            meaning="confirmed",
            within=until("new_pay_by", "pay_by"),
            fills=FinanceConfirm,
            outcomes=(Back("finance_confirm", when=equals("paid", False)),),
            clause="EN-P-01#payment-confirmation",
        ),
    )

    def compute(self) -> None:
        """What the books know of the works: price, what came to it, what was paid; a final payment is all the rest."""
        super().compute()
        named = self.project.data
        found = projects.project(named.id) if named else None
        site_parts.fill_customer(self)
        books = settlement.of(found, self.itself) if found else None
        if books and self.contract_price.blank and books.contract_price:
            self.contract_price.data = books.contract_price
        self.added_amount.data = books.besides if books else None
        self.paid_so_far.data = books.paid if books else None
        left, most = self._left(), self._most()
        if most is not None and self.amount_due.blank and self.payment_kind.data == payments.FINAL:
            self.amount_due.data = most
        due = self.amount_due.data
        self.balance_after.data = left - due if left is not None and due is not None else None

    def _left(self) -> Decimal | None:
        """What is left to pay before this payment."""
        price: Decimal | None = self.contract_price.data
        if price is None:
            return None
        besides: Decimal = self.added_amount.data or NOTHING
        paid: Decimal = self.paid_so_far.data or NOTHING
        return price + besides - paid

    def _most(self) -> Decimal | None:
        """What of it may be asked for now: without what other reminders of the project ask for."""
        left, project = self._left(), self.project.data
        if left is None:
            return None
        asked = settlement.asked_for(project.id, self.itself) if project and project.id else NOTHING
        return max(left - asked, NOTHING)

    def check(self) -> None:
        """The acceptance has passed in this project, the amount is what is owed, the day lies ahead."""
        moments.refuse_past(self, "pay_by", _l("付款期限不能早于今天"))
        self._check_amount()
        named = self.project.data
        found = projects.project(named.id) if named else None
        if found is None or named is None:
            return
        price = settlement.price(found)
        if price and self.contract_price.data not in (None, price):
            self.refuse("contract_price", _l("工程登记的合同价是 %(price)s"), price=f"{price:,.2f}")
        site_parts.refuse_stranger(self)
        if self.payment_kind.data:
            self._check_source(named, self.payment_kind.data)

    def _check_source(self, project: Ref, kind: str) -> None:
        """R30: each payment follows its own acceptance, and is asked for once at a time."""
        source = self.source_acceptance.data
        code = works.origin(source.id) if source else None
        of = works.fact(source.id, "project") if source else None
        if code and code[0] != ACCEPTANCES[kind]:
            self.refuse("source_acceptance", _l("中期款须有工程中期验收表，尾款须有竣工验收表"))
        elif of and of["id"] != project.id:
            self.refuse("source_acceptance", _l("这份验收属于另一个工程"))
        elif not projects.passed(project.id, payments.STAGES[kind]):
            self.refuse("source_acceptance", _l("该工程的这项验收尚未通过，不能催缴"))
        assert project.id is not None
        for one in settlement.reminders(project.id, self.itself):
            if one.answers.get("payment_kind") == kind:
                text = _l("该工程的这笔款项已由 %(number)s 催缴")
                self.refuse("payment_kind", text, number=one.number)

    def _check_amount(self) -> None:
        due, most = self.amount_due.data, self._most()
        if due is None and self.payment_kind.data == payments.MID_TERM:
            self.refuse("amount_due", _l("请填写“本次应付”"))
        if due is None or most is None:
            return
        if self.payment_kind.data == payments.FINAL and due != most:
            self.refuse("amount_due", _l("尾款须等于还没有催缴的余额 %(left)s"), left=f"{most:,.2f}")
        elif due > most:
            self.refuse("amount_due", _l("本次应付超过还没有催缴的余额 %(left)s"), left=f"{most:,.2f}")
        elif self.payment_kind.data == payments.MID_TERM and not due:
            self.refuse("amount_due", _l("本次应付须大于零"))

    @staticmethod
    @after(
        "finance_confirm", _l("款到：登记应收及回款台帐，因欠款暂停的工程恢复施工；逾期未付：工程暂停，催缴")
    )
    def settle(record: Filed) -> Iterator[Effect]:
        """R30: progress follows payment."""
        if record["paid"]:
            yield from payments.received(record)
            yield from holds.release(record)
            yield CallsOff()
            return
        yield from holds.hold(record)
        told = {
            "number": record.number,
            "project": record["project"].text,
            "kind": payments.KINDS[record["payment_kind"]],
        }
        yield Tells("role:engineering_manager", _l("%(number)s：%(project)s逾期未付%(kind)s", **told))
        for key in ("foreman", "site_supervisor"):
            title = _l("催缴%(kind)s：%(project)s", kind=told["kind"], project=told["project"])
            yield Asks(title, works.holder(record["project"].id, key), record["new_pay_by"])

    @staticmethod
    @after(VOIDED, _l("作废的催缴不再暂停工程"))
    def let_go(record: Filed) -> Iterator[Effect]:
        """What is not asked for any more holds nothing up."""
        yield from holds.release(record)
        yield CallsOff()
