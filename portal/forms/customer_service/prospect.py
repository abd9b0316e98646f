"""CR-12 潜在客户登记表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import CORRECTED, SUBMITTED, Asks, Effect, Opens, Updates, after
from portal.domain.signoff import Close, Route, Step, person_in, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service.prospect_stages import SALES, Allocation, Opportunity, ValueCheck, WorkPlan
from portal.forms.customer_words import MARKETING_CHANNELS
from portal.forms.fields import Choice, LongText, Moment, Number, Phone, Rows, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Person, Product
from portal.lib.i18n import _l
from portal.lib.pinyin import needle
from portal.queries import customers

WORTH = equals("worth_following", True)


class InterestRow(Sheet):
    """A product that the prospect asks about."""

    product = Product(_l("产品"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))


class Prospect(CompanyForm):
    """Follows a prospect from the first response to a quotation, an order or a loss."""

    code = "CR-12"
    name = _l("潜在客户登记表")
    slug = "prospects"
    section = "crm"
    procedure = "CR-P-02#response"
    opened_by = ("salesperson", "customer_service_officer")
    covers = (
        *("客户信息分析筛选表", "市场推广活动记录", "客户响应登记表", "客户价值验证表"),
        *("工作计划与执行记录", "客户机会登记表", "销售预测表"),
    )
    readers = ("salesperson", "sales_manager")
    columns = (
        *("number", "prospect_name", "contact_person", "marketing_channel", "response_at", "owner"),
        *("campaign", "worth_following", "expected_close_on", "outcome", "current_step", "due_at", "status"),
    )

    prospect_name = Text(_l("潜在客户名称"))
    contact_person = Text(_l("联系人"))
    contact_phone = Phone(_l("电话"))
    similar_customers = LongText(
        _l("名称或电话相同的客户"), computed=True, required=False, help=_l("由系统在客户资料库中查出")
    )
    known_customer = Customer(
        _l("已有客户"), required=False, help=_l("客户资料库中已有的请选择，不再新建；没有时留空")
    )
    marketing_channel = Choice(_l("市场推广渠道"), MARKETING_CHANNELS)
    campaign = Text(_l("推广活动名称"), required=False)
    response_at = Moment(_l("响应时间"))
    response_content = LongText(_l("响应内容及需求"))
    interested_products = Rows(_l("意向产品"), InterestRow, required=False)
    owner = Person(_l("负责人"))

    signoff = Route(
        Step(
            "value_check",
            _l("客户价值验证"),
            role("salesperson"),
            meaning="filled",
            within=working_days(3),
            fills=ValueCheck,
            on_refusal=Close(),
            outcomes=(Close(when=equals("worth_following", False)),),
            clause="CR-P-02#value",
        ),
        Step(
            "allocation",
            _l("销售部经理分配"),
            role("sales_manager"),
            within=working_days(1),
            when=WORTH,
            fills=Allocation,
            clause="CR-P-02#allocation",
        ),
        Step(
            "work_plan",
            _l("工作计划与执行"),
            person_in("allocated_to"),
            meaning="filled",
            within=weeks(2),
            when=WORTH,
            fills=WorkPlan,
            clause="CR-P-02#work-plan",
        ),
        Step(
            "opportunity",
            _l("客户机会"),
            person_in("allocated_to"),
            meaning="filled",
            within=weeks(2),
            when=WORTH,
            fills=Opportunity,
            on_refusal=Close(),
            outcomes=(Close(when=equals("outcome", "lost")),),
            clause="CR-P-02#opportunity",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Whoever of sales takes it down looks after it."""
        sales = not SALES.isdisjoint(self.person.roles)
        return {"owner": Ref(self.person.id, self.person.person.label)} if sales else {}

    def compute(self) -> None:
        """Lists the customers that look like this one."""
        super().compute()
        self.similar_customers.data = "\n".join(f"{one.label} {one.phone}".strip() for one in self._similar())

    def check(self) -> None:
        """A customer stands in the database once; nobody answers before they do."""
        wanted = needle(self.prospect_name.data or "")
        namesake = next((one for one in self._similar() if needle(one.name) == wanted), None)
        if namesake is not None and self.known_customer.blank:
            self.refuse(
                "known_customer",
                _l("客户资料库中已有同名客户 %(customer)s，请在此选择；确为另一客户的，请在名称中加以区分"),
                customer=namesake.label,
            )
        if self.response_at.data and self.response_at.data > self.now:
            self.refuse("response_at", _l("响应时间不能晚于现在"))

    def _similar(self) -> list[Any]:
        """Customers that look like this one; whom this record has entered itself is this one."""
        own = customers.about(self.itself, status="prospect")
        found = customers.similar(self.prospect_name.data, None, self.contact_phone.data)
        return [one for one in found if own is None or one.id != own.id]

    @staticmethod
    @after(SUBMITTED, _l("写入客户资料库（意向客户）；已有客户不重复建立"))
    def enter(record: Filed) -> Iterator[Effect]:
        """A new prospect gets a row, a known one is brought up to date."""
        yield from _entered(record)

    @staticmethod
    @after(CORRECTED, _l("更正后：客户资料库中的意向客户随之更新"))
    def enter_again(record: Filed) -> Iterator[Effect]:
        """The row follows the corrected sheet."""
        yield from _entered(record)

    @staticmethod
    @after("opportunity", _l("结果为报价：生成报价单草稿；到预计成交日期提醒跟进"))
    def quote(record: Filed) -> Iterator[Effect]:
        """The chance becomes a quotation for what was asked about."""
        if record["outcome"] != "quote":
            return
        worker = f"person:{record['allocated_to'].id}"
        customer = _customer(record)
        lines = [dict(row) for row in record["interested_products"] or ()]
        answers = {
            "customer": Ref(customer.id, customer.label) if customer else None,
            "lines": lines,
        }
        yield Opens("CR-16", answers, to=worker, names_as="lead")
        yield Asks(_l("客户机会到预计成交日期，请跟进"), worker, record["expected_close_on"])


def _customer(record: Filed) -> Any:
    """The row of the customer database that the record is about."""
    named = record["known_customer"]
    return customers.find(named.id) if named else customers.about({record.id})


def _entered(record: Filed) -> Iterator[Effect]:
    named = record["known_customer"]
    known = customers.find(named.id) if named else None
    if known is None:
        name, phone = record["prospect_name"], record["contact_phone"]
        known = customers.about(record.itself, status="prospect") or customers.prospect(name, None, phone)
    if known is not None and known.status != "prospect":
        return
    values = {
        "name": known.name if named and known else record["prospect_name"],
        "contact": record["contact_person"],
        "phone": record["contact_phone"],
        "owner_id": record["owner"].id,
        "facts": {**(known.facts if known else {}), "source": record["marketing_channel"]},
    }
    values["status"] = "prospect"
    who, listed = (values["name"], None, values["phone"]), record["similar_customers"] or ""
    yield Updates(
        "customer",
        known.id if known else None,
        values,
        twin=lambda id: customers.twin(id, *who, listed=listed),
    )
