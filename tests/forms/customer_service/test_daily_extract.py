"""CS-20: what is new of an officer's customers, day by day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Updates
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.daily_extract import DailyExtract
from portal.forms.customer_service.daily_extract_stages import CustodianUpdate, SummaryClassification
from portal.forms.kinds import Ref
from portal.lib.clock import today
from portal.models import (
    AuditEvent,
    CalendarDay,
    Content,
    Customer,
    LedgerEntry,
    Person,
    ReceivableEntry,
    RecordSubject,
)
from portal.queries import calendar, extracts
from tests.forms.customer_service.shop import TAIHE
from tests.forms.customer_service.test_customer_obligations import Duties
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)  # a Tuesday
DAY = date(2026, 5, 12)


class Officer:
    """Whoever opens the page, as far as the form looks."""

    def __init__(self, id, *, acts_for=()):
        self.id = id
        self.keys = tuple(f"person:{one}" for one in (id, *acts_for))


@pytest.fixture
def zhao(people):
    """The officer."""
    return Officer(people["zhao"].id)


@pytest.fixture
def mine(make_customer, zhao):
    """A customer of the officer."""
    return make_customer(owner_id=zhao.id, file_number="DA-2026-0001", klass="key", region="湖州")


def opened(zhao, *rows, context=None, **changed):
    given = {"extract_date": DAY, "customers": list(rows)}
    if not rows:
        given["remarks"] = "当日没有变化"
    form = DailyExtract(answers={**given, **changed}, context={"@now": NOW, **(context or {})}, person=zhao)
    form.validate()
    return form


def row(customer, **changed):
    return {"customer": customer, "change": "新订两台", **changed}


def content(record, **answers):
    db.session.add(
        Content(
            record_id=record.id,
            version=1,
            form_version_id=record.form_version_id,
            answers=answers,
            sha256="0" * 64,
            created_by_id=record.applicant_id,
            created_at=NOW,
        )
    )
    db.session.flush()


@pytest.fixture
def extracted(make_record, people):
    """Enters an extract of a day."""

    def make(day, number="CS-20-2026-0001", who="zhao", **answers):
        record = make_record(number)
        officer = {"id": people[who].id, "text": people[who].text}
        content(record, officer=officer, extract_date=day.isoformat(), **answers)
        return record

    return make


def test_the_officer_is_whoever_fills_it_in(zhao, mine, people):
    form = opened(zhao, row(mine), officer=people["sun"])
    assert not form.errors
    assert form.officer.data == people["zhao"]


def test_r05_one_extract_for_each_day(zhao, mine, extracted, people):
    there = extracted(DAY)
    assert opened(zhao, row(mine)).errors == {"extract_date": ["这一天的提取表已提交：CS-20-2026-0001"]}
    assert not opened(zhao, row(mine), extract_date=date(2026, 5, 11)).errors
    assert not opened(zhao, row(mine), context={"@record_id": there.id}).errors
    assert not opened(Officer(people["sun"].id)).errors
    there.state = "voided"
    db.session.flush()
    assert not opened(zhao, row(mine)).errors


def test_only_working_days_up_to_today(zhao, mine):
    sunday, tomorrow = date(2026, 5, 10), DAY + timedelta(days=1)
    assert set(opened(zhao, row(mine), extract_date=sunday).errors) == {"extract_date"}
    assert set(opened(zhao, row(mine), extract_date=tomorrow).errors) == {"extract_date"}
    db.session.add(CalendarDay(day=sunday, working=True))
    db.session.flush()
    assert not opened(zhao, row(mine), extract_date=sunday).errors


def test_somebody_elses_customer_is_refused(zhao, mine, make_customer, people, extracted):
    theirs = make_customer("苏州金桥建材贸易有限公司", owner_id=people["sun"].id)
    nobodys = make_customer("昆山华诚电子有限公司")
    form = opened(zhao, row(mine), row(theirs), row(nobodys))
    assert [bool(one.errors) for one in form.customers.rows] == [False, True, True]
    former = extracted(DAY, customers=[{"customer": {"id": theirs.id, "text": theirs.text}}])
    assert not opened(zhao, row(theirs), context={"@record_id": former.id}).errors  # had it then


def test_a_customer_stands_once(zhao, mine):
    form = opened(zhao, row(mine), row(mine))
    assert set(form.customers.rows[1].errors) == {"customer"}


def test_a_day_without_news_is_explained(zhao):
    assert not opened(zhao).errors
    assert set(opened(zhao, remarks=None).errors) == {"remarks"}


def test_the_last_order_is_the_databases(zhao, make_customer):
    mine = make_customer(owner_id=zhao.id, last_order_on=date(2026, 5, 2))
    form = opened(zhao, row(mine, last_order_on=date(2020, 1, 1)), extract_date=date(2026, 5, 12))
    assert form.customers.data[0]["last_order_on"] == date(2026, 5, 2)


def test_numbers_of_the_day(zhao, make_customer, make_record):
    bought = make_customer(owner_id=zhao.id, last_order_on=DAY)
    record = make_record("CS-30-2026-0001")
    record.state, record.closed_at = "finished", NOW
    db.session.add(RecordSubject(kind="customer", row_id=bought.id, record_id=record.id))
    db.session.flush()
    form = opened(zhao, row(bought), new_customers=9, orders_count=9)
    assert (form.new_customers.data, form.orders_count.data) == (1, 1)
    record.closed_at = NOW - timedelta(days=1)
    db.session.flush()
    assert opened(zhao, row(bought)).new_customers.data == 0


def found(zhao):
    return [one.customer.id for one in extracts.changes(zhao.id, DAY)]


def test_an_order_since_the_last_extract_is_news(zhao, make_customer, extracted):
    one = make_customer(owner_id=zhao.id, last_order_on=date(2026, 5, 8))
    assert found(zhao) == [one.id]
    extracted(date(2026, 5, 8))
    assert found(zhao) == []
    db.session.get_one(Customer, one.id).last_order_on = date(2026, 5, 9)
    db.session.flush()
    assert found(zhao) == [one.id]


def test_a_payment_is_news_and_a_claim_is_not(zhao, mine, make_record):
    record = make_record("CS-34-2026-0001")
    line = {
        "customer_id": mine.id,
        "of_id": record.id,
        "balance": Decimal(0),
        "record_id": record.id,
        "posted_by_id": record.applicant_id,
        "posted_at": NOW,
    }
    db.session.add(ReceivableEntry(amount=Decimal(500), due_on=DAY, **line))
    db.session.flush()
    assert found(zhao) == []
    db.session.add(ReceivableEntry(amount=Decimal(-300), paid_on=DAY, **line))
    db.session.flush()
    (one,) = extracts.changes(zhao.id, DAY)
    assert one.paid == Decimal(300)


@pytest.mark.parametrize(
    ("number", "news"), [("CS-51-2026-0001", True), ("CS-20-2026-0001", False), ("CS-23-2026-0001", False)]
)
def test_a_record_about_the_customer_is_news(zhao, mine, make_record, number, news):
    record = make_record(number)
    db.session.add(RecordSubject(kind="customer", row_id=mine.id, record_id=record.id))
    db.session.flush()
    assert [one.records for one in extracts.changes(zhao.id, DAY)] == ([[number]] if news else [])
    record.submitted_at = NOW + timedelta(days=1)
    db.session.flush()
    assert found(zhao) == []


def test_a_change_of_the_data_is_news(zhao, mine, make_record):
    record = make_record("CS-35-2026-0001")
    code = db.session.get_one(Customer, mine.id).code
    event = {"stream": "record:1", "kind": "master_changed", "record_id": record.id, "hash": "0"}
    facts = {"table": "customer", "row": code, "old": {}, "new": {}}
    db.session.add(AuditEvent(seq=1, at=NOW - timedelta(days=20), facts=facts, **event))
    db.session.add(AuditEvent(seq=2, at=NOW, facts={**facts, "table": "supplier"}, **event))
    db.session.flush()
    assert found(zhao) == []
    db.session.add(AuditEvent(seq=3, at=NOW, facts=facts, **event))
    db.session.flush()
    assert [one.data for one in extracts.changes(zhao.id, DAY)] == [True]


def test_a_line_of_the_customers_papers_is_news(zhao, mine, make_record):
    record = make_record("CS-35-2026-0001")
    db.session.add(
        LedgerEntry(
            ledger="customer_papers",
            facts={},
            customer_id=mine.id,
            record_id=record.id,
            posted_by_id=record.applicant_id,
            posted_at=NOW,
        )
    )
    db.session.flush()
    assert found(zhao) == [mine.id]


def test_nothing_new_is_left_out(zhao, make_customer, extracted):
    one = make_customer(owner_id=zhao.id, last_order_on=DAY)
    form = opened(zhao)
    assert form.errors == {"customers": [f"还有客户发生了变化，请补充：{one.text}"]}
    assert not opened(zhao, row(one)).errors
    former = extracted(DAY)
    assert not opened(zhao, context={"@record_id": former.id}).errors  # what came later is the next day's


def test_the_page_begins_with_the_news(zhao, make_customer):
    one = make_customer(owner_id=zhao.id, last_order_on=DAY)
    form = DailyExtract(context={"@now": NOW}, person=zhao)
    assert form.extract_date.data == DAY
    (line,) = form.customers.data
    assert (line["customer"], line["change"]) == (one, "新订货（2026-05-12）")
    assert DailyExtract().customers.data == []


def test_the_draft_of_an_obligation_begins_with_the_news_of_its_officer_and_day(zhao, make_customer, people):
    one = make_customer(owner_id=zhao.id, last_order_on=DAY - timedelta(days=1))
    make_customer("当天订货的客户", owner_id=zhao.id, last_order_on=DAY)
    asked = {"@now": NOW, "extract_date": DAY - timedelta(days=1), "officer": people["zhao"]}
    for who in (zhao, Officer(people["sun"].id, acts_for=[zhao.id])):
        page = DailyExtract(context=asked, person=who)
        assert [line["customer"] for line in page.customers.data] == [one]
        assert page.extract_date.data == DAY - timedelta(days=1)
    assert DailyExtract(context=asked, person=Officer(people["sun"].id)).customers.data == []


def test_a_substitute_extracts_for_the_officer_whose_obligation_it_is(make_customer, people):
    sun, zhao = people["sun"].id, people["zhao"].id
    one = make_customer(owner_id=zhao, last_order_on=DAY)
    asked = {"officer": people["zhao"], "remarks": "代办"}
    form = opened(Officer(sun, acts_for=[zhao]), row(one), **asked)
    assert not form.errors
    assert form.officer.data == people["zhao"]
    stranger = opened(Officer(sun), row(one), **asked)
    assert stranger.officer.data == people["sun"]
    assert set(stranger.customers.rows[0].errors) == {"customer"}


@pytest.fixture
def summary(mine, make_customer):
    """Two customers of an extract, and how they may be classed."""
    other = make_customer("苏州金桥建材贸易有限公司")
    known = {"customers": [{"customer": mine}, {"customer": other}]}

    def make(*rows, **changed):
        given = {
            "classes": list(rows),
            "analysis": "稳定",
            "data_kinds": ["orders"],
            "custodian": Ref(1, "赵敏 E001"),
        }
        stage = SummaryClassification(answers={**given, **changed}, context=known)
        stage.validate()
        return stage

    return known, other, make


def test_each_customer_is_classed_once(summary, mine):
    _known, other, make = summary
    assert not make({"customer": mine, "class": "key"}, {"customer": other, "class": "ordinary"}).errors
    missing = make({"customer": mine, "class": "key"})
    assert missing.errors == {"classes": [f"还有客户没有分类：{other.text}"]}
    twice = make(*[{"customer": mine, "class": "key"}] * 2, {"customer": other, "class": "ordinary"})
    assert set(twice.classes.rows[1].errors) == {"customer"}
    strange = make(
        {"customer": mine, "class": "key"},
        {"customer": other, "class": "ordinary"},
        {"customer": Ref(99, "无关客户 C0099"), "class": "key"},
    )
    assert set(strange.classes.rows[2].errors) == {"customer"}
    wrong = make({"customer": mine, "class": "vip"}, {"customer": other, "class": "ordinary"})
    assert set(wrong.classes.rows[0].errors) == {"class_"}


def test_the_summary_begins_with_what_is_known(summary, mine):
    known, _other, _make = summary
    first = SummaryClassification(context=known).classes.data[0]
    assert (first["customer"], first["class"], first["region"]) == (mine, "key", "湖州")
    assert first["credit_note"] == "额度 0.00，欠款 0.00"


def test_the_day_is_closed_with_nothing_left_out(app_context):
    stage = CustodianUpdate(answers={"updated_items": "联系人", "nothing_left_out": False})
    assert not stage.validate()
    assert set(stage.errors) == {"nothing_left_out"}
    assert CustodianUpdate(answers={"updated_items": "联系人", "nothing_left_out": True}).validate()


def test_the_custodian_signs_last():
    classing, update = DailyExtract.signoff.steps
    assert (classing.by.parties[0].key, classing.judges) == ("customer_service_supervisor", True)
    assert (update.by.parties[0].kind, update.by.parties[0].key) == ("person", "custodian")


def test_class_and_custodian_enter_the_database(filed, customer):
    custodian = Ref(7, "林晓玥 E007")
    classes = [{"customer": customer, "class": "to_follow_up"}]
    record = filed("CS-20", classes=classes, custodian=custodian)
    assert list(DailyExtract.effects("custodian_update", record)) == [
        Updates("customer", customer.id, {"klass": "to_follow_up", "custodian_id": 7})
    ]
    assert not list(DailyExtract.effects("summary_classification", record))
    assert not list(DailyExtract.effects("custodian_update", filed("CS-20", custodian=custodian)))


@pytest.mark.parametrize("seed", range(4))
def test_its_story_reaches_the_end(worlds, walk, seed):
    assert walk(DailyExtract, STORIES["CS-20"], worlds(seed))["nothing_left_out"] is True


@pytest.fixture
def walker(app):
    """People who fill in and sign."""
    return Walker(app)


def working_day():
    """Today, or the last working day."""
    day = today()
    while not calendar.current().is_working_day(day):
        day -= timedelta(days=1)
    return day


def officer():
    """The first officer of the small company."""
    query = sa.select(Person).where(Person.login == "customer_service_officer")
    return db.session.scalars(query).unique().one()


def test_the_page_is_filled_in_advance_for_its_officer(walker):
    with walker.app.app_context():
        customers = sa.select(Customer).where(Customer.owner_id == officer().id).order_by(Customer.id)
        customer = db.session.scalars(customers).first()
        customer.last_order_on = working_day()
        label, id = customer.label, customer.id
        db.session.commit()
    address = walker.address(FORMS["CS-20"])
    assert label in walker.browser("customer_service_officer").get(f"{address}new").text
    assert label not in walker.browser("customer_service_officer_2").get(f"{address}new").text
    number = walker.walk("CS-20")
    with walker.app.app_context():
        known = db.session.get_one(Customer, id)
        assert (known.klass, known.custodian_id is not None) == ("key", True)
        assert extracts.of_day(officer().id, working_day()) == number


def test_who_has_ordered_again_since_still_ordered_on_the_day(context):
    duties, before = Duties(), DAY - timedelta(days=1)
    customer = duties.customer(TAIHE)
    customer.owner_id, customer.last_order_on = officer().id, DAY
    asked = {"customer": duties.ref(customer), "order_date": before}
    duties.record("CR-17", asked, NOW - timedelta(days=1))
    duties.record("CR-17", {**asked, "order_date": before - timedelta(days=1)}, NOW, state="running")
    days = (before - timedelta(days=1), before, DAY, DAY + timedelta(days=1))
    assert [extracts.customers_with_orders(officer().id, day) for day in days] == [0, 1, 1, 0]
