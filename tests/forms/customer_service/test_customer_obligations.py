"""The obligations of customer service: each arises, is taken up from its draft, is kept, falls away, is missed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition, fields
from portal.forms.duties import OBLIGATIONS
from portal.forms.kinds import Ref, load
from portal.models import (
    Content,
    LedgerEntry,
    Notice,
    ObligationRun,
    Person,
    Record,
    RecordSubject,
    RoleGrant,
    Signature,
    Task,
    TaskHolder,
)
from portal.queries import obligations as queries
from portal.services import content, obligations, records
from tests.forms.customer_service.shop import NOW, SCHOOL, TAIHE, TODAY, Shop, days

OFFICER, SECOND = "customer_service_officer", "customer_service_officer_2"
CASES = ("O01", "O05", "O08", "O10", "O11", "O76", "OS-07", "OS-08", "OS-09", "OS-10", "OS-26")


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A clock time of the company's day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


class Duties(Shop):
    """The small company, with its obligations looked after when a test says so."""

    def run(self, key: str, now: datetime = NOW) -> obligations.Outcome:
        """Looks after one obligation; what happened."""
        found = obligations.run(OBLIGATIONS[key], now=now)
        db.session.flush()
        return found

    def since(self, key: str, day: date) -> None:
        """The obligation counts from this day on."""
        db.session.add(ObligationRun(key=key, since=day, ran_at=at(day)))
        db.session.flush()

    def waiting(self, key: str) -> list[Task]:
        """The tasks of the obligation that wait for somebody."""
        return queries.open_tasks(OBLIGATIONS[key])

    def only(self, key: str) -> Task:
        """The one task of the obligation that waits."""
        (task,) = self.waiting(key)
        return task

    def held(self, task: Task) -> set[str]:
        """Whose task it is: logins and roles."""
        kinds = [holder.key.partition(":") for holder in task.holders]
        return {
            db.session.get_one(Person, int(rest)).login if kind == "person" else rest
            for kind, _colon, rest in kinds
        }

    def answers(self, task: Task) -> dict[str, Any]:
        """The typed answers with which the draft of a task begins."""
        assert task.draft is not None
        return load(fields(FORMS[task.form_code]()), task.draft.answers)

    def state(self, task: Task) -> str:
        """How a task stands now."""
        return str(db.session.scalar(sa.select(Task.state).where(Task.id == task.id)))

    def told(self) -> set[str]:
        """Who has been told of a breach."""
        query = sa.select(Person.login).join(Notice, Notice.person_id == Person.id)
        return set(db.session.scalars(query.where(Notice.kind == "obligation_missed")))

    def record(
        self,
        code: str,
        answers: dict[str, Any],
        when: datetime,
        login: str = OFFICER,
        state: str = "finished",
    ) -> Record:
        """A record as it stands after its route, put into the books."""
        self.count = getattr(self, "count", 0) + 1
        sheet = FORMS[code](answers=answers)
        record = Record(
            number=f"{code}-2026-9{self.count:03d}", key=f"put-{code}-{self.count}", form_code=code,
            form_version=content.form_version(FORMS[code], when), applicant_id=self.actor(login).id,
            department_id=self.actor(login).person.department_id, state=state, submitted_at=when, cells={},
            closed_at=when if state == "finished" else None,
        )  # fmt: skip
        db.session.add(record)
        db.session.flush()
        stored = {name: value for name, value in sheet.dump().items() if value is not None}
        db.session.add(
            Content(
                record_id=record.id,
                version=1,
                form_version_id=record.form_version_id,
                answers=stored,
                sha256="0" * 64,
                created_by_id=record.applicant_id,
                created_at=when,
            )
        )
        for name, given in answers.items():
            if name == "customer":
                db.session.add(RecordSubject(kind="customer", row_id=given.id, record_id=record.id))
        content.link_named(record, definition(FORMS[code])["fields"], stored)
        db.session.flush()
        return record

    def signature(self, record: Record, step: str, when: datetime, **answers: Any) -> None:
        """A step of a record that was signed."""
        db.session.add(
            Signature(
                record_id=record.id,
                version=1,
                round=1,
                step=step,
                act="signed",
                meaning="approved",
                person_id=record.applicant_id,
                authority={},
                form_version_id=record.form_version_id,
                answers=answers,
                content_sha256="0" * 64,
                sha256="0" * 64,
                signed_at=when,
            )
        )
        db.session.flush()

    def line(self, ledger: str, record: Record, code: str = TAIHE, **facts: Any) -> LedgerEntry:
        """A line of a ledger about a customer."""
        line = LedgerEntry(
            ledger=ledger, facts=facts, customer_id=self.customer(code).id, record_id=record.id,
            posted_by_id=record.applicant_id, posted_at=record.submitted_at,
        )  # fmt: skip
        db.session.add(line)
        db.session.flush()
        return line

    def take(self, form: Any, task: Task) -> Record:
        """The record into which the draft of a task is made."""
        assert task.draft is not None
        by = self.actor(OFFICER)
        record = records.submit(form, by, key=task.draft.key, now=self.now, draft=task.draft)
        db.session.flush()
        return record

    def asked_of(self, login: str) -> list[Task]:
        """The things to do, besides routes and obligations, that wait for a person."""
        mine = TaskHolder.key == f"person:{self.actor(login).id}"
        query = sa.select(Task).join(TaskHolder).where(mine, Task.kind == "ask", Task.state == "open")
        return list(db.session.scalars(query).unique())

    def taihe(self) -> Ref:
        """湖州泰和 as an answer."""
        found: Ref = self.ref(self.customer(TAIHE))
        return found

    def school(self) -> Ref:
        """长兴二中 as an answer."""
        found: Ref = self.ref(self.customer(SCHOOL))
        return found


@pytest.fixture
def duties(context: Flask) -> Duties:
    """The company's obligations."""
    return Duties()


@pytest.fixture
def page(app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> Callable[[Task, str], str]:
    """What somebody sees who takes a task up; they are told politely if that does not work."""

    def look(task: Task, login: str) -> str:
        assert task.draft is not None
        form = FORMS[task.form_code]
        address = f"/{form.department_key.replace('_', '-')}/{form.slug}/new?draft={task.draft.key}"
        db.session.commit()
        answer = sign_in(app.test_client(), login).get(address)
        assert answer.status_code == 200, answer.text[:300]
        return answer.text

    return look


def test_every_one_that_comes_by_its_case_is_tried_here() -> None:
    mine = {one.key for one in OBLIGATIONS.values() if one.department == "customer_service" and one.cases}
    assert mine == set(CASES)


def test_o01_the_system_is_revised_a_year_after_it_was_approved(duties, page):
    first = duties.record("CS-02", {"kind": "first_issue"}, at(date(2025, 6, 1)))
    duties.signature(first, "gm_approval", at(date(2025, 6, 1)))
    assert duties.run("O01", at(date(2026, 5, 1))).made == 0
    duties.run("O01", at(date(2026, 5, 2)))
    task = duties.only("O01")
    assert duties.held(task) == {"customer_service_director"}
    assert task.due_at == at(date(2026, 6, 1), 23, 59)
    assert duties.answers(task)["kind"] == "annual_revision"
    assert "客户服务体系审批表" in page(task, "customer_service_director")
    assert duties.run("O01", at(date(2026, 6, 2))).missed == 1
    assert duties.told() == {"general_manager"}
    revision = duties.record("CS-02", {"kind": "annual_revision"}, at(date(2026, 6, 3)))
    duties.signature(revision, "gm_approval", at(date(2026, 6, 3)))
    duties.run("O01", at(date(2026, 6, 4)))
    assert duties.state(task) == "done"
    assert duties.waiting("O01") == []


def test_o05_every_officer_takes_out_what_is_new(duties, page):
    duties.since("O05", days(-1))
    duties.run("O05", at(TODAY, 7, 59))
    assert {task.case_name.partition(":")[2] for task in duties.waiting("O05")} == {"2026-05-11"}
    duties.run("O05", at(TODAY, 8))
    today = [task for task in duties.waiting("O05") if task.case_name.endswith(f"{TODAY}")]
    assert sorted(login for task in today for login in duties.held(task)) == [OFFICER, SECOND]
    mine = next(task for task in today if duties.held(task) == {OFFICER})
    assert mine.due_at == at(TODAY, 18)
    assert duties.answers(mine)["extract_date"] == TODAY
    assert "客户信息档案每日提取表" in page(mine, OFFICER)
    duties.record("CS-20", {"extract_date": TODAY, "officer": duties.person(OFFICER)}, NOW)
    duties.run("O05", at(TODAY, 18))
    assert duties.state(mine) == "done"
    assert duties.told() == {"customer_service_supervisor", "customer_service_supervisor_2"}, "of Monday"
    db.session.execute(sa.delete(Notice))
    duties.run("O05", at(days(1), 8, 29))
    assert duties.told() == set()
    duties.run("O05", at(days(1), 8, 30))
    assert duties.told(), "the next morning, of the second officer's Tuesday"


def test_o05_who_extracts_for_a_colleague_still_owes_their_own(duties):
    duties.since("O05", TODAY)
    duties.run("O05", at(TODAY, 8))
    tasks = {login: task for task in duties.waiting("O05") for login in duties.held(task)}
    duties.record("CS-20", {"extract_date": TODAY, "officer": duties.person(OFFICER)}, NOW, SECOND)
    duties.run("O05", at(TODAY, 18))
    assert duties.state(tasks[OFFICER]) == "done", "a substitute has done it"
    assert duties.state(tasks[SECOND]) == "open"


def test_o05_nobody_owes_the_days_before_they_were_an_officer(duties):
    duties.since("O05", days(-8))
    grants = sa.select(RoleGrant).where(RoleGrant.person_id == duties.actor(SECOND).id)
    db.session.scalars(grants).one().starts_on = TODAY
    db.session.flush()
    duties.run("O05")
    owed = [task.case_name for task in duties.waiting("O05") if duties.held(task) == {SECOND}]
    assert owed == [f"{duties.actor(SECOND).id}:{TODAY}"]


def test_o05_the_day_before_a_long_holiday_is_told_when_work_begins_again(duties):
    duties.since("O05", date(2026, 2, 14))  # a working Saturday before nine days off
    duties.run("O05", at(date(2026, 2, 14), 18))
    assert len(duties.waiting("O05")) == 2
    assert duties.run("O05", at(date(2026, 2, 24), 8, 29)).total == 2, "what is owed of the new day"
    assert duties.run("O05", at(date(2026, 2, 24), 8, 30)).missed == 2
    assert duties.told() == {"customer_service_supervisor", "customer_service_supervisor_2"}


def test_o05_rests_on_days_off(duties):
    duties.since("O05", date(2026, 5, 9))  # a Saturday on which the company works, then a Sunday
    duties.run("O05", at(date(2026, 5, 10)))
    assert {task.case_name.partition(":")[2] for task in duties.waiting("O05")} == {"2026-05-09"}


def test_o08_who_has_not_ordered_for_a_week_is_entered(duties, page):
    duties.customer(SCHOOL).status = "ended"
    duties.customer(TAIHE).last_order_on = days(-7)
    assert duties.run("O08").made == 0
    duties.run("O08", at(days(1)))
    task = duties.only("O08")
    assert duties.held(task) == {OFFICER}
    assert duties.answers(task) == {"customer": duties.taihe()}
    assert "湖州泰和" in page(task, OFFICER)
    assert duties.run("O08", at(days(8), 23)).missed == 0
    assert duties.run("O08", at(days(8), 23, 59)).missed == 1
    duties.now = at(days(9))
    duties.submit("CS-25", OFFICER, customer=duties.taihe(), planned_call_on=days(10))
    duties.run("O08", duties.now)
    assert duties.state(task) == "done"


def test_o08_an_order_calls_it_off(duties):
    duties.customer(SCHOOL).status = "ended"
    duties.run("O08")
    task = duties.only("O08")
    duties.customer(TAIHE).last_order_on = TODAY
    duties.run("O08")
    assert duties.state(task) == "cancelled"


def test_o08_an_entry_that_is_given_up_is_owed_again(duties):
    duties.customer(SCHOOL).status = "ended"
    duties.run("O08")
    form = duties.sheet("CS-25", OFFICER, customer=duties.taihe(), planned_call_on=days(1))
    task = duties.only("O08")
    record = duties.take(form, task)
    assert duties.state(task) == "done"
    assert duties.run("O08").total == 0
    record.state = "voided"
    assert duties.run("O08").made == 1
    assert duties.run("O08").made == 0
    assert duties.only("O08").case_round == 2


def test_o08_the_customer_of_somebody_who_has_left_is_any_officers(duties):
    duties.customer(SCHOOL).status = "ended"
    owner = duties.customer(TAIHE).owner
    assert owner is not None
    owner.active = False
    db.session.flush()
    duties.run("O08")
    assert duties.held(duties.only("O08")) == {OFFICER}
    assert duties.only("O08").holders[0].key == f"role:{OFFICER}"


def test_o10_who_orders_no_more_is_spoken_to_twice_a_month(duties, page):
    duties.since("O10", date(2026, 5, 1))
    duties.run("O10")
    one, two = duties.waiting("O10")
    assert {one.case_name, two.case_name} == {f"{duties.school().id}:2026-05:{n}" for n in (1, 2)}
    assert duties.held(one) == duties.held(two) == {SECOND}
    assert (one.due_at, two.due_at) == (at(date(2026, 5, 15), 23, 59), at(date(2026, 5, 31), 23, 59))
    assert "长兴县第二中学" in page(one, SECOND)
    said = {
        "customer": duties.school(), "contact_way": "telephone", "contact_person": "俞老师",
        "content": "了解近况", "result": "not_now", "contacted_at": NOW - timedelta(hours=1),
    }  # fmt: skip
    duties.submit("CS-27", SECOND, **said)
    duties.run("O10")
    assert [duties.state(task) for task in (one, two)] == ["done", "open"]
    assert duties.run("O10", at(date(2026, 5, 20), 23, 59)).missed == 0
    duties.customer(TAIHE).last_order_on = date(2026, 5, 20)
    duties.run("O10", at(date(2026, 6, 1), 0, 30))
    assert duties.told() == {"customer_service_supervisor", "customer_service_supervisor_2"}
    assert len(duties.waiting("O10")) == 3, "and two of June"


def test_o10_nobody_is_told_before_the_twentieth(duties):
    duties.since("O10", date(2026, 5, 1))
    duties.run("O10")
    assert duties.run("O10", at(date(2026, 5, 20), 23, 58)).missed == 0
    assert duties.run("O10", at(date(2026, 5, 20), 23, 59)).missed == 1
    duties.customer(SCHOOL).last_order_on = date(2026, 5, 20)
    assert duties.run("O10", at(date(2026, 5, 21))).ended == 2, "an order ends it"


@pytest.mark.parametrize(
    "spoken", [date(2025, 12, 31), date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 11)]
)
def test_o11_is_offered_on_the_first_day_on_which_the_form_lets_it(duties, spoken):
    duties.customer(TAIHE).last_sales_follow_up = at(TODAY)
    duties.customer(SCHOOL).last_sales_follow_up = at(spoken)
    answers = {
        "customer": duties.school(), "handed_to_sales": False, "officer": duties.person(SECOND),
        "reason": "长期无人联系", "plan": "每月走访",
    }  # fmt: skip
    day = spoken + timedelta(days=56)
    while True:
        duties.now = at(day)
        allowed = not duties.sheet("CS-28", SECOND, **answers).errors
        assert bool(duties.run("O11", duties.now).made) == allowed, day
        if allowed:
            break
        day += timedelta(days=1)
    assert day > spoken + timedelta(days=58)


def test_o11_is_kept_by_the_registration_and_rests_when_put_aside(duties, page):
    duties.run("O11")
    task = duties.only("O11")
    assert duties.held(task) == {"customer_service_supervisor"}
    assert task.due_at is None
    assert "长兴县第二中学" in page(task, "customer_service_supervisor")
    by = duties.actor("customer_service_supervisor")
    obligations.put_aside(task.id, by, "暑假前再议", now=NOW)
    assert duties.run("O11", at(days(29))).made == 0
    assert duties.run("O11", at(days(30))).made == 1
    duties.now = at(days(30))
    record = duties.submit(
        "CS-28", OFFICER, customer=duties.school(), handed_to_sales=False, officer=duties.person(SECOND),
        reason="长期无人联系", plan="每月走访",
    )  # fmt: skip
    assert duties.run("O11", duties.now).ended == 1
    duties.refuse(record)
    assert duties.run("O11", at(days(31))).made == 0, "finance has said no"


@pytest.mark.parametrize(
    "changed", [{"arrears": 1}, {"follow_up_by": "customer_service"}, {"status": "ended"}]
)
def test_o11_r12_falls_away(duties, changed):
    duties.run("O11")
    task = duties.only("O11")
    for name, value in changed.items():
        setattr(duties.customer(SCHOOL), name, value)
    duties.run("O11")
    assert duties.state(task) == "cancelled"


@pytest.mark.parametrize("code", ["CS-51", "CS-76"])
def test_o76_the_customer_is_called_after_the_close(duties, page, code):
    duties.since("O76", TODAY)
    case = duties.record(code, {"customer": duties.taihe()}, NOW)
    case.closed_at = NOW
    db.session.flush()
    assert duties.run("O76", at(days(4))).made == 0
    duties.run("O76", at(days(5)))
    task = duties.only("O76")
    assert duties.held(task) == {OFFICER}
    begun = duties.answers(task)
    assert (begun["planned_on"], begun["round"], begun["customer"]) == (days(7), 1, duties.taihe())
    assert case.number in page(task, SECOND)
    assert duties.run("O76", at(days(8))).missed == 1
    assert duties.told() == {"customer_service_supervisor", "customer_service_supervisor_2"}
    duties.now = at(days(8))
    form = duties.sheet(
        "CS-100", OFFICER, **begun, called_at=duties.now, reached=True, problem_recurred=False,
        satisfaction="satisfied", opinion="好",
    )  # fmt: skip
    assert not form.errors
    duties.take(form, task)
    duties.run("O76", at(days(28)))
    second = duties.only("O76")
    assert duties.answers(second)["round"] == 2
    case.corrects_id = None
    case.state = "voided"
    db.session.flush()
    duties.run("O76", at(days(29)))
    assert duties.state(second) == "cancelled"


def test_os07_a_licence_is_renewed_before_it_ends(duties, page):
    duties.since("OS-07", TODAY)
    filed = duties.record("CS-36", {"customer": duties.taihe()}, NOW)
    duties.line("customer_papers", filed, paper="营业执照", expires_on=str(days(40)))
    duties.line("customer_papers", filed, paper="补加合同", expires_on=str(days(40)))
    assert duties.run("OS-07", at(days(9))).made == 0
    duties.run("OS-07", at(days(10)))
    task = duties.only("OS-07")
    assert duties.held(task) == {SECOND}, "who keeps the customer's papers"
    begun = duties.answers(task)
    assert (begun["customer"], begun["customer_kind"]) == (duties.taihe(), "existing_customer")
    assert [row["paper"] for row in begun["paper_rows"]] == ["营业执照"]
    assert 'value="营业执照"' in page(task, SECOND)
    assert duties.run("OS-07", at(days(41))).missed == 1
    assert duties.told() == {"customer_service_director"}
    duties.line("customer_papers", filed, paper="营业执照", expires_on="")
    duties.run("OS-07", at(days(41)))
    assert duties.state(task) == "done", "the new one does not expire"


def warranty(
    duties: Duties, end: date, project: str = "泰和写字楼装修工程 P0001", id: int = 1
) -> LedgerEntry:
    """A warranty of 湖州泰和."""
    record = duties.record("CS-71", {"customer": duties.taihe()}, NOW, login="after_sales_manager")
    return duties.line("warranty", record, project=project, project_id=id, start=str(TODAY), end=str(end))


def offer(duties: Duties, when: datetime, state: str = "running", **answers: Any) -> Record:
    """A maintenance contract that is offered."""
    given = {"customer": duties.taihe(), **answers}
    return duties.record("CS-73", given, when, login="after_sales_manager", state=state)


def test_os08_a_contract_is_offered_before_the_warranty_ends(duties, page):
    duties.since("OS-08", TODAY)
    warranty(duties, days(100))
    assert duties.run("OS-08", at(days(39))).made == 0
    duties.run("OS-08", at(days(40)))
    task = duties.only("OS-08")
    assert duties.held(task) == {"after_sales_manager"}
    begun = duties.answers(task)
    assert (begun["origin"], begun["start_date"]) == ("end_of_warranty", days(101))
    assert begun["project"] == Ref(1, "泰和写字楼装修工程 P0001")
    assert "泰和写字楼装修工程" in page(task, "after_sales_manager")
    offer(duties, at(days(41)), origin="new_service")
    offer(duties, at(days(41)), origin="end_of_warranty", project=Ref(2, "泰和物业官网 P0002"))
    duties.run("OS-08", at(days(42)))
    assert duties.state(task) == "open", "another matter, another project"
    assert duties.run("OS-08", at(days(101))).missed == 1
    refused = offer(duties, at(days(101)), origin="end_of_warranty", state="refused")
    assert refused.state == "refused"
    duties.run("OS-08", at(days(102)))
    assert duties.state(task) == "done", "lost is an outcome"


def test_os08_a_corrected_warranty_is_asked_for_no_more(duties):
    duties.since("OS-08", TODAY)
    old = warranty(duties, days(50))
    duties.run("OS-08")
    task = duties.only("OS-08")
    new = duties.record("CS-71", {"customer": duties.taihe()}, NOW, login="after_sales_manager")
    new.corrects_id = old.record_id
    db.session.flush()
    duties.run("OS-08")
    assert duties.state(task) == "cancelled"


def contract(duties: Duties, start: date, end: date, outcome: str = "signed", yearly: int = 4) -> Record:
    """A maintenance contract of 湖州泰和, as far as it came."""
    record = offer(
        duties, NOW, "finished", origin="new_service", scope="中央空调每季保养", visits_per_year=yearly,
        project=Ref(1, "泰和写字楼装修工程 P0001"),
    )  # fmt: skip
    duties.line(
        "service_contracts", record, contract_no="BY-1", project="泰和写字楼装修工程 P0001", start=str(start),
        end=str(end), visits_per_year=yearly, outcome=outcome, supplement=False,
    )  # fmt: skip
    return record


def test_os09_a_contract_is_renewed_before_it_ends(duties, page):
    duties.since("OS-09", TODAY)
    main = contract(duties, TODAY, days(100))
    contract(duties, TODAY, days(100), outcome="lost")
    duties.line(
        "service_contracts", main, start=str(TODAY), end=str(days(100)), outcome="signed", supplement=True
    )
    assert duties.run("OS-09", at(days(39))).made == 0
    duties.run("OS-09", at(days(40)))
    task = duties.only("OS-09")
    begun = duties.answers(task)
    assert (begun["origin"], begun["start_date"]) == ("contract_renewal", days(101))
    assert (begun["scope"], begun["visits_per_year"]) == ("中央空调每季保养", 4)
    assert "中央空调每季保养" in page(task, "after_sales_manager")
    assert duties.run("OS-09", at(days(101))).missed == 1
    assert duties.told() == {"customer_service_director"}
    offer(duties, at(days(101)), origin="contract_renewal")
    duties.run("OS-09", at(days(102)))
    assert duties.state(task) == "done"


def test_os10_the_visits_of_a_contract_are_made(duties, page):
    duties.since("OS-10", TODAY)
    main = contract(duties, TODAY, date(2027, 5, 11))
    contract(duties, TODAY, date(2027, 5, 11), outcome="postponed")
    first = date(2026, 8, 12)
    assert duties.run("OS-10", at(first - timedelta(days=16))).made == 0
    duties.run("OS-10", at(first - timedelta(days=15)))
    task = duties.only("OS-10")
    assert duties.held(task) == {OFFICER}
    begun = duties.answers(task)
    assert begun["service_type"] == "b_contract_service"
    assert (begun["site_condition"], begun["contact_phone"]) == ("中央空调每季保养", "0572-5550101")
    assert begun["site_address"] == "湖州市吴兴区天元街 18 号"
    assert "中央空调每季保养" in page(task, OFFICER)
    assert duties.run("OS-10", at(first + timedelta(days=1))).missed == 1
    assert duties.told() == {"after_sales_manager"}
    made = {"customer": duties.taihe(), "service_contract": duties.ref(main)}
    duties.record("CS-76", made, at(first + timedelta(days=30)))
    duties.run("OS-10", at(first + timedelta(days=31)))
    assert duties.state(task) == "done", "late, but made"
    following = date(2026, 11, 12)
    duties.run("OS-10", at(following))
    assert duties.only("OS-10").case_name == f"{main.id}:2"
    duties.record("CS-76", made, at(following, 0, 30))
    duties.run("OS-10", at(following))
    assert duties.waiting("OS-10") == []


def test_os26_what_was_promised_is_followed_up(duties, page):
    said = {
        "customer": duties.school(), "follow_up_way": "telephone", "person_followed_up": "俞老师",
        "details": "下周再谈", "result": "to_go_on", "kind": "ordinary",
    }  # fmt: skip
    duties.submit("CR-03", "salesperson", **said, followed_up_at=NOW, next_follow_up_on=days(7))
    assert duties.run("OS-26", at(days(5))).made == 0
    duties.run("OS-26", at(days(6)))
    task = duties.only("OS-26")
    assert duties.held(task) == {"salesperson"}
    assert task.due_at == at(days(7), 23, 59)
    assert duties.answers(task) == {"customer": duties.school()}
    assert "长兴县第二中学" in page(task, "salesperson")
    assert duties.run("OS-26", at(days(8))).missed == 1
    assert duties.told() == {"sales_manager"}
    duties.now = at(days(8))
    duties.submit("CR-03", "salesperson", **said, followed_up_at=duties.now)
    duties.run("OS-26", duties.now)
    assert duties.state(task) == "done"
    assert duties.asked_of("salesperson") == [], "nothing else asks for the same"


def test_os26_asks_for_the_next_talk_and_visit_too(duties):
    duties.record(
        "CS-27",
        {"customer": duties.school(), "month": "2026-05", "next_contact_on": days(1)},
        NOW,
        login=SECOND,
    )
    taken = duties.record("CS-28", {"customer": duties.taihe()}, NOW - timedelta(days=9), state="finished")
    duties.record("CR-03", {"customer": duties.taihe()}, NOW - timedelta(days=2))
    duties.signature(taken, "visit_record", NOW - timedelta(days=1), next_visit_on=str(days(1)))
    duties.run("OS-26")
    assert {tuple(duties.held(task)) for task in duties.waiting("OS-26")} == {(SECOND,), (OFFICER,)}
    duties.record("CR-03", {"customer": duties.taihe()}, NOW)
    assert duties.run("OS-26").ended == 1


WATCHED = {
    "O03": {("CS-02", "training")},
    "O07": {("CS-23", "briefing_record")},
    "O09": {("CS-25", "phone_visit")},
    "O13": {("CS-36", ""), ("CS-36", "file_made")},
    "O18": {("CS-39", "issue_handling")},
    "O19": {("CS-39", "escalation")},
    "O20": {("CS-39", "cross_department")},
    "O63": {("CS-50", "centre_receipt")},
    "O64": {("AD-01", ""), ("AD-01", "administration_decision")},
    "O65": {("CS-51", "call_back")},
    "O67": {("CS-51", "overdue_tracking")},
    "O68": {("CS-59", ""), ("CS-59", "to_customer")},
    "O76": {("CS-100", "call_again")},
    "OS-06": {("CS-36", "")},
}


def test_the_others_watch_turns_of_their_forms() -> None:
    mine = [one for one in OBLIGATIONS.values() if one.department == "customer_service" and one.turns]
    assert {one.key: {(turn.form, turn.step) for turn in one.turns} for one in mine} == WATCHED
    for one in mine:
        for turn in one.turns:
            route = FORMS[turn.form].signoff
            assert not turn.step or turn.step in {part.key for part in (*route.steps, *route.entries)}
        assert one.missed, one.key


@pytest.mark.parametrize(
    ("key", "form", "step"), [(k, f, s) for k, found in WATCHED.items() for f, s in found if s]
)
def test_a_watched_turn_that_is_late_is_told(duties, key, form, step):
    record = duties.record(form, {}, NOW, state="running")
    kind = "entry" if step in {entry.key for entry in FORMS[form].signoff.entries} else "sign"
    task = Task(
        kind=kind, form_code=form, record_id=record.id, step=step, state="open", created_at=NOW,
        due_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    assert duties.run(key, NOW + timedelta(minutes=59)).missed == 0
    assert duties.run(key, NOW + timedelta(hours=1)).missed == 1
    assert duties.told()
