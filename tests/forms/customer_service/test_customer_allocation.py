"""CS-23: who looks after which customers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Updates
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.customer_allocation import CustomerAllocation
from portal.forms.customer_service.customer_allocation_stages import (
    BriefingRecord,
    LeaverClearance,
    OfficerAccept,
    SupervisorClose,
)
from portal.forms.kinds import Ref
from portal.lib.workdays import Calendar
from portal.models import Content, Customer, Person, Record, RecordSubject, RoleGrant
from portal.services import allocations
from portal.services.drafts import prefill
from tests.conftest import both_databases
from tests.forms.customer_service.shop import TAIHE, Shop, days
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
TODAY = date(2026, 5, 12)
ROUTE = CustomerAllocation.signoff


@pytest.fixture
def officers(people):
    """Zhao and Sun are customer service officers."""
    for one in people.values():
        db.session.add(
            RoleGrant(person_id=one.id, role="customer_service_officer", starts_on=date(2026, 1, 1))
        )
    db.session.flush()
    return people


@pytest.fixture
def owned(make_customer, officers):
    """Enters customers of an officer."""

    def make(who, number, **values):
        owner = officers[who].id if who else None
        return [make_customer(f"{who}的客户{place}", owner_id=owner, **values) for place in range(number)]

    return make


def opened(to, *customers, context=None, **changed):
    given = {
        "reason": "balancing",
        "to_officer": to,
        "customers": [{"customer": one} for one in customers],
        "ability_consideration": "熟悉工程机械",
        "effective_date": TODAY,
    }
    form = CustomerAllocation(answers={**given, **changed}, context={"@now": NOW, **(context or {})})
    form.validate()
    return form


def loads(form):
    return {row["officer"].text[:2]: (row["customers"], row["after"]) for row in form.load_before.data}


def test_r06_everybodys_customers_before_and_after(officers, owned):
    given = owned("zhao", 4)
    owned("sun", 2)
    form = opened(officers["sun"], given[0])
    assert not form.errors
    assert loads(form) == {"赵敏": (4, 3), "孙强": (2, 3)}
    assert not form.load_warning.data


def test_r06_more_than_a_fifth_from_the_mean_is_warned_of_and_not_refused(officers, owned):
    given = owned("zhao", 4)
    owned("sun", 2)
    form = opened(officers["sun"], *given[:3])
    assert not form.errors
    assert loads(form) == {"赵敏": (4, 1), "孙强": (2, 5)}
    assert form.load_warning.data.splitlines() == [
        "孙强 SUN 分配后 5 户，平均 3.0 户",
        "赵敏 ZHAO 分配后 1 户，平均 3.0 户",
    ]
    assert set(opened(officers["sun"], given[0], ability_consideration="").errors) == {
        "ability_consideration"
    }


def test_r06_a_fifth_is_still_balanced(officers, owned):
    given = owned("zhao", 7)
    owned("sun", 3)
    assert loads(opened(officers["sun"], given[0])) == {"赵敏": (7, 6), "孙强": (3, 4)}
    assert not opened(officers["sun"], given[0]).load_warning.data


def test_customers_of_nobody_and_ended_ones(officers, owned):
    owned("zhao", 1, status="ended")
    (new,) = owned(None, 1)
    assert loads(opened(officers["zhao"], new)) == {"赵敏": (0, 1), "孙强": (0, 0)}


def test_only_officers_at_work_get_customers(officers, owned, departments):
    (one,) = owned("zhao", 1)
    other = Person(
        login="qian", number="QIAN", name="钱伟", department_id=departments["engineering"].id, created_at=NOW
    )
    db.session.add(other)
    db.session.flush()
    assert set(opened(Ref(other.id, other.label), one).errors) == {"to_officer"}
    db.session.add(
        RoleGrant(
            person_id=other.id,
            role="customer_service_officer",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 5, 11),
        )
    )
    db.session.flush()
    assert set(opened(Ref(other.id, other.label), one).errors) == {"to_officer"}


def test_customers_come_from_the_one_who_has_them(officers, owned):
    (mine,), (theirs,) = owned("zhao", 1), owned("sun", 1)
    form = opened(officers["sun"], mine, theirs, mine, from_person=officers["zhao"])
    assert [set(row.errors) for row in form.customers.rows] == [set(), {"customer"}, {"customer"}]
    (nobodys,) = owned(None, 1)
    assert opened(officers["sun"], nobodys, from_person=officers["zhao"]).customers.rows[0].errors
    assert set(opened(officers["sun"], mine, from_person=officers["sun"]).errors) >= {"from_person"}
    accepted = opened(officers["sun"], theirs, context={"@record_id": 5})  # its own work, when corrected
    assert not accepted.errors


def test_who_leaves_is_named(officers, owned):
    (mine,) = owned("zhao", 1)
    form = opened(officers["sun"], mine, reason="staff_departure")
    assert set(form.errors) == {"from_person"}
    assert not opened(officers["sun"], mine, reason="staff_departure", from_person=officers["zhao"]).errors


def test_what_goes_with_a_customer_comes_from_the_books(officers, owned, make_record):
    (mine,) = owned("zhao", 1, klass="key", arrears=Decimal("1234.5"))
    contract = make_record("CS-34-2026-0001")
    answers = {
        "customer": {"id": mine.id},
        "products": [{"product": {"id": 1, "text": "升降机"}, "quantity": "1"}],
    }
    db.session.add_all(
        [
            RecordSubject(kind="customer", row_id=mine.id, record_id=contract.id),
            Content(
                record_id=contract.id,
                version=1,
                form_version_id=contract.form_version_id,
                answers=answers,
                sha256="0" * 64,
                created_by_id=contract.applicant_id,
                created_at=NOW,
            ),
        ]
    )
    db.session.flush()
    row = opened(officers["sun"], mine).customers.data[0]
    assert (row["class"], row["open_orders"], row["arrears"]) == ("重点", contract.number, Decimal("1234.50"))
    contract.state = "voided"
    db.session.flush()
    assert not opened(officers["sun"], mine).customers.data[0]["open_orders"]


def test_the_draft_of_a_new_file_fits(officers, owned):
    (new,) = owned(None, 1)
    stored = prefill(CustomerAllocation, {"reason": "new_customers", "customers": [{"customer": new}]})
    assert stored["customers"][0]["customer"]["id"] == new.id


def test_the_route_and_its_ways_back():
    assert [(step.key, step.by.mode) for step in ROUTE.steps] == [
        ("officer_accept", "one"),
        ("leaver_clearance", "all"),
        ("briefing_record", "one"),
        ("sales_confirm", "one"),
        ("supervisor_close", "one"),
    ]
    assert ROUTE.step("officer_accept").by == ROUTE.step("briefing_record").by
    assert ROUTE.step("officer_accept").on_refusal == Back()
    assert ROUTE.step("sales_confirm").on_refusal == Back("briefing_record")
    assert ROUTE.step("supervisor_close").on_refusal == Back("briefing_record")
    assert {party.key for party in ROUTE.step("leaver_clearance").by.parties} == {
        "sales_manager",
        "hr_manager",
    }
    assert ROUTE.following("officer_accept", {"reason": "balancing"}).key == "briefing_record"
    assert ROUTE.following("officer_accept", {"reason": "staff_departure"}).key == "leaver_clearance"


def test_r07_a_week_from_acceptance_that_nobody_may_change(app_context):
    stage = OfficerAccept(answers={"accepted_at": NOW - timedelta(days=9)}, context={"@now": NOW})
    assert stage.validate()
    assert stage.accepted_at.data == NOW
    within = ROUTE.step("briefing_record").within
    later = NOW + timedelta(days=2)  # the clearance of a leaver came between
    assert within.fixed
    assert within.due(later, {"accepted_at": NOW}, Calendar()) == NOW + timedelta(days=7)


def test_nobody_leaves_with_open_items(app_context):
    assert not LeaverClearance(answers={"all_items_handed_over": False}).validate()
    assert LeaverClearance(answers={"all_items_handed_over": True}).validate()


@pytest.fixture
def brief(owned, officers):
    """Two allocated customers, and briefings about them."""
    given = owned("zhao", 2)
    known = {"@now": NOW, "customers": [{"customer": one} for one in given]}

    def make(*customers, **changed):
        rows = [
            {
                "customer": one,
                "sales_person": officers["sun"],
                "talked_on": TODAY,
                "details": "年度招标",
                "needs": "送到工地",
                **changed,
            }
            for one in customers
        ]
        stage = BriefingRecord(answers={"briefings": rows}, context=known)
        stage.validate()
        return stage

    return known, given, make


def test_r07_each_customer_is_talked_about(brief):
    known, given, make = brief
    assert not make(*given).errors
    assert make(given[0]).errors == {"briefings": [f"还有客户没有沟通备案：{given[1].text}"]}
    assert set(make(*given, Ref(99, "无关 C0099")).briefings.rows[2].errors) == {"customer"}
    assert set(make(*given, talked_on=TODAY + timedelta(days=1)).briefings.rows[0].errors) == {"talked_on"}
    assert [row["customer"] for row in BriefingRecord(context=known).briefings.data] == given


@pytest.mark.parametrize(("effective", "good"), [(TODAY, True), (TODAY + timedelta(days=1), False)])
def test_it_is_closed_once_it_counts(app_context, effective, good):
    stage = SupervisorClose(answers={}, context={"@now": NOW, "effective_date": effective})
    assert stage.validate() is good
    assert set(stage.errors) == (set() if good else {"closing_note"})


@pytest.mark.parametrize("step", ["officer_accept", "briefing_record", "supervisor_close"])
def test_from_its_day_on_the_customers_are_the_officers(filed, officers, owned, step):
    (mine,), (theirs,) = owned("zhao", 1), owned("sun", 1)
    answers = {
        "to_officer": officers["sun"],
        "customers": [{"customer": mine}, {"customer": theirs}],
        "effective_date": TODAY,
    }
    assert list(CustomerAllocation.effects(step, filed("CS-23", **answers))) == [
        Updates("customer", mine.id, {"owner_id": officers["sun"].id})
    ]
    early = {**answers, "effective_date": TODAY + timedelta(days=1)}
    assert not list(CustomerAllocation.effects(step, filed("CS-23", **early)))


@pytest.fixture
def shop(context):
    """The small company."""
    return Shop()


def allocated(shop, effective, to="customer_service_officer_2"):
    """An allocation that the officer has accepted."""
    record = shop.submit(
        "CS-23",
        "customer_service_supervisor",
        reason="balancing",
        to_officer=shop.person(to),
        customers=[{"customer": shop.ref(shop.customer(TAIHE))}],
        ability_consideration="熟悉工程机械",
        effective_date=effective,
    )
    return shop.sign(record)


def at_night(shop, day):
    """What the job of the night does as a day begins; how many allocations."""
    return allocations.hand_over(
        datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=7, minutes=50)
    )


@both_databases
def test_on_its_day_the_customers_change_hands_by_themselves(shop):
    first, second = (shop.actor(f"customer_service_officer{end}").id for end in ("", "_2"))
    shop.customer(TAIHE).owner_id = first
    record = allocated(shop, days(2))
    assert at_night(shop, days(1)) == 0
    assert (shop.customer(TAIHE).owner_id, record.step) == (first, "briefing_record")
    assert at_night(shop, days(2)) == 1
    assert shop.customer(TAIHE).owner_id == second
    assert at_night(shop, days(3)) == 0


def test_a_later_allocation_is_not_undone_by_the_rest_of_an_earlier_one(shop):
    first, second = (shop.actor(f"customer_service_officer{end}").id for end in ("", "_2"))
    shop.customer(TAIHE).owner_id = first
    earlier = allocated(shop, TODAY)
    assert shop.customer(TAIHE).owner_id == second
    allocated(shop, TODAY, "customer_service_officer")
    assert shop.customer(TAIHE).owner_id == first
    talk = {"customer": shop.ref(shop.customer(TAIHE)), "sales_person": shop.person("salesperson")}
    told = {"talked_on": TODAY, "details": "设备租赁", "needs": "交货快"}
    shop.sign(earlier, briefings=[{**talk, **told}])
    assert shop.customer(TAIHE).owner_id == first
    assert at_night(shop, days(3)) == 0


def test_its_story_reaches_the_end(officers, owned, worlds, walk):
    world = worlds(3)
    world.customers, world.people = [*owned("sun", 2), *owned(None, 1)], officers
    world.person = lambda role: officers["zhao" if role == "customer_service_officer" else "sun"]
    answers = walk(CustomerAllocation, STORIES["CS-23"], world)
    assert len(answers["briefings"]) == len(answers["customers"])


@pytest.fixture
def walker(app):
    """People who fill in and sign."""
    return Walker(app)


def test_the_officer_looks_after_the_customer_from_acceptance_on(walker):
    number = walker.open("CS-23")
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        answers = record.contents[-1].answers
        to, ids = answers["to_officer"]["id"], [row["customer"]["id"] for row in answers["customers"]]
        assert all(db.session.get_one(Customer, id).owner_id != to for id in ids)
    assert walker.sign(number)
    with walker.app.app_context():
        assert all(db.session.get_one(Customer, id).owner_id == to for id in ids)
        record, task = walker._turn(number)
        assert task.step == "briefing_record"
        assert {holder.key for holder in task.holders} == {f"person:{to}"}
        assert timedelta(days=6, hours=23) < task.due_at - datetime.now(UTC) <= timedelta(days=7)


def test_only_supervisors_and_sales_managers_allocate(walker):
    address = walker.address(FORMS["CS-23"])
    assert walker.browser("sales_manager").get(f"{address}new").status_code == 200
    assert walker.browser("customer_service_officer").get(f"{address}new").status_code == 403


def test_whoever_has_left_may_be_named_as_the_owner_before_and_nowhere_else(walker):
    with walker.app.app_context():
        gone = db.session.scalars(sa.select(Person).where(Person.login == "buyer")).unique().one()
        gone.active, number, label = False, gone.number, gone.label
        db.session.commit()
    browser = walker.browser("sales_manager")
    assert [one["text"] for one in browser.get(f"/pick/person?q={number}&targets=former").json] == [label]
    assert browser.get(f"/pick/person?q={number}").json == []
    with walker.app.test_request_context():
        form = FORMS["CS-23"](MultiDict({"from_person": label, "to_officer": label}))
        assert form.from_person.data.text == label
        assert form.to_officer.data is None
    page = browser.get(f"{walker.address(FORMS['CS-23'])}new").text
    assert "/pick/person?targets=former" in page
