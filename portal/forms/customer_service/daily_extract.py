"""CS-20 客户信息档案每日提取表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Updates, after
from portal.domain.permissions import person_key
from portal.domain.signoff import Route, Step, person_in, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service.daily_extract_stages import CustodianUpdate, SummaryClassification
from portal.forms.fields import Day, Integer, LongText, Rows, Text
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


class DailyExtract(CompanyForm):
    """What is new of an officer's customers, extracted every working day, classed and filed."""

    code = "CS-20"
    name = _l("客户信息档案每日提取表")
    slug = "daily-extracts"
    section = "customer_files"
    procedure = "CS-P-03#collection"
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
            clause="CS-P-03#sorting",
        ),
        Step(
            "custodian_update",
            _l("专人更新资料"),
            person_in("custodian"),
            meaning="done",
            within=working_days(1),
            fills=CustodianUpdate,
            clause="CS-P-03#sorting",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Today, or the day that is asked for, and the customers with something new."""
        day = self.context.get("extract_date") or self.today
        officer = self._asked_of(self.context.get("officer"))
        of = officer.id if officer and officer.id else self.person.id
        return {"extract_date": day, "customers": _news(of, day)}

    def _asked_of(self, officer: Ref | None) -> Ref | None:
        """The officer whose extract was asked for, if the person acts for them."""
        acts = officer is not None and person_key(officer.id or 0) in getattr(self.person, "keys", ())
        return officer if acts else None

    def compute(self) -> None:
        """Whose extract it is, and the numbers of the day."""
        super().compute()
        stored = extracts.officer_of(self.itself)
        if stored:
            self.officer.data = Ref(stored["id"], stored["text"])
        elif asked := self._asked_of(self.officer.object_data):
            self.officer.data = asked
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


def _news(officer: int, day: date) -> list[dict[str, Any]]:
    """A row for each of the officer's customers with something new."""
    return [
        {
            "customer": Ref(one.customer.id, one.customer.label),
            "change": _words(one),
            "contact": "、".join(one.records)[:200] or None,
        }
        for one in extracts.changes(officer, day)
    ]


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
