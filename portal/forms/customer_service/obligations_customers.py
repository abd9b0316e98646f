"""Obligations towards customers: allocation, files, orders that stay away, contacts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from portal.domain.obligations import Case, Look, Number, Obligation, Turn, asked_in, draft_of
from portal.domain.permissions import person_key, role_key
from portal.forms.customer_service.officers import OFFICER, OFFICERS
from portal.forms.kinds import Ref
from portal.lib.clock import day, months_later
from portal.lib.i18n import _l
from portal.models import Customer
from portal.models.records import OPEN
from portal.queries import owed, rights

TELL_SUPERVISOR = (role_key("customer_service_supervisor"),)
DAYS, MONTH_OF_SILENCE = _l("天"), 30
MORNING = time(8)
CONTACTS = 2  # with an inactive customer in each month (R10)
GRACE = 7  # days after the end of a month in which what was done in it may still be written down
EXTRACTS = 14  # days for which a daily extract is asked for: more than any holiday


def _officers(look: Look) -> set[int]:
    return {person.id for person in rights.holders(OFFICER, look.today)}


def _owner(customer: Customer, officers: set[int]) -> tuple[str, ...]:
    """The officer who owns the customer; all of them where it is nobody, or a salesperson."""
    return (person_key(customer.owner_id),) if customer.owner_id in officers else (OFFICERS,)


def _ref(customer: Customer) -> Ref:
    return Ref(customer.id, customer.label)


def yearly_revision(look: Look) -> Iterator[Case]:
    """R01: the service system is revised a year after its last approval."""
    for place, (record, approved) in enumerate(owed.last_signed("CS-02", "gm_approval", 2)):
        due = approved + timedelta(days=look.numbers["year"])
        if look.today >= due - timedelta(days=look.numbers["before"]):
            yield Case(
                f"{record}",
                (role_key("customer_service_director"),),
                look.at(due),
                f"{due}",
                {"kind": "annual_revision"},
                kept=place > 0,  # another one was approved since
            )


def daily_extract(look: Look) -> Iterator[Case]:
    """R05: every officer takes out what is new of their customers, each working day."""
    days = [one for one in look.working_days(EXTRACTS) if look.now >= look.at(one, MORNING)]
    done = owed.extracted(days)
    for officer, first, last in owed.holders(OFFICER, days[0], days[-1]) if days else ():
        for one in (each for each in days if first <= each <= last):
            yield Case(
                f"{officer.id}:{one}",
                (person_key(officer.id),),
                look.closing(one),
                f"{one} {officer.name}",
                {"extract_date": one, "officer": Ref(officer.id, officer.label)},
                missed_at=look.calendar.add_working_days(look.closing(one), 1).replace(hour=0, minute=30),
                kept=(officer.id, one) in done,
            )


def no_order(look: Look) -> Iterator[Case]:
    """R08, R09: a customer without an order for more than a week is entered and called."""
    silence, call = look.numbers["silence"], look.numbers["call"]
    quiet, officers = owed.ordered_before(look.today - timedelta(days=silence)), _officers(look)
    entries: dict[int, list[date]] = defaultdict(list)
    for entry in owed.records_about(["CS-25"], [one.id for one in quiet]):
        entries[entry.customer_id].append(date.max if entry.state in OPEN else day(entry.at))
    for customer in quiet:
        assert customer.last_order_on is not None
        seen = max(look.since, customer.last_order_on + timedelta(days=silence + 1))
        yield Case(
            f"{customer.id}:{customer.last_order_on}",
            _owner(customer, officers),
            look.calendar.end_of_working_day(look.at(seen, MORNING)),
            customer.label,
            {"customer": _ref(customer)},
            customer=customer.id,
            missed_at=look.at(seen + timedelta(days=call)),
            kept=any(made > customer.last_order_on for made in entries[customer.id]),
        )


def monthly_contacts(look: Look) -> Iterator[Case]:
    """R10: a customer without an order for more than a month is contacted at least twice a month."""
    this, officers = look.today.replace(day=1), _officers(look)
    before = (this - timedelta(days=1)).replace(day=1)
    after = (this + timedelta(days=32)).replace(day=1)
    for first, following in pairwise((before, this, after)):
        last = following - timedelta(days=1)
        if last < look.since or look.today > last + timedelta(days=GRACE):
            continue
        inactive = owed.ordered_before(first - timedelta(days=MONTH_OF_SILENCE))
        contacts: dict[int, int] = defaultdict(int)
        for contact in owed.records_about(["CS-27"], [one.id for one in inactive]):
            contacts[contact.customer_id] += contact.answers.get("month") == f"{first:%Y-%m}"
        for customer in inactive:
            for number in range(1, CONTACTS + 1):
                due = first.replace(day=look.numbers["first"]) if number == 1 else last
                told = first.replace(day=look.numbers["warn"]) if number == 1 else last
                yield Case(
                    f"{customer.id}:{first:%Y-%m}:{number}",
                    _owner(customer, officers),
                    look.at(due),
                    f"{customer.label} {first:%Y-%m} ({number}/{CONTACTS})",
                    {"customer": _ref(customer)},
                    customer=customer.id,
                    missed_at=look.at(told),
                    kept=contacts[customer.id] >= number,
                )


def take_over(look: Look) -> Iterator[Case]:
    """R11, R12: customer service may take over whom sales has not followed up for two months."""
    span = look.numbers["months"]
    at_least = look.at(look.today - timedelta(days=span * 28))
    left_alone = [
        (customer, spoken)
        for customer in owed.not_followed_up(at_least)
        if (spoken := customer.last_sales_follow_up) and months_later(day(spoken), span) < look.today
    ]
    offers = owed.records_about(["CS-28"], [customer.id for customer, _spoken in left_alone], owed.ANSWERED)
    taken: dict[int, datetime] = {one.customer_id: one.at for one in offers}
    for customer, spoken in left_alone:
        yield Case(
            f"{customer.id}:{day(spoken)}",
            TELL_SUPERVISOR,
            None,
            customer.label,
            {"customer": _ref(customer)},
            customer=customer.id,
            kept=customer.id in taken and taken[customer.id] > spoken,
        )


FOLLOW_UPS = ("CR-03", "CS-25", "CS-27", "CS-28", "CS-39", "CS-100")  # what counts as a contact
PLANNED = (
    ("CR-03", "", "next_follow_up_on"),
    ("CS-27", "", "next_contact_on"),
    ("CS-28", "visit_record", "next_visit_on"),
)


def planned_contacts(look: Look) -> Iterator[Case]:
    """A contact that was promised for a day is made by then."""
    first = max(look.since, look.today - timedelta(days=60))
    last = look.today + timedelta(days=look.numbers["before"])
    for code, step, field in PLANNED:
        if step:
            found = owed.stage_days_due(code, step, field, first, last)
        else:
            found = owed.follow_ups_due(code, field, first, last)
        contacts = owed.records_about(FOLLOW_UPS, {each.customer_id for each in found})
        newest = {one.customer_id: one for one in contacts}
        for one in found:
            contact = newest.get(one.customer_id)
            customer = owed.customer(one.customer_id)
            yield Case(
                f"{one.record_id}",
                (person_key(one.applicant_id),),
                look.at(date.fromisoformat(one.answers[field])),
                f"{customer.label} {one.answers[field]}",
                {"customer": _ref(customer)},
                customer=one.customer_id,
                record=one.record_id,
                kept=contact is not None and contact.record_id != one.record_id and contact.at > one.at,
            )


OBLIGATIONS = (
    Obligation(
        "O01",
        "R01",
        "customer_service",
        _l("客户服务体系年度修订"),
        _l("距上次总经理批准满一年前 30 天"),
        _l("客服中心主任"),
        _l("上次批准满一年之日"),
        _l("修订（或无须修订的说明）经总经理批准"),
        "CS-02",
        _l("告知总经理"),
        (role_key("general_manager"),),
        (
            Number("year", _l("修订间隔"), 365, DAYS, fixed=True),
            Number("before", _l("提前提醒"), 30, DAYS),
        ),
        cases=yearly_revision,
        clause="CS-P-02#revision",
    ),
    Obligation(
        "O03",
        "R03",
        "customer_service",
        _l("项目销售人员体系培训"),
        _l("服务体系已由两个部门签收"),
        _l("客服主管"),
        _l("签收后两周"),
        _l("应培训人员全部签到"),
        "CS-02",
        _l("告知客服中心主任"),
        (role_key("customer_service_director"),),
        turns=(Turn("CS-02", "training"),),
        clause="CS-P-02#training",
    ),
    Obligation(
        "O05",
        "R05",
        "customer_service",
        _l("每日客户信息提取"),
        _l("每个工作日 08:00，每位客服专员"),
        _l("客服专员"),
        _l("当天下班前"),
        _l("当天的提取表已提交"),
        "CS-20",
        _l("次日早上列给客服主管"),
        TELL_SUPERVISOR,
        cases=daily_extract,
        clause="CS-P-03#collection",
    ),
    Obligation(
        "O07",
        "R07",
        "customer_service",
        _l("分配后与营销沟通并备案"),
        _l("客服专员接收分配的客户"),
        _l("接收客户的客服专员"),
        _l("接收后一周"),
        _l("“客户资料沟通备案”已签署"),
        "CS-23",
        _l("告知客服主管"),
        TELL_SUPERVISOR,
        turns=(Turn("CS-23", "briefing_record"),),
        clause="CS-P-03#briefing",
    ),
    Obligation(
        "O08",
        "R08",
        "customer_service",
        _l("超过一周未订货客户登记"),
        _l("客户超过一周没有订货"),
        _l("负责该客户的客服专员"),
        _l("当天下班前登记，一周内打电话"),
        _l("登记表已提交，或客户已订货"),
        "CS-25",
        _l("告知客服主管"),
        TELL_SUPERVISOR,
        (
            Number("silence", _l("未订货"), 7, DAYS, fixed=True),
            Number("call", _l("电话拜访期限"), 7, DAYS, fixed=True),
        ),
        cases=no_order,
        clause="CS-P-03#no-order",
    ),
    Obligation(
        "O09",
        "R09",
        "customer_service",
        _l("未订货客户电话拜访"),
        _l("超过一周未订货客户已登记"),
        _l("登记的客服专员"),
        _l("登记后一周内一次"),
        _l("电话拜访已接通并签署，或客户已订货"),
        "CS-25",
        _l("告知客服主管"),
        TELL_SUPERVISOR,
        turns=(Turn("CS-25", "phone_visit"),),
        clause="CS-P-03#no-order",
    ),
    Obligation(
        "O10",
        "R10",
        "customer_service",
        _l("不合作客户每月至少沟通两次"),
        _l("每月 1 日，超过一个月没有订货的客户"),
        _l("负责该客户的客服专员"),
        _l("第一次当月 15 日，第二次当月最后一天"),
        _l("当月沟通记录满两次"),
        "CS-27",
        _l("20 日仍无一次，或月底不足两次，告知客服主管"),
        TELL_SUPERVISOR,
        (
            Number("first", _l("第一次沟通期限：每月第几日"), 15, "", low=1, high=28),
            Number("warn", _l("仍无一次时告知主管：每月第几日"), 20, "", low=1, high=28),
        ),
        cases=monthly_contacts,
        clause="CS-P-03#inactive",
    ),
    Obligation(
        "O11",
        "R11",
        "customer_service",
        _l("业务部门久未跟进的客户可接手"),
        _l("业务部门超过两个月未跟进，客户没有欠款，也未交由业务部门"),
        _l("客服主管"),
        _l("不限期，可搁置"),
        _l("独立跟进登记表已提交"),
        "CS-28",
        numbers=(
            Number("months", _l("未跟进"), 2, _l("个月"), fixed=True),
            Number("again", _l("搁置后再次提出"), 30, DAYS),
        ),
        cases=take_over,
        again="again",
        clause="CS-P-03#independent",
    ),
    Obligation(
        "O13",
        "R13",
        "customer_service",
        _l("合同验收后三天内建档"),
        _l("新合作客户的合同验收"),
        _l("负责该客户的客服专员"),
        _l("验收后 3 天"),
        _l("“建档编号”已签署，或营销总监、总经理不同意建档"),
        "CS-36",
        _l("告知客服主管和营销总监"),
        (*TELL_SUPERVISOR, role_key("marketing_director")),
        turns=(draft_of("CS-36"), Turn("CS-36", "file_made")),
        clause="CS-P-03#new-customers",
    ),
    Obligation(
        "OS-06",
        "",
        "customer_service",
        _l("补齐客户缺少的资料"),
        _l("建档时承诺了补齐日期"),
        _l("建档的客服专员"),
        _l("承诺补齐日期"),
        _l("待办已办结"),
        "CS-36",
        _l("告知客服主管"),
        TELL_SUPERVISOR,
        turns=(asked_in("CS-36"),),
        clause="CS-P-03#missing-papers",
    ),
    Obligation(
        "OS-26",
        "",
        "customer_service",
        _l("按约定日期再次跟进客户"),
        _l("跟进记录中约定了下次跟进日期"),
        _l("上次跟进的人员"),
        _l("约定的日期"),
        _l("有新的跟进记录"),
        "CR-03",
        _l("告知销售部经理"),
        (role_key("sales_manager"),),
        (Number("before", _l("提前提醒"), 1, DAYS, low=0),),
        cases=planned_contacts,
        clause="CR-P-01#follow-up",
    ),
)
