"""IS-17 服务级别协议."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import any_of, equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import FINISHED, Effect, PostsEntry, after
from portal.domain.signoff import Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.quality.security_words import READERS, SECURITY_CHECK
from portal.forms.references import Attachments, Customer, Person
from portal.lib.i18n import _l
from portal.queries import security_books

LEDGER = "security_requirements"
INSIDE = ("ola", "underpinning_contract")  # agreements by which the company keeps those with its customers
AGREEMENTS = {
    "sla": _l("服务级别协议"),
    "ola": _l("操作级别协议"),
    "underpinning_contract": _l("基础合同"),
    "contract": _l("客户合同"),
    "law": _l("法律法规"),
    "external_policy": _l("外部政策"),
}
STATES = {"open": _l("未落实"), "met": _l("已落实"), "not_applicable": _l("不适用")}
WITH_CUSTOMER = any_of(equals("agreement_kind", "sla"), equals("agreement_kind", "contract"))
SIGNED_BY_GM = any_of(
    *(equals("agreement_kind", kind) for kind in ("sla", "ola", "underpinning_contract", "contract"))
)


class Level(Sheet):
    """A level of service that was agreed."""

    item = Text(_l("指标"))
    target = Text(_l("目标"))
    measure = Text(_l("测量方式"))


class Requirement(Sheet):
    """What a clause demands of information security."""

    clause = Text(_l("条款"))
    requirement = LongText(_l("需求"))
    owner = Person(_l("负责人"))
    state = Choice(_l("状态"), STATES)


class PartnerSigns(Stage):
    """The day on which the other side signs."""

    signed_on = Day(_l("签署日期"))

    def check(self) -> None:
        """It has been signed."""
        moments.refuse_future(self, "signed_on")


class ServiceLevelAgreement(CompanyForm):
    """Enters an agreement, law or policy with what it demands of information security, and has it signed."""

    code = "IS-17"
    name = _l("服务级别协议")
    slug = "service-level-agreements"
    section = "information_security"
    procedure = "IS-P-01#requirements"
    opened_by = ("security_officer", "salesperson")
    covers = ("服务级别协议(SLA)登记", "外部信息安全需求清单", "操作级别协议和基础合同安全需求登记")
    readers = (*READERS, "after_sales_manager")
    columns = (
        *("number", "agreement_kind", "agreement_no", "partner", "valid_from", "customer", "valid_to"),
        *("signed_on", "current_step", "due_at", "status"),
    )

    agreement_kind = Choice(_l("类型"), AGREEMENTS)
    agreement_no = Text(_l("编号"), max=60)
    customer = Customer(_l("客户"), required=False, required_when=WITH_CUSTOMER)
    partner = Text(_l("客户或相对方"), help=_l("选了客户的可不填；法律法规填发布机关"))
    services = LongText(_l("服务范围"))
    levels = Rows(_l("服务级别"), Level, required=False)
    requirements = Rows(_l("信息安全需求"), Requirement)
    valid_from = Day(_l("生效日期"))
    valid_to = Day(_l("终止日期"), required=False)
    agreement_file = Attachments(_l("协议文本"))

    signoff = Route(
        Step(
            "service_manager",
            _l("服务负责人审核"),
            role("after_sales_manager"),
            meaning="checked",
            within=working_days(2),
        ),
        Step(
            "security_check",
            _l("信息安全管理员审核"),
            SECURITY_CHECK,
            meaning="checked",
            within=working_days(2),
        ),
        Step("gm_sign", _l("总经理签署"), role("general_manager"), within=working_days(3), when=SIGNED_BY_GM),
        Step(
            "partner_sign",
            _l("相对方签署"),
            outside("customer"),
            meaning="confirmed",
            within=weeks(1),
            when=WITH_CUSTOMER,
            fills=PartnerSigns,
        ),
    )

    def heading(self) -> str:
        """The agreement's number and the other side."""
        return " ".join(filter(None, (self.agreement_no.data, self.partner.data)))

    def compute(self) -> None:
        """The customer is the other side."""
        super().compute()
        if self.partner.blank and self.customer.data:
            self.partner.data = self.customer.data.text

    def check(self) -> None:
        """It ends after it begins; a number names one agreement, which is entered again when it changes."""
        number, partner = self.agreement_no.data, self.partner.data
        other = security_books.partner_of(number, self.itself) if number and partner else ""
        if other and other != partner:
            text = _l("编号“%(number)s”是与“%(partner)s”的协议；同一协议请照填相对方，另一份请换一个编号")
            self.refuse("agreement_no", text, number=number, partner=other)
        begins, ends = self.valid_from.data, self.valid_to.data
        if begins and ends and ends <= begins:
            self.refuse("valid_to", _l("终止日期须晚于生效日期"))

    @staticmethod
    @after(FINISHED, _l("每项需求登记外部信息安全需求清单"))
    def enter(record: Filed) -> Iterator[Effect]:
        """Every clause is a line, with who sees to it."""
        customer = record["customer"]
        for row in record["requirements"]:
            facts = {
                "source_kind": record["agreement_kind"],
                "agreement_no": record["agreement_no"],
                "partner": record["partner"],
                "clause": row["clause"],
                "requirement": row["requirement"],
                "owner": row["owner"].text,
                "state": row["state"],
                "valid_to": record["valid_to"].isoformat() if record["valid_to"] else "",
            }
            yield PostsEntry(LEDGER, facts, customer_id=customer.id if customer else None)
