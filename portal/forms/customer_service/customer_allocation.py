"""CS-23 客户分配表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, Updates, after
from portal.domain.signoff import Back, Route, Step, every, person_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service.customer_allocation_stages import (
    BriefingRecord,
    LeaverClearance,
    OfficerAccept,
    SupervisorClose,
)
from portal.forms.customer_words import CUSTOMER_CLASSES
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Rows, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Person
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import allocation, customers, rights

CENT = Decimal("0.01")
BALANCED = Decimal("0.20")  # how far an officer's customers may be from the mean, as a part of it
LEAVING = equals("reason", "staff_departure")


class CustomerRow(Sheet):
    """One customer that is allocated, with what goes with it."""

    customer = Customer(_l("客户"))
    class_ = Text(_l("分类"), computed=True)
    open_orders = Text(_l("未完订单"), computed=True)
    arrears = Money(_l("欠款"), computed=True)
    promises = Text(_l("已作承诺"), required=False)

    def compute(self) -> None:
        """What the books say of the customer."""
        known = customers.find(self.customer.data.id) if self.customer.data else None
        self.class_.data = str(CUSTOMER_CLASSES.get(known.klass, "")) if known else ""
        self.open_orders.data = "、".join(allocation.open_orders(known.id)) if known else ""
        self.arrears.data = known.arrears.quantize(CENT) if known else None


class LoadRow(Sheet):
    """How many customers one officer has."""

    officer = Person(_l("客服专员"), computed=True)
    customers = Integer(_l("客户数"), computed=True)
    after_ = Integer(_l("分配后"), computed=True)


class CustomerAllocation(CompanyForm):
    """Gives customers to an officer, evenly and by ability, who then hears all about them from the salespeople."""

    code = "CS-23"
    name = _l("客户分配表")
    slug = "customer-allocations"
    section = "customer_files"
    procedure = "CS-P-03#allocation"
    opened_by = ("customer_service_supervisor", "sales_manager")
    covers = ("客户资料沟通备案表", "业务人员离职客户交接单")
    columns = (
        *("number", "reason", "to_officer", "effective_date", "from_person", "all_items_handed_over"),
        *("current_step", "due_at", "status"),
    )

    reason = Choice(
        _l("分配原因"),
        {
            "new_customers": _l("新客户分配"),
            "balancing": _l("均衡调整"),
            "staff_departure": _l("业务人员离职交接"),
        },
    )
    from_person = Person(_l("原负责人"), former=True, required=False, required_when=LEAVING)
    to_officer = Person(_l("分配给"))
    customers = Rows(_l("分配客户"), CustomerRow)
    load_before = Rows(_l("各客服专员现有客户数"), LoadRow, computed=True)
    load_warning = LongText(
        _l("均衡提示"), computed=True, help=_l("分配后与平均客户数相差超过五分之一的客服专员")
    )
    ability_consideration = LongText(_l("业务能力说明"), help=_l("有均衡提示时，说明为什么仍这样分配"))
    effective_date = Day(_l("生效日期"))

    signoff = Route(
        Step(
            "officer_accept",
            _l("客服专员接收"),
            person_in("to_officer"),
            meaning="received",
            within=working_days(1),
            fills=OfficerAccept,
        ),
        Step(
            "leaver_clearance",
            _l("离职交接确认"),
            every(role("sales_manager"), role("hr_manager")),
            meaning="confirmed",
            within=working_days(2),
            when=LEAVING,
            fills=LeaverClearance,
            clause="CR-P-01#handover",
        ),
        Step(
            "briefing_record",
            _l("客户资料沟通备案"),
            person_in("to_officer"),
            meaning="filled",
            within=weeks(1, since="accepted_at", fixed=True),
            fills=BriefingRecord,
            clause="CS-P-03#briefing",
        ),
        Step(
            "sales_confirm",
            _l("营销人员确认"),
            role("salesperson"),
            meaning="confirmed",
            within=working_days(2),
            on_refusal=Back("briefing_record"),
            clause="CS-P-03#briefing",
        ),
        Step(
            "supervisor_close",
            _l("客服主管审核"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(2),
            fills=SupervisorClose,
            on_refusal=Back("briefing_record"),
            clause="CS-P-03#briefing",
        ),
    )

    def compute(self) -> None:
        """R06: who has how many customers, before and after, and who has too many or too few."""
        super().compute()
        officers = {one.id: one.label for one in rights.holders(allocation.OFFICER, self.today)}
        before = allocation.owned(officers.keys())
        after_ = dict(before)
        to = self.to_officer.data
        for row in self.customers.data:
            known = customers.find(row["customer"].id) if row["customer"] else None
            if known is None or to is None or known.owner_id == to.id:
                continue
            if known.owner_id in after_:
                after_[known.owner_id] -= 1
            if to.id in after_:
                after_[to.id] += 1
        self.load_before.fill(
            {"officer": Ref(id, label), "customers": before[id], "after": after_[id]}
            for id, label in officers.items()
        )
        mean = Decimal(sum(after_.values())) / len(after_) if after_ else Decimal(0)
        self.load_warning.data = "\n".join(
            str(_l("%(officer)s 分配后 %(number)d 户，平均 %(mean)s 户"))
            % {"officer": officers[id], "number": number, "mean": f"{mean:.1f}"}
            for id, number in after_.items()
            if abs(number - mean) > mean * BALANCED
        )

    def heading(self) -> str:
        """The officer and the customers."""
        officer = self.to_officer.data
        names = [row["customer"].text for row in self.customers.data if row["customer"]]
        return " ".join(filter(None, (officer.text if officer else "", "、".join(names))))[:200]

    def check(self) -> None:
        """Customers go from the one who has them to an officer at work."""
        to, before = self.to_officer.data, self.from_person.data
        if to and to.id not in {one.id for one in rights.holders(allocation.OFFICER, self.today)}:
            self.refuse("to_officer", _l("客户只能分配给在岗的客服专员"))
        moments.refuse_past(self, "effective_date", _l("生效日期不能早于提交日期"))
        if to and before and to.id == before.id:
            self.refuse("from_person", _l("原负责人和分配对象不能是同一人"))
        seen: set[int] = set()
        for row in self.customers.rows:
            known = customers.find(row.customer.data.id) if row.customer.data else None
            if known is None:
                continue
            if known.id in seen:
                row.refuse("customer", _l("客户重复"))
            elif not self.itself and to and known.owner_id == to.id:
                row.refuse("customer", _l("这个客户已由 %(officer)s 负责"), officer=to.text)
            elif not self.itself and before and known.owner_id != before.id:
                row.refuse("customer", _l("这个客户不是由原负责人 %(person)s 负责"), person=before.text)
            seen.add(known.id)

    @staticmethod
    @after("officer_accept", _l("到生效日期：客户资料库中的负责人改为接收的客服专员"))
    def hand_over(record: Filed) -> Iterator[Effect]:
        """From the effective date on the customers are the officer's."""
        yield from _owners(record)

    @staticmethod
    @after("briefing_record", _l("接收后才生效的分配：更新客户资料库中的负责人"))
    def hand_over_later(record: Filed) -> Iterator[Effect]:
        """An allocation that was accepted before its day counts by now, also where the night has not seen to it."""
        yield from _owners_at_last(record)

    @staticmethod
    @after("supervisor_close", _l("沟通备案后才生效的分配：更新客户资料库中的负责人"))
    def hand_over_last(record: Filed) -> Iterator[Effect]:
        """By now the day has come."""
        yield from _owners_at_last(record)


def _owners_at_last(record: Filed) -> Iterator[Updates]:
    """Once only: whom somebody else got since, by a later allocation, stays theirs."""
    if not allocation.has_moved(record.id):
        yield from _owners(record)


def _owners(record: Filed) -> Iterator[Updates]:
    if record["effective_date"] > day(record.now):
        return
    officer = record["to_officer"].id
    for row in record["customers"]:
        known = customers.find(row["customer"].id)
        if known is not None and known.owner_id != officer:
            yield Updates("customer", known.id, {"owner_id": officer})
