"""What customer service writes down, taken back, put right, named by stages and told twice: nothing is asked for in vain."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.refusal import NotAllowed, NotYourTurn, ReasonMissing
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import load
from portal.lib import clock
from portal.models import Department, Draft, Machine, OutsideLink, Record, RecordLink, Task
from portal.queries import complaints, history
from portal.queries import obligations as queries
from portal.services import corrections, drafts, obligations, outside, records
from portal.services import customers as states
from tests import tables
from tests.forms.customer_service.shop import NOW, SCHOOL, TODAY, Shop, days, wrong
from tests.walk import DRAWING

OFFICER, SUPERVISOR = "customer_service_officer", "customer_service_supervisor"


class Desk(Shop):
    """The people of customer service at work."""

    def withdraw(self, record: Record, login: str = OFFICER) -> None:
        """Takes a record back."""
        corrections.withdraw(record.id, self.actor(login), reason="填错了", now=self.now)
        db.session.flush()

    def take(self, record: Record, code: str, login: str, **more: Any) -> Record:
        """The newest draft of a form that the record has opened becomes a record."""
        draft = self.drafts(record, code)[-1]
        answers = {**load(fields(FORMS[code]()), draft.answers), **more}
        form = self.sheet(code, login, **answers)
        assert not form.errors, form.errors
        made = records.submit(form, self.actor(login), key=draft.key, now=self.now, draft=draft)
        db.session.flush()
        return made

    def again(self, record: Record, login: str = OFFICER, **changed: Any) -> Any:
        """The sheet that reverses a finished record and is filled in anew."""
        given = load(fields(FORMS[record.form_code]()), history.content(record).answers)
        return self.sheet(record.form_code, login, corrects=record, **{**given, **changed})

    def department(self, key: str) -> Any:
        """A department as an answer."""
        row = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
        return self.ref_of(row)

    @staticmethod
    def ref_of(row: Department) -> Any:
        """A department as an answer."""
        return load([{"name": "d", "type": "department"}], {"d": {"id": row.id, "text": row.name}})["d"]

    def complaint(self, **more: Any) -> Record:
        """A complaint that somebody outside customer service has heard first."""
        given = {
            "complainant": "钱卫红", "complainant_phone": "0572-5550101", "intake_point": "service_centre",
            "channel": "telephone", "received_at": self.now - timedelta(minutes=20), "complaint_object": "升降机",
            "first_received_by": self.person("buyer"), "content": "升降机漏油", "demand": "修复",
        }  # fmt: skip
        return self.submit("CS-51", OFFICER, **{**given, **more})

    def closed(self, record: Record) -> Record:
        """The complaint does not hold, which is told, and is closed."""
        self.sign(record, called_back_at=self.now, call_back_result="已安抚")
        self.sign(
            record, demand_understood="修复", confirmed_cause="使用不当", investigation_result="现场查看",
            responsible_party="customer_use",
        )  # fmt: skip
        self.sign(
            record, reason_sufficient=False, demand_reasonable=False, complaint_valid=False,
            polite_reply="感谢反映", replied_at=self.now,
        )  # fmt: skip
        return self.sign(record, report_needed=False, case_needed=False)

    def repair(self, **more: Any) -> Record:
        """A request for repair that is paid for."""
        given = {
            "customer": self.ref(self.customer()), "site_address": "天元街 18 号", "contact_phone": "0572-5550101",
            "site_condition": "升降机停在二层", "intake_point": "after_sales_centre", "intake_way": "telephone",
            "received_at": self.now - timedelta(minutes=10), "receiver": self.person(OFFICER),
            "service_type": "a_fee_service",
        }  # fmt: skip
        return self.submit("CS-76", OFFICER, **{**given, **more})

    def repaired(self, request: Record, **feedback: Any) -> Record:
        """Somebody goes once more, and says how it went."""
        order = self.take(request, "CS-77", OFFICER)
        self.sign(order, technician=self.person("service_technician"), visit_at=self.now)
        self.now += timedelta(hours=1)
        self.sign(order, arrived_at=self.now, finding="油缸密封圈老化", finished_on_spot=True)
        self.sign(request, repair_result="换密封圈", finished_at=self.now, **feedback)
        return order


@pytest.fixture
def desk(context: Flask) -> Desk:
    """Customer service of the small company."""
    return Desk()


def named(record: Record) -> set[int]:
    """What the record's links say that it names."""
    query = sa.select(RecordLink.target_id).where(
        RecordLink.source_id == record.id, RecordLink.kind == "named"
    )
    return set(db.session.scalars(query))


def test_what_a_stage_names_is_linked(desk):
    complaint = desk.complaint()
    note = desk.submit(
        "CS-50", "employee", received_at=NOW, complainant="钱卫红", complainant_phone="0572-5550101",
        channel="telephone", content="漏油",
    )  # fmt: skip
    assert named(note) == set()
    desk.sign(note, registered_as="added_to_an_open_complaint", existing_complaint=desk.ref(complaint))
    assert named(note) == {complaint.id}
    request = desk.repair()
    order = desk.repaired(request, repaired=True)
    assert named(request) == {order.id}


def test_a_repair_in_vain_is_gone_to_until_it_holds(desk):
    request = desk.repair()
    orders = {desk.repaired(request, repaired=False).id for _time in range(2)}
    assert (request.step, request.state) == ("repair_feedback", "running")
    assert wrong(desk.stage(request, repaired=True, repair_result="好", finished_at=desk.now)) == {"repaired"}
    orders.add(desk.repaired(request, repaired=True).id)
    desk.sign(request, visited_at=desk.now, owner_satisfied=False, owner_opinion="又漏了")
    orders.add(desk.repaired(request, repaired=True).id)
    assert len(orders) == 4
    desk.sign(request, visited_at=desk.now, owner_satisfied=True, owner_opinion="好了")
    desk.sign(request)
    assert request.state == "finished"
    assert desk.drafts(request, "CS-77") == [], "nobody is asked to go once more"


def test_nobody_is_sent_for_what_is_over(desk):
    request = desk.repair()
    order = desk.repaired(request, repaired=True)
    desk.sign(request, visited_at=desk.now, owner_satisfied=True, owner_opinion="好了")
    desk.sign(request)
    given = load(fields(FORMS["CS-77"]()), history.content(order).answers)
    assert wrong(desk.sheet("CS-77", OFFICER, **given)) == {"repair_request"}
    assert not desk.again(order).errors, "what was written of it may be put right"


def test_nobody_comes_before_they_are_asked_for(desk):
    request = desk.repair()
    order = desk.take(request, "CS-77", OFFICER)
    desk.sign(order, technician=desk.person("service_technician"), visit_at=desk.now)
    seen = {"finding": "停在二层", "finished_on_spot": True}
    asked_at = desk.now - timedelta(minutes=10)
    assert wrong(desk.stage(order, arrived_at=asked_at - timedelta(minutes=1), **seen)) == {"arrived_at"}
    assert not desk.stage(order, arrived_at=asked_at, **seen).errors


def test_customer_service_visits_whom_it_has_taken_over(desk):
    record = desk.submit(
        "CS-28", OFFICER, customer=desk.ref(desk.customer(SCHOOL)), handed_to_sales=False,
        officer=desk.person(OFFICER), reason="长期无人联系", plan="每月走访",
    )  # fmt: skip
    desk.sign(record, no_arrears=True)
    desk.sign(record, sales_continues=False)
    desk.sign(record)
    met = {"visit_way": "visit", "person_met": "俞老师", "topics": "近况", "visit_result": "愿意恢复"}
    assert wrong(desk.stage(record, visited_on=NOW - timedelta(days=1), **met)) == {"visited_on"}
    assert not desk.stage(record, visited_on=NOW, **met).errors


def test_a_voucher_that_the_customer_refuses_may_be_written_again(desk):
    request = desk.repair()
    order = desk.repaired(request, repaired=True)
    fee = {"service_fee": Decimal(300), "ended_at": desk.now}
    voucher = desk.take(order, "CS-78", "service_technician", **fee)
    given = load(fields(FORMS["CS-78"]()), history.content(voucher).answers)
    assert wrong(desk.sheet("CS-78", "service_technician", **given)) == {"dispatch_order"}
    desk.refuse(voucher)
    assert voucher.state == "refused"
    assert [task.holders[0].key for task in desk.asked(voucher)] == ["role:after_sales_manager"]
    assert not desk.sheet("CS-78", "service_technician", **given).errors


def test_a_call_taken_back_and_told_otherwise_becomes_that(desk):
    given = {
        "kind": "request", "channel": "telephone", "caller": "钱卫红", "caller_phone": "0572-5550101",
        "customer": desk.ref(desk.customer()), "received_at": NOW, "content": "升降机漏油", "content_repeated": True,
        "cannot_be_handled": False, "department_told": desk.department("engineering"),
    }  # fmt: skip
    record = desk.submit("CS-90", OFFICER, **given)
    assert desk.drafts(record, "CS-76") == []
    desk.withdraw(record)
    desk.correct(record, OFFICER, kind="repair", department_told=None)
    assert [draft.answers["site_condition"] for draft in desk.drafts(record, "CS-76")] == ["升降机漏油"]


def test_market_information_that_is_added_later_is_collected(desk):
    record = desk.submit(
        "CS-39", OFFICER, customer=desk.ref(desk.customer()), visit_way="telephone", visited_at=NOW, person="钱卫红",
        reason="routine", satisfaction="neutral", problem_raised=True, problem_description="到货慢",
    )  # fmt: skip
    assert desk.drafts(record, "IC-01") == desk.asked(record) == []
    desk.withdraw(record)
    desk.correct(record, OFFICER, market_information="同行降价")
    assert [*desk.drafts(record, "IC-01"), *desk.asked(record)], (
        "a draft, or a thing to do while it is on paper"
    )


def test_a_visit_is_about_its_own_customer(desk):
    request = desk.repair()
    given = {
        "visit_way": "telephone", "visited_at": desk.now, "person": "俞老师", "reason": "after_repair",
        "satisfaction": "satisfied", "problem_raised": False, "related_record": desk.ref(request),
    }  # fmt: skip
    school = desk.ref(desk.customer(SCHOOL))
    assert wrong(desk.sheet("CS-39", OFFICER, customer=school, **given)) == {"related_record"}
    assert not desk.sheet("CS-39", OFFICER, customer=desk.ref(desk.customer()), **given).errors


def test_a_complaint_put_right_proposes_the_warning_of_whom_it_names_now(desk):
    record = desk.complaint()
    (draft,) = desk.drafts(record, "AD-01")
    assert draft.answers["employee"]["id"] == desk.person("buyer").id
    desk.withdraw(record)
    desk.correct(record, OFFICER, first_received_by=desk.person("foreman"))
    (draft,) = desk.drafts(record, "AD-01")
    assert draft.answers["employee"]["id"] == desk.person("foreman").id


def test_a_complaint_is_about_something(desk):
    form = desk.sheet("CS-51", OFFICER, quantity=Decimal(0))
    assert "quantity" in form.errors
    assert "quantity" not in desk.sheet("CS-51", OFFICER, quantity=Decimal("0.5")).errors


def test_a_known_machine_tells_when_it_was_delivered(desk):
    machine = db.session.scalars(sa.select(Machine).limit(1)).first()
    if machine is None:
        machine = Machine(
            code="HT-0001", name="升降机", product_id=desk.product("M0001").id, state="delivered"
        )
        db.session.add(machine)
    machine.delivered_on = days(-90)
    db.session.flush()
    assert desk.sheet("CS-51", OFFICER, machine_no=f" {machine.code} ").delivery_date.data == days(-90)
    told = desk.sheet("CS-51", OFFICER, machine_no=machine.code, delivery_date=days(-80))
    assert told.delivery_date.data == days(-80), "what somebody says stands"
    assert desk.sheet("CS-51", OFFICER, machine_no="unknown").delivery_date.data is None


def test_r76_the_customer_is_not_called_twice_over_for_a_record_put_right(desk):
    first = desk.closed(desk.complaint())
    called = desk.submit(
        "CS-100", OFFICER, case_record=desk.ref(first), planned_on=TODAY, round=1, called_at=NOW, reached=True,
        problem_recurred=False, satisfaction="satisfied", opinion="好",
    )  # fmt: skip
    assert called.number
    form = desk.again(first, content="升降机漏油，已停用")
    assert not form.errors
    draft = drafts.start("CS-51", desk.actor(OFFICER), "put-right", {}, title="", now=NOW, corrects=first.id)
    db.session.flush()
    second = desk.closed(records.submit(form, desk.actor(OFFICER), key="put-right", now=NOW, draft=draft))
    calls = obligations.OBLIGATIONS["O76"]
    obligations.run(calls, now=NOW)
    assert obligations.run(calls, now=NOW + timedelta(days=7)).made == 0, "the first call was made"
    assert obligations.run(calls, now=NOW + timedelta(days=30)).made == 1
    (task,) = queries.open_tasks(calls)
    assert task.case_name == f"{second.id}:2"


def warned(desk: Desk, complaint: Record, **more: Any) -> Any:
    proof = [{"id": 1, "name": "记录.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}]
    given = {
        "employee": desk.person("buyer"), "complaint": desk.ref(complaint), "received_at": complaint.submitted_at,
        "discovered_on": TODAY, "facts": "没有反馈", "evidence": proof,
    }  # fmt: skip
    return desk.sheet("AD-01", SUPERVISOR, **{**given, **more})


def test_nobody_is_warned_twice_for_the_same(desk):
    complaint = desk.complaint()
    form = warned(desk, complaint)
    assert not form.errors
    by = desk.actor(SUPERVISOR)
    first = Record(
        number="AD-01-2026-9001", key="warned", form_code="AD-01", form_version=complaint.form_version,
        applicant_id=by.id, department_id=by.person.department_id, state="running", submitted_at=NOW, cells={},
    )  # fmt: skip
    db.session.add(first)
    db.session.flush()
    content = history.content(complaint)
    copied = {
        name: getattr(content, name) for name in ("form_version_id", "sha256", "created_by_id", "created_at")
    }
    db.session.add(type(content)(record_id=first.id, version=1, answers=form.dump(), **copied))
    db.session.flush()
    again = warned(desk, complaint)
    assert wrong(again) == {"employee"}
    assert first.number in again.employee.errors[0]
    assert complaints.warning(desk.person("buyer").id, complaint.id, {first.id}) == "", "not by itself"
    assert not warned(desk, complaint, employee=desk.person("foreman")).errors
    first.state = "refused"
    db.session.flush()
    assert not warned(desk, complaint).errors


def test_o64_a_proposed_warning_is_decided_in_two_days_or_put_aside(desk):
    complaint = desk.complaint()
    (draft,) = desk.drafts(complaint, "AD-01")
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    assert task.due_at is not None
    assert task.due_at.date() == days(2)
    with pytest.raises(ReasonMissing):
        obligations.put_aside(task.id, desk.actor(SUPERVISOR), "", now=NOW)
    with pytest.raises(NotYourTurn):
        obligations.put_aside(task.id, desk.actor("warehouse_keeper"), "不归我管", now=NOW)
    other = db.session.scalars(
        sa.select(Task).where(Task.record_id == complaint.id, Task.kind == "sign")
    ).first()
    assert other is not None
    with pytest.raises(NotAllowed):
        obligations.put_aside(other.id, desk.actor(OFFICER), "不想办", now=NOW)
    obligations.put_aside(task.id, desk.actor(SUPERVISOR), "当时已口头报告", now=NOW)
    db.session.flush()
    assert (task.state, task.draft_id, task.put_aside_on) == ("done", None, TODAY)
    assert desk.drafts(complaint, "AD-01") == []


def test_o64_what_was_begun_of_a_warning_put_aside_stays_with_its_writer(desk):
    complaint = desk.complaint()
    (draft,) = desk.drafts(complaint, "AD-01")
    by = desk.actor(SUPERVISOR)
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    drafts.keep(draft.key, "AD-01", by, [["facts", "没有反馈"]], title="", now=NOW)
    obligations.put_aside(task.id, by, "当时已口头报告", now=NOW)
    db.session.flush()
    mine = drafts.mine(draft.key, by)
    assert mine is not None
    assert mine.typed == [["facts", "没有反馈"]]
    drafts.discard(draft.key, by)
    assert db.session.scalar(sa.select(Draft).where(Draft.key == draft.key)) is None


def test_o64_the_inbox_offers_to_put_the_warning_aside(
    app: Flask, desk: Desk, sign_in: Callable[[FlaskClient, str], FlaskClient]
) -> None:
    complaint = desk.complaint()
    (draft,) = desk.drafts(complaint, "AD-01")
    task = db.session.scalars(sa.select(Task.id).where(Task.draft_id == draft.id)).one()
    db.session.commit()
    browser = sign_in(app.test_client(), SUPERVISOR)
    assert f"/obligations/tasks/{task}/put-aside" in browser.get("/").text
    answer = browser.post(f"/obligations/tasks/{task}/put-aside", data={"reason": "当时已口头报告"})
    assert answer.status_code == 303
    assert f"/obligations/tasks/{task}/put-aside" not in browser.get("/").text


def test_r08_r10_what_was_true_then_may_be_put_right_after_an_order(desk):
    school = desk.ref(desk.customer(SCHOOL))
    entry = desk.submit("CS-25", OFFICER, customer=school, planned_call_on=days(2))
    said = {
        "contact_way": "telephone", "contact_person": "俞老师", "content": "近况", "result": "interested",
        "contacted_at": NOW,
    }  # fmt: skip
    contact = desk.submit("CS-27", OFFICER, customer=school, **said)
    desk.customer(SCHOOL).last_order_on = TODAY
    entry.state = contact.state = "finished"
    db.session.flush()
    desk.now += timedelta(days=3)
    anew = desk.again(entry)
    assert not anew.errors
    assert (anew.last_order_on.data, anew.days_without_order.data) == (date(2026, 1, 31), 101)
    assert not desk.again(contact).errors
    assert wrong(desk.sheet("CS-25", OFFICER, customer=school, planned_call_on=days(4))) == {"customer"}
    taihe = desk.ref(desk.customer())
    desk.customer().last_order_on = TODAY
    assert "customer" in wrong(desk.again(entry, customer=taihe)), "of another customer nothing was told"


def test_r11_what_was_true_then_may_be_put_right_after_sales_has_called(desk):
    given = {
        "customer": desk.ref(desk.customer(SCHOOL)), "handed_to_sales": False, "officer": desk.person(OFFICER),
        "reason": "长期无人联系", "plan": "每月走访",
    }  # fmt: skip
    record = desk.submit("CS-28", OFFICER, **given)
    desk.customer(SCHOOL).last_sales_follow_up = NOW
    db.session.flush()
    desk.withdraw(record)
    context = {"@now": NOW, "@record_id": record.id}
    asked_again = FORMS["CS-28"](answers=given, context=context, person=desk.actor(OFFICER))
    asked_again.validate()
    assert set(asked_again.errors) == {"last_sales_follow_up"}, "what is not decided yet looks at today"
    record.state = "finished"
    assert not desk.again(record).errors


def test_r12_who_has_paid_too_much_owes_nothing(desk):
    desk.customer(SCHOOL).arrears = Decimal("-50.00")
    given = {
        "customer": desk.ref(desk.customer(SCHOOL)), "handed_to_sales": False, "officer": desk.person(OFFICER),
        "reason": "长期无人联系", "plan": "每月走访",
    }  # fmt: skip
    assert not desk.sheet("CS-28", OFFICER, **given).errors
    assert obligations.run(obligations.OBLIGATIONS["O11"], now=NOW).made == 1


def test_a_customer_who_says_so_is_given_time_to_order_again(desk):
    said = {
        "customer": desk.ref(desk.customer(SCHOOL)), "contact_way": "telephone", "contact_person": "俞老师",
        "content": "下月恢复订货", "result": "cooperates_again", "contacted_at": NOW,
    }  # fmt: skip

    def after(number: int) -> str:
        states.settle(NOW + timedelta(days=number))
        return str(desk.customer(SCHOOL).status)

    desk.customer(SCHOOL).status = "not_cooperating"
    desk.submit("CS-27", OFFICER, **said)
    assert desk.customer(SCHOOL).status == "cooperating"
    assert [after(number) for number in (1, 7, 8, 31)] == [
        "cooperating",
        "cooperating",
        "quiet",
        "not_cooperating",
    ]
    desk.submit("CS-27", OFFICER, **said)
    assert after(1) == "cooperating"
    desk.submit("CS-27", OFFICER, **{**said, "result": "not_now"})
    assert after(1) == "not_cooperating", "the newest word counts"


@pytest.fixture
def confirming(app: Flask, desk: Desk) -> Callable[[], tuple[str, Record]]:
    """A support request that waits for the customer, and the address of the link that was sent."""

    def make() -> tuple[str, Record]:
        record = desk.submit(
            "CS-01", OFFICER, customer=desk.ref(desk.customer()), contact_person="钱卫红", contact_phone="0572-5550101",
            channel="telephone", received_at=NOW, problem="密码忘了", priority="low",
        )  # fmt: skip
        desk.sign(record, first_answer_text="已重置", solved_remotely=True)
        task = next(one for one in history.open_tasks(record) if one.outside)
        token = outside.make_link(task.id, desk.actor(OFFICER), "qian@taihe.example", now=clock.now())
        db.session.commit()
        return f"/s/{token}", record

    return make


SAID = {"_outside_name": "钱卫红", "_hand-drawn": DRAWING, "solved": "yes"}


def test_a_link_signs_once(
    app: Flask, client: FlaskClient, confirming: Callable[[], tuple[str, Record]]
) -> None:
    address, record = confirming()
    number = record.number
    page = client.get(address)
    assert page.status_code == 200
    seen = re.search(r'name="_seen" value="([0-9a-f]+)"', page.text)
    said = {**SAID, **({"_seen": seen[1]} if seen else {})}
    before = tables.hashes(app)
    empty = client.post(address, data={**said, "solved": ""})
    assert empty.status_code == 422
    assert "请选择“是否解决”" in empty.text
    assert 'value="钱卫红"' in empty.text, "nothing typed is lost"
    assert tables.changed(before, tables.hashes(app)) == []
    assert client.post(address, data=said).status_code == 200
    after = tables.hashes(app)
    for again in (client.get(address), client.post(address, data=said)):
        assert again.status_code == 410
        assert "已经使用过或已失效" in again.text
    assert tables.changed(after, tables.hashes(app)) == []
    step = db.session.scalar(sa.select(Record.step).where(Record.number == number))
    assert step == "close"


def test_a_link_ends_after_a_week(
    app: Flask, client: FlaskClient, confirming: Callable[[], tuple[str, Record]]
) -> None:
    address, _record = confirming()
    link = db.session.scalars(sa.select(OutsideLink)).one()
    link.expires_at = clock.now() - timedelta(minutes=1)
    db.session.commit()
    before = tables.hashes(app)
    for answer in (client.get(address), client.post(address, data=SAID)):
        assert answer.status_code == 410
        assert "已经使用过或已失效" in answer.text
    assert tables.changed(before, tables.hashes(app)) == []
