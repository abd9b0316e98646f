"""A year of a small company, day by day: what the obligations make, remind, miss and end is what a plain model says.

Customers order, fall silent and come back; officers do some of what is asked of them; the jobs stand still for
days now and then. The model knows the rules as the procedures tell them and nothing of the database.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from chinese_calendar import is_workday
from flask import Flask

from portal.database import transaction
from portal.domain.effects import Closes
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.duties import OBLIGATIONS
from portal.forms.kinds import Ref, load
from portal.lib.clock import ZONE
from portal.models import Customer, Notice, Person, Record, RoleGrant, Task
from portal.queries import follow_ups, history
from portal.queries.actors import Actor, actor
from portal.services import audit, drafts, master, obligations, records, route, signing
from portal.services.signatures import Hand

FIRST, LAST = date(2025, 12, 15), date(2026, 12, 14)
KEYS = ("O05", "O08", "O09", "O10", "O11")
LOOKS = (time(8, 5), time(18, 5))


def at(day: date, clock: time = time(23, 59)) -> datetime:
    return datetime.combine(day, clock, ZONE)


def working(day: date, ahead: int = 0) -> date:
    """The first working day not before this one, then so many further."""
    while not is_workday(day):
        day += timedelta(days=1)
    for _step in range(ahead):
        day = working(day + timedelta(days=1))
    return day


def two_months_after(day: date) -> date:
    """The same day two months on, or the last one of a month that is shorter."""
    first = (day.replace(day=1) + timedelta(days=70)).replace(day=1)
    length = ((first + timedelta(days=32)).replace(day=1) - first).days
    return first.replace(day=min(day.day, length))


@dataclass
class Case:
    """What the rules say of a case at a moment."""

    due: datetime | None
    missed_at: datetime | None
    kept: bool = False


@dataclass
class Asked:
    """What has become of a task, as the model has it."""

    made: datetime
    reminded: datetime | None = None
    missed: datetime | None = None
    state: str = "open"
    ended: datetime | None = None
    aside: date | None = None


@dataclass
class Model:
    """The company on paper."""

    officers: list[int]
    ordered: dict[int, date]
    spoken: dict[int, datetime]  # when sales spoke to a customer last
    entries: dict[int, list[date]] = field(default_factory=lambda: defaultdict(list))
    contacts: dict[tuple[int, str], int] = field(default_factory=lambda: defaultdict(int))
    extracts: set[tuple[int, date]] = field(default_factory=set)
    visits: dict[int, tuple[datetime, datetime | None]] = field(default_factory=dict)  # record: due, signed
    tasks: dict[tuple[str, str, int], Asked] = field(default_factory=dict)
    late_visits: dict[int, datetime] = field(default_factory=dict)

    def look(self, now: datetime) -> None:
        """What the jobs should do at this moment."""
        today = now.date()
        for key, cases in (
            ("O05", self.extract(now, today)),
            ("O08", self.no_order(today)),
            ("O10", self.monthly(today)),
            ("O11", self.offers(today)),
        ):
            self.compare(key, cases, now)
        for record, (due, signed) in self.visits.items():
            if signed is None and due <= now:
                self.late_visits.setdefault(record, now)

    def compare(self, key: str, cases: dict[str, Case], now: datetime) -> None:
        for name, case in cases.items():
            before = [asked for (one, of, _round), asked in self.tasks.items() if (one, of) == (key, name)]
            rested = before and before[-1].aside and before[-1].aside + timedelta(days=30) <= now.date()
            if not case.kept and (not before or rested):
                self.tasks[key, name, len(before) + 1] = Asked(now)
        for (one, name, _round), asked in self.tasks.items():
            if one != key or asked.state != "open":
                continue
            found = cases.get(name)
            if found is None or found.kept:
                asked.state, asked.ended = ("done" if found else "cancelled"), now
                continue
            if found.due and found.due <= now and asked.reminded is None:
                asked.reminded = now
            if found.missed_at and found.missed_at <= now and asked.missed is None:
                asked.missed = now

    def extract(self, now: datetime, today: date) -> dict[str, Case]:
        days = [today - timedelta(days=n) for n in range(7, -1, -1)]
        return {
            f"{officer}:{day}": Case(
                at(day, time(18)), at(working(day + timedelta(days=1)), time(8, 30)), (officer, day) in self.extracts
            )
            for day in days
            if day >= FIRST and is_workday(day) and now >= at(day, time(8))
            for officer in self.officers
        }  # fmt: skip

    def no_order(self, today: date) -> dict[str, Case]:
        found = {}
        for customer, last in self.ordered.items():
            if (today - last).days > 7:
                seen = max(FIRST, last + timedelta(days=8))
                kept = any(day > last for day in self.entries[customer])
                due = at(working(seen), time(18))
                found[f"{customer}:{last}"] = Case(due, at(seen + timedelta(days=7)), kept)
        return found

    def monthly(self, today: date) -> dict[str, Case]:
        found = {}
        for month in {today.replace(day=1), (today.replace(day=1) - timedelta(days=1)).replace(day=1)}:
            end = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
            if end < FIRST or today > end + timedelta(days=7):
                continue
            for customer, last in self.ordered.items():
                if (month - last).days > 30:
                    count = self.contacts[customer, f"{month:%Y-%m}"]
                    name = f"{customer}:{month:%Y-%m}"
                    first = Case(at(month.replace(day=15)), at(month.replace(day=20)), count >= 1)
                    found |= {f"{name}:1": first, f"{name}:2": Case(at(end), at(end), count >= 2)}
        return found

    def offers(self, today: date) -> dict[str, Case]:
        return {
            f"{customer}:{spoken.astimezone(ZONE).date()}": Case(None, None)
            for customer, spoken in self.spoken.items()
            if two_months_after(spoken.astimezone(ZONE).date()) < today
        }


class Company:
    """The portal, and people who work in it."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        with transaction():
            second = self.person("customer_service_officer_2")
            db.session.execute(
                sa.update(RoleGrant).where(RoleGrant.person_id == second.id).values(ends_on=date(2025, 12, 1))
            )
            officer = self.person("customer_service_officer").id
            for number in range(4):
                row = master.create(
                    "customer", name=f"客户 {number}", status="cooperating", file_number=f"D{number}"
                )
                row.owner_id = officer
            db.session.execute(
                sa.update(Customer).values(last_order_on=None, last_sales_follow_up=None, arrears=0)
            )
            rows = db.session.scalars(sa.select(Customer).where(Customer.name.startswith("客户"))).all()
            for row in rows:
                row.last_order_on = FIRST - timedelta(days=rng.randrange(1, 20))
                row.last_sales_follow_up = at(FIRST - timedelta(days=rng.randrange(1, 40)))
            self.model = Model(
                [officer],
                {row.id: row.last_order_on for row in rows},
                {row.id: row.last_sales_follow_up for row in rows},
            )

    def person(self, login: str) -> Person:
        return db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()

    def actor(self, login: str, day: date) -> Actor:
        return actor(self.person(login), day)

    def look(self, now: datetime) -> None:
        self.model.look(now)
        for key in KEYS:
            with transaction():
                obligations.run(OBLIGATIONS[key], now=now)

    def trade(self, now: datetime) -> None:
        """Customers order, and sales speak to them, or not."""
        with transaction():
            for id in self.model.ordered:
                row = db.session.get_one(Customer, id)
                if self.rng.random() < (0.06 if id % 2 else 0.015):
                    row.last_order_on = self.model.ordered[id] = now.date()
                    self.end_silence(id, now)
                if self.rng.random() < 0.012:
                    row.last_sales_follow_up = self.model.spoken[id] = now

    def end_silence(self, customer: int, now: datetime) -> None:
        """An order closes the open entries of the customer, as CR-17 has it."""
        by = self.person("customer_service_officer").id
        for entry in follow_ups.open_no_order_entries(customer):
            route.close(Closes(entry.id, "已订货"), by=by, now=now)
            due, signed = self.model.visits[entry.id]
            self.model.visits[entry.id] = due, signed or now

    def work(self, now: datetime) -> None:
        """Officers take up some of what is asked of them, and call some of the silent customers."""
        with transaction():
            waiting = db.session.scalars(
                sa.select(Task).where(Task.obligation.in_(KEYS), Task.state == "open").order_by(Task.id)
            )
            for task in waiting.unique().all():
                if self.rng.random() < {"O05": 0.75, "O10": 0.06, "O11": 0.1}.get(
                    task.obligation or "", 0.25
                ):
                    self.take_up(task, now)
            for record, (due, signed) in list(self.model.visits.items()):
                if signed is None and self.rng.random() < 0.2:
                    self.call(record, now)
                    self.model.visits[record] = due, now

    def take_up(self, task: Task, now: datetime) -> None:
        name = (task.obligation or "", task.case_name or "", task.case_round)
        if task.obligation == "O11":
            obligations.put_aside(
                task.id, self.actor("customer_service_supervisor", now.date()), "本月不接手", now=now
            )
            self.end(name, now)
            self.model.tasks[name].aside = now.date()
            return
        by, draft = self.actor("customer_service_officer", now.date()), task.draft
        assert draft is not None
        form = FORMS[draft.form_code]
        given = load(fields(form()), draft.answers)
        customer = given.get("customer") or Ref(None, "")
        silent = (now.date() - self.model.ordered.get(customer.id or 0, now.date())).days
        if (task.obligation, silent > 7) == ("O08", False) or (task.obligation, silent > 30) == (
            "O10",
            False,
        ):
            return  # the customer has ordered since; the next look calls it off
        answers = {**given, **self.words(form.code, given, now, by)}
        sheet = form(answers=answers, context={"@now": now}, person=by)
        assert sheet.validate(), (form.code, sheet.errors)
        record = records.submit(sheet, by, key=draft.key, now=now, draft=drafts.mine(draft.key, by))
        self.end(name, now)
        if form.code == "CS-20":
            self.model.extracts.add((by.id, given["extract_date"]))
        if form.code == "CS-25":
            self.model.entries[customer.id].append(now.date())
            self.model.visits[record.id] = at(now.date() + timedelta(days=7)), None
        if form.code == "CS-27":
            self.model.contacts[customer.id, f"{now:%Y-%m}"] += 1

    def end(self, name: tuple[str, str, int], now: datetime) -> None:
        asked = self.model.tasks[name]
        asked.state, asked.ended = "done", now

    def words(self, code: str, given: dict[str, Any], now: datetime, by: Actor) -> dict[str, Any]:
        """What an officer writes into the form."""
        if code == "CS-20":
            proposed = FORMS[code](context={**given, "@now": now}, person=by).answers()["customers"]
            rows = [{**row, "contact": "电话", "action": "继续跟进"} for row in proposed or ()]
            return {"customers": rows, "remarks": "没有其他变化"}
        if code == "CS-25":
            return {"planned_call_on": now.date() + timedelta(days=1)}
        return {
            "contact_way": "telephone", "contacted_at": now - timedelta(minutes=20), "contact_person": "钱卫红",
            "content": "询问近况", "result": "not_now",
        }  # fmt: skip

    def call(self, record_id: int, now: datetime) -> None:
        record = db.session.get_one(Record, record_id)
        task = next(one for one in history.open_tasks(record) if one.step == "phone_visit")
        step = FORMS["CS-25"].signoff.step("phone_visit")
        assert step.fills is not None
        answers = {
            "called_at": now - timedelta(minutes=5), "reached": True, "person_spoken": "钱卫红", "no_order_reason": "price",
            "next_step": "下月再联系", "problem_raised": False,
        }  # fmt: skip
        stage = step.fills(
            answers=answers,
            context={"registered_on": record.submitted_at.astimezone(ZONE).date(), "@now": now},
        )
        assert stage.validate(), stage.errors
        seen = history.shown_hash(history.content(record), history.signatures(record))
        signing.sign(task.id, self.actor("customer_service_officer", now.date()), Hand(seen), stage, now=now)


@pytest.fixture
def company(context: Flask) -> Company:
    return Company(Random(7))


@pytest.mark.timeout(900)
def test_a_year_is_as_the_model_has_it(company: Company) -> None:
    day, down = FIRST, 0
    while day <= LAST:
        down = max(down - 1, 0) or (3 if company.rng.random() < 0.02 else 0)
        if not down:
            company.look(at(day, LOOKS[0]))
        company.trade(at(day, time(10)))
        if is_workday(day):
            company.work(at(day, time(15)))
        if not down:
            company.look(at(day, LOOKS[1]))
        day += timedelta(days=1)
    db.session.rollback()
    made = {
        (task.obligation, task.case_name, task.case_round): (
            *(task.created_at, task.reminded_at, task.missed_at, task.state, task.done_at),
        )
        for task in db.session.scalars(sa.select(Task).where(Task.obligation.in_(KEYS)))
    }
    model = company.model
    expected = {
        name: (asked.made, asked.reminded, asked.missed, asked.state, asked.ended)
        for name, asked in model.tasks.items()
    }
    assert made.keys() == expected.keys()
    assert {name: (made[name], expected[name]) for name in made if made[name] != expected[name]} == {}
    visits = sa.select(Task).where(Task.step == "phone_visit", Task.record_id.in_(model.visits))
    late = {task.record_id: task.missed_at for task in db.session.scalars(visits) if task.missed_at}
    assert late == model.late_visits
    _everything_happened(model)
    told = db.session.scalars(sa.select(Notice.facts).where(Notice.kind == "obligation_missed")).all()
    supervisors = 2
    missed = sum(asked.missed is not None for asked in model.tasks.values()) + len(model.late_visits)
    assert len(told) == missed * supervisors, "each breach once to each supervisor"
    assert audit.verify()[1] is None


def _everything_happened(model: Model) -> None:
    """The year was worth the while: each rule was kept, missed and called off at least once."""
    ends = defaultdict(set)
    for (key, _case, round), asked in model.tasks.items():
        ends[key] |= {asked.state, f"missed {asked.missed is not None}", f"round {round > 1}"}
    assert {"done", "missed True", "missed False"} <= ends["O05"] & ends["O08"] & ends["O10"]
    assert {"cancelled"} <= ends["O08"] & ends["O10"] & ends["O11"]
    assert "round True" in ends["O11"]
    assert model.late_visits
    assert any(signed for _due, signed in model.visits.values())
