"""CS-30 客户信息登记."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals, filled
from portal.domain.deadlines import working_days
from portal.domain.effects import REFUSED, Effect, PostsEntry, Updates, after
from portal.domain.signoff import Close, Route, Step, outside, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Email, LongText, Phone, Score, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments
from portal.lib.i18n import _l
from portal.lib.likeness import plain_code
from portal.queries import customers

FACTS = ("legal_representative", "email", "delivery_address", "industry", "source", "main_products")
DEALER_FACTS = ("dealer_region", "dealer_level", "dealer_score")


class SealedCopy(Stage):
    """The sheet that the customer put its seal on."""

    sealed_form = Attachments(_l("客户盖章件"), required=False)


class SupervisorCheck(Stage):
    """The supervisor's word that the customer is not known already."""

    duplicate_checked = YesNo(_l("已查重"))

    def check(self) -> None:
        """Also finds the customer who was entered after this sheet was submitted."""
        if self.duplicate_checked.data is False:
            self.refuse("duplicate_checked", _l("请先查重；确为重复客户时请拒绝，资料将并入已有客户"))
        listed = self.context.get("similar_customers") or ""
        names = [one.label for one in _similar(self.context, self.context) if one.label not in listed]
        if names:
            self.refuse(
                "duplicate_checked",
                _l("提交之后客户资料库中出现了相似客户：%(names)s。请退回经办人重新核对"),
                names="、".join(names),
            )


class CustomerRegistration(CompanyForm):
    """Enters a customer into the customer database: one record for sales, service, hotline and website."""

    code = "CS-30"
    name = _l("客户信息登记")
    slug = "customer-registrations"
    section = "customer_files"
    procedure = "CS-P-03#registration"
    opened_by = ("customer_service_officer", "salesperson")
    covers = ("客户资料登记(客户资料库)", "销售商(零售商)档案及管理考核表")
    columns = (
        *(
            "number",
            "customer_name",
            "customer_type",
            "registered_address",
            "contact_person",
            "region",
            "source",
        ),
        *("duplicate_checked", "current_step", "due_at", "status"),
    )

    customer_name = Text(_l("客户名称"))
    customer_type = Choice(
        _l("客户类型"),
        {
            "company": _l("企业客户"),
            "individual": _l("个人客户"),
            "owner": _l("业主(业户)"),
            "dealer": _l("销售商(零售商)"),
        },
    )
    credit_code = Text(_l("统一社会信用代码(身份证号)"), max=40, required=False)
    legal_representative = Text(_l("法定代表人"), required=False)
    registered_address = Text(_l("地址"))
    contact_person = Text(_l("联系人"))
    contact_phone = Phone(_l("联系电话"))
    email = Email(_l("电子邮箱"), required=False)
    delivery_address = Text(_l("送货地址"), required=False)
    industry = Text(_l("行业"), required=False)
    region = Text(_l("区域"))
    source = Choice(
        _l("客户来源"),
        {
            "online_marketing": _l("网上营销"),
            "traditional_marketing": _l("传统营销"),
            "telephone_marketing": _l("电话营销"),
            "referral": _l("客户介绍"),
            "visit_or_call": _l("来访来电"),
            "other": _l("其他"),
        },
    )
    main_products = LongText(_l("主要需求产品"), required=False)
    dealer_region = Text(_l("经销区域"), required=False, when=equals("customer_type", "dealer"))
    dealer_level = Choice(
        _l("销售商等级"),
        {"first": _l("一级"), "second": _l("二级"), "third": _l("三级")},
        required=False,
        when=equals("customer_type", "dealer"),
    )
    dealer_score = Score(
        _l("季度考核得分"),
        maximum=100,
        required=False,
        when=equals("customer_type", "dealer"),
        help=_l("按销售、服务、价格执行情况考核"),
    )
    similar_customers = LongText(
        _l("名称、代码或电话相同的客户"), computed=True, required=False, help=_l("由系统在客户资料库中查出")
    )
    not_duplicate = YesNo(_l("已核对，与上列客户不是同一客户"), when=filled("similar_customers"))

    signoff = Route(
        Step(
            "customer_seal",
            _l("客户确认盖章"),
            outside("customer"),
            meaning="sealed",
            within=working_days(3),
            fills=SealedCopy,
        ),
        Step(
            "supervisor_check",
            _l("客服主管审核"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(1),
            fills=SupervisorCheck,
            on_refusal=Close(),
        ),
    )

    def compute(self) -> None:
        """Lists the customers that look like this one."""
        super().compute()
        self.credit_code.data = plain_code(self.credit_code.data)
        self.alike = _similar(self.answers(), self.context)
        self.similar_customers.data = "\n".join(f"{one.label} {one.phone}".strip() for one in self.alike)

    def check(self) -> None:
        """The same credit code is the same customer; a look-alike has to be told apart."""
        code = self.credit_code.data
        if code and any(plain_code(one.credit_code) == code for one in self.alike):
            self.refuse("credit_code", _l("客户资料库中已有相同代码的客户，不能重复登记"))
        if self.not_duplicate.data is False:
            self.refuse("not_duplicate", _l("该客户已在客户资料库中，不能重复登记"))

    @staticmethod
    @after("supervisor_check", _l("写入客户资料库（新客户）；销售商同时登记销售商档案"))
    def enter(record: Filed) -> Iterator[Effect]:
        """A new row, the prospect's own, or that of the sheet that this one corrects."""
        values = {**_values(record), "status": "new"}
        entered = customers.entered_by(record["@corrects"])
        known = entered or customers.prospect(
            record["customer_name"], record["credit_code"], record["contact_phone"]
        )
        if known is not None:
            values["facts"] = {**known.facts, **values["facts"]}
        if entered is not None:
            del values["status"]
        yield Updates("customer", known.id if known else None, values, twin=lambda id: _twin(record, id))
        if record["customer_type"] == "dealer":
            yield PostsEntry("dealers", {"dealer": record["customer_name"], **_facts(record, DEALER_FACTS)})

    @staticmethod
    @after(REFUSED, _l("重复客户：资料并入客户资料库中的已有客户"))
    def merge(record: Filed) -> Iterator[Effect]:
        """Only fills what the known customer's row does not say yet."""
        found = customers.same(record["customer_name"], record["credit_code"])
        if len(found) == 1:
            values = _values(record)
            facts = {**values.pop("facts"), **found[0].facts}
            gaps = {key: value for key, value in values.items() if value and not getattr(found[0], key)}
            yield Updates("customer", found[0].id, {**gaps, "facts": facts})


def _similar(answers: Any, context: Any) -> list[Any]:
    """Customers that look like this one; the one whom a corrected sheet has entered is this one."""
    entered = customers.entered_by(context.get("@corrects"))
    found = customers.similar(
        answers.get("customer_name"), answers.get("credit_code"), answers.get("contact_phone")
    )
    return [one for one in found if entered is None or one.id != entered.id]


def _twin(record: Filed, own: int) -> str | None:
    """Who was entered at the same moment and looks like this one."""
    who = record["customer_name"], record["credit_code"], record["contact_phone"]
    return customers.twin(own, *who, listed=record["similar_customers"] or "")


def _facts(record: Filed, names: tuple[str, ...]) -> dict[str, str]:
    return {name: str(record[name]) for name in names if record[name] is not None}


def _values(record: Filed) -> dict[str, Any]:
    """The row of the customer database that the sheet describes."""
    return {
        "name": record["customer_name"],
        "kind": record["customer_type"],
        "credit_code": record["credit_code"] or "",
        "contact": record["contact_person"],
        "phone": record["contact_phone"],
        "address": record["registered_address"],
        "region": record["region"],
        "facts": _facts(record, (*FACTS, *DEALER_FACTS)),
    }
