"""CS-20 客户信息档案每日提取表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Updates, after
from portal.domain.signoff import Route, Step, person_in, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.customer_words import CUSTOMER_CLASSES
from portal.forms.fields import Choice, Day, Integer, LongText, MultiChoice, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Person
from portal.lib.i18n import _l
from portal.queries import calendar, customers, extracts, goods


class ChangeRow(Sheet):
    """One customer with something new."""

    customer = Customer(_l("客户"))
    change = LongText(_l("发展动态或变化"))
    last_order_on = Day(_l("最近订货日期"), computed=True)
    contact = Text(_l("联系情况"), required=False)
    action = Text(_l("建议跟进"), required=False)

    def compute(self) -> None:
        """The last order, as the customer database has it."""
        known = customers.find(self.customer.data.id) if self.customer.data else None
        self.last_order_on.data = known.last_order_on if known else None


class ClassRow(Sheet):
    """How one customer is classed."""

    customer = Customer(_l("客户"))
    class_ = Choice(_l("分类"), CUSTOMER_CLASSES)
    region = Text(_l("区域"), required=False)
    credit_note = Text(_l("信用情况"), required=False)


class SummaryClassification(Stage):
    """The supervisor's summary: each customer of the day in its class, and who keeps its data."""

    classes = Rows(_l("客户分类"), ClassRow, required=False)
    analysis = LongText(_l("分析结论"))
    data_kinds = MultiChoice(
        _l("资料种类"),
        {
            "basic_data": _l("基本资料"),
            "licences": _l("证照"),
            "orders": _l("订货"),
            "payments": _l("回款"),
            "visits": _l("拜访"),
        },
    )
    custodian = Person(_l("资料管理专人"))

    def proposal(self) -> dict[str, Any]:
        """The customers of the extract as they are classed now."""
        rows = []
        for row in self.context.get("customers") or ():
            known = customers.find(row["customer"].id)
            if known is not None:
                facts = {"limit": f"{known.credit_limit:,.2f}", "arrears": f"{known.arrears:,.2f}"}
                note = str(_l("额度 %(limit)s，欠款 %(arrears)s")) % facts
                rows.append(
                    {
                        "customer": row["customer"],
                        "class": known.klass or None,
                        "region": known.region or None,
                        "credit_note": note,
                    }
                )
        return {"classes": rows}

    def check(self) -> None:
        """Each customer of the extract is classed, once, and no other."""
        wanted = {row["customer"].id: row["customer"].text for row in self.context.get("customers") or ()}
        seen: set[int] = set()
        for row in self.classes.rows:
            customer = row.customer.data
            if customer and customer.id not in wanted:
                row.refuse("customer", _l("这个客户不在当日提取的客户中"))
            elif customer and customer.id in seen:
                row.refuse("customer", _l("客户重复"))
            seen |= {customer.id} if customer else set()
        if missing := [text for id, text in wanted.items() if id not in seen]:
            self.refuse("classes", _l("还有客户没有分类：%(names)s"), names="、".join(missing))


class CustodianUpdate(Stage):
    """What the custodian has brought up to date."""

    updated_items = LongText(_l("已更新内容"))
    nothing_left_out = YesNo(_l("已核对无遗漏"))

    def check(self) -> None:
        """The day is closed once nothing is left out."""
        if self.nothing_left_out.data is False:
            self.refuse("nothing_left_out", _l("请更新完全部资料、核对无遗漏后再签署"))


class DailyExtract(CompanyForm):
    """What is new of an officer's customers, extracted every working day, classed and filed."""

    code = "CS-20"
    name = _l("客户信息档案每日提取表")
    slug = "daily-extracts"
    section = "customer_files"
    opened_by = ("customer_service_officer",)
    covers = ("客户信息汇总及分析分类表", "客户资料专人管理分派及更新记录")
    columns = (
        *("number", "extract_date", "officer", "new_customers", "orders_count", "nothing_left_out"),
        *("current_step", "due_at", "status"),
    )

    extract_date = Day(_l("提取日期"))
    officer = Person(_l("客服专员"), computed=True)
    customers = Rows(
        _l("客户动态"),
        ChangeRow,
        required=False,
        help=_l("由系统列出上次提取以来有订货、回款、联系或资料变化的客户"),
    )
    new_customers = Integer(_l("当日新增客户数"), computed=True)
    orders_count = Integer(_l("当日订货客户数"), computed=True)
    remarks = LongText(_l("说明"), required=False, help=_l("没有客户变化时须说明"))

    signoff = Route(
        Step(
            "summary_classification",
            _l("汇总及分析分类"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(1),
            fills=SummaryClassification,
        ),
        Step(
            "custodian_update",
            _l("专人更新资料"),
            person_in("custodian"),
            meaning="done",
            within=working_days(1),
            fills=CustodianUpdate,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Today, and the customers with something new."""
        day = self.context.get("extract_date") or self.today
        rows = [
            {
                "customer": Ref(one.customer.id, one.customer.label),
                "change": _words(one),
                "contact": "、".join(one.records)[:200] or None,
            }
            for one in extracts.changes(self.person.id, day)
        ]
        return {"extract_date": day, "customers": rows}

    def compute(self) -> None:
        """Whose extract it is, and the numbers of the day."""
        super().compute()
        stored = extracts.officer_of(self.itself)
        if stored:
            self.officer.data = Ref(stored["id"], stored["text"])
        elif self.person is not None:
            self.officer.data = Ref(self.person.id, goods.person_label(self.person.id))
        officer, day = self.officer.data, self.extract_date.data
        known = officer is not None and day is not None
        self.new_customers.data = extracts.new_customers(officer.id, day) if known else None
        self.orders_count.data = extracts.customers_with_orders(officer.id, day) if known else None

    def heading(self) -> str:
        """The officer and the day."""
        officer, day = self.officer.data, self.extract_date.data
        return " ".join(filter(None, (officer.text if officer else "", str(day or ""))))

    def check(self) -> None:
        """R05: one extract for each working day, of one's own customers, with nothing left out."""
        officer, day = self.officer.data, self.extract_date.data
        if not self.customers.data and self.remarks.blank:
            self.refuse("remarks", _l("没有列出客户时，请说明当日没有变化"))
        if day is None or officer is None:
            return
        if day > self.today:
            self.refuse("extract_date", _l("提取日期不能晚于今天"))
        elif not calendar.current().is_working_day(day):
            self.refuse("extract_date", _l("%(day)s 不是工作日，无须提取"), day=day)
        elif other := extracts.of_day(officer.id, day, self.itself):
            self.refuse("extract_date", _l("这一天的提取表已提交：%(number)s"), number=other)
        self._check_customers(officer.id)

    def _check_customers(self, officer: int) -> None:
        listed, seen = extracts.listed(self.itself), set[int]()
        for row in self.customers.rows:
            customer = row.customer.data
            known = customers.find(customer.id) if customer else None
            if known is None:
                continue
            if known.id in seen:
                row.refuse("customer", _l("客户重复"))
            elif known.owner_id != officer and known.id not in listed:
                row.refuse("customer", _l("这个客户由其他客服专员负责，不能由您提取"))
            seen.add(known.id)
        if self.itself or not self.extract_date.data or self.extract_date.errors:
            return
        new = extracts.changes(officer, self.extract_date.data)
        if missing := [one.customer.label for one in new if one.customer.id not in seen]:
            self.refuse("customers", _l("还有客户发生了变化，请补充：%(names)s"), names="、".join(missing))

    @staticmethod
    @after("custodian_update", _l("分类和资料管理专人写入客户资料库"))
    def enter(record: Filed) -> Iterator[Effect]:
        """The customer database knows the class and who keeps the data."""
        for row in record["classes"] or ():
            values = {"klass": row["class"], "custodian_id": record["custodian"].id}
            yield Updates("customer", row["customer"].id, values)


def _words(change: extracts.Change) -> str:
    """What is new, as the officer would begin to write it."""
    parts = []
    if change.ordered_on:
        parts.append(str(_l("新订货（%(day)s）")) % {"day": change.ordered_on})
    if change.paid:
        parts.append(str(_l("回款 %(amount)s")) % {"amount": f"{change.paid:,.2f}"})
    if change.data:
        parts.append(str(_l("客户资料有变更")))
    if change.records:
        parts.append(str(_l("有新的业务记录")))
    return "；".join(parts)
