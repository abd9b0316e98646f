"""Who is next on a record's page: who may really act today, for somebody on leave too."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Person, RoleGrant, Substitution, Task
from portal.queries import actors
from portal.queries.actors import behind
from portal.web.views import record
from tests.books import Books
from tests.desk import counted
from tests.queries.test_inbox import LOGINS
from tests.services.conftest import company, office, trial_forms
from tests.services.engine_forms import AllOfThree, Head, Named, OneRole
from tests.services.office import TODAY, Office, may_do
from tests.web.conftest import Desk

__all__ = ["company", "office", "trial_forms"]


def lend(books: Books, away: str, acting: str, *forms: str, **changes: Any) -> None:
    """Somebody acts for another from today on."""
    made = {
        "person_id": books.person(away), "substitute_id": books.person(acting), "starts_on": today(),
        "ends_on": today() + timedelta(days=3), "forms": list(forms), "reason": "leave",
        "created_by_id": books.person(away),
    }  # fmt: skip
    books.add(Substitution(**{**made, **changes}))


def name(desk: Desk, login: str) -> str:
    return str(desk.one(sa.select(Person.name).where(Person.login == login)))


def waiting(desk: Desk, number: str, language: str = "zh") -> list[str]:
    """Whom the page names as next."""
    browser = desk.browser("buyer")
    browser.post("/account/language", data={"language": language})
    page = browser.get(f"/records/{number}", follow_redirects=True).text
    return [html.unescape(one) for one in re.findall(r"<b>([^<]*(?:经理|manager)[^<]*)</b>", page)]


@pytest.mark.proves("R12")
@pytest.mark.both_databases
def test_the_substitute_stands_behind_the_role_with_whom_they_act_for(desk: Desk, books: Books) -> None:
    number = desk.walker.open("PU-04")
    manager, cashier = name(desk, "purchasing_manager"), name(desk, "cashier")
    other = name(desk, "purchasing_manager_2")
    assert waiting(desk, number) == [f"采购部经理（{manager}、{other}）"]
    lend(books, "purchasing_manager", "cashier", "PU-04", "PU-05")
    assert waiting(desk, number) == [f"采购部经理（{manager}、{cashier}（代 {manager}）、{other}）"]
    (english,) = waiting(desk, number, "en")
    assert f"{manager}, {cashier} (for {manager})" in english
    assert 'id="turn"' in desk.browser("cashier").get(f"/records/{number}", follow_redirects=True).text


@pytest.mark.both_databases
def test_who_may_not_act_after_all_is_not_named(desk: Desk, books: Books) -> None:
    number = desk.walker.open("PU-04")
    alone = waiting(desk, number)
    lend(books, "purchasing_manager", "cashier", "PU-05")
    lend(books, "purchasing_manager", "buyer")  # whose own work it is
    lend(books, "purchasing_manager", "auditor")
    lend(books, "purchasing_manager", "designer", ended_at=datetime(2026, 5, 1, tzinfo=UTC))
    lend(books, "purchasing_manager", "salesperson", starts_on=today() + timedelta(days=1))
    lend(books, "purchasing_manager", "employee")
    with desk.app.app_context(), transaction():
        db.session.execute(sa.update(Person).where(Person.login == "employee").values(active=False))
    assert waiting(desk, number) == alone


@pytest.mark.both_databases
def test_nobody_is_named_twice(desk: Desk, books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "NAMES", 9)
    number = desk.walker.open("PU-04")
    for login in ("cashier", "salesperson"):
        id = books.person(login)
        books.add(RoleGrant(person_id=id, role="purchasing_manager", starts_on=date(2026, 1, 1)))
    lend(books, "purchasing_manager", "cashier")  # who holds the role, too
    lend(books, "purchasing_manager", "designer", "PU-04")
    lend(books, "salesperson", "designer")
    (told,) = waiting(desk, number)
    for login in ("cashier", "designer", "salesperson"):
        assert len(re.findall(f"(?<!代 ){name(desk, login)}", told)) == 1, told
    monkeypatch.setattr(record, "NAMES", 3)
    assert "等 5 人" in waiting(desk, number)[0]


def named(task: Task) -> set[int]:
    """Whom the page would name, with the person who is named by the key itself."""
    keys, barred = {one.key for one in task.holders}, {one.person_id for one in task.exclusions}
    found = [one for some in behind(keys, task.form_code, TODAY).values() for one in some]
    able = {one.id for one in found if barred.isdisjoint((one.id, one.lender_id))}
    return able | actors.people_with([key for key in keys if key.startswith("person:")], TODAY) - barred


def test_it_names_just_whom_the_engine_lets_act(office: Office) -> None:
    office.submit(OneRole)
    office.submit(OneRole, "quality_manager")
    office.submit(Head)
    office.submit(Named, person=office.ref("rd_manager"))
    office.submit(AllOfThree, person=office.ref("rd_manager"))
    office.substitute("quality_manager", "employee", "T-ONE")
    office.substitute("quality_manager", "auditor")
    office.substitute("purchasing_manager", "cashier", "T-ONE")
    office.substitute("purchasing_manager", "designer")
    office.substitute("rd_manager", "employee")
    office.substitute("finance_supervisor", "buyer")
    open = db.session.scalars(sa.select(Task).where(Task.state == "open")).all()
    assert len(open) >= 7
    for task in open:
        may = {office.id(login) for login in LOGINS if may_do(task, office.actor(login))}
        assert named(task) & {office.id(login) for login in LOGINS} == may, task.form_code


def test_a_person_who_is_named_has_the_substitute_beside_them(office: Office) -> None:
    made = office.submit(Named, person=office.ref("rd_manager"))
    office.substitute("rd_manager", "employee")
    key = f"person:{office.id('rd_manager')}"
    (one,) = behind([key], made.form_code, TODAY)[key]
    assert (one.id, one.lender_id) == (office.id("employee"), office.id("rd_manager"))


def test_one_statement_tells_it(company: Flask, office: Office) -> None:
    office.substitute("quality_manager", "employee")
    with counted(company) as sent:
        found = behind(
            ["role:quality_manager", "role:buyer", f"person:{office.id('cashier')}"], "T-ONE", TODAY
        )
    assert len([one for one in sent if "substitut" in one]) == 1
    assert found["role:quality_manager"]
