"""Four clicks at the same moment on what people set for themselves and administrators for others: it happens once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from portal.database import transaction
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.clock import now, today
from portal.models import AuditEvent, Person, RoleGrant, Substitution
from portal.queries.actors import actor
from portal.services import roles, substitutions
from tests.faults.acts import rows
from tests.faults.test_at_once import CLICKS, tab, together, whole
from tests.walk import problems
from tests.web.conftest import Desk

pytestmark = [pytest.mark.both_databases, pytest.mark.proves("F5", "F6")]
BOSS, REASON = "administrator", {"reason": "调岗"}


def noted(kind: str) -> Any:
    """How many events of a kind there are."""
    return rows(AuditEvent, AuditEvent.kind == kind)


def person(desk: Desk, login: str = "cashier") -> Person:
    """A person's row."""
    found: Person = desk.one(sa.select(Person).where(Person.login == login))
    return found


def click(desk: Desk, login: str, path: str, data: dict[str, str], left: Any, more: int = 1) -> None:
    """Four tabs at once: one effect, and the others are told why."""
    before = desk.one(left)
    tabs = [tab(desk, login) for _click in range(CLICKS)]
    answers = together(*(lambda one=one: one.post(path, data=data) for one in tabs))
    assert all(one.status_code < 500 for one in answers), [problems(one) for one in answers]
    assert {one.status_code for one in answers} <= {200, 303, 403, 404, 422}
    assert desk.one(left) == before + more
    whole(desk)


def test_somebody_leaves_once_and_comes_back_once(desk: Desk) -> None:
    here = f"/admin/people/{person(desk).id}"
    click(desk, BOSS, f"{here}/leave", REASON, noted("person_retired"))
    click(desk, BOSS, f"{here}/reinstatements", REASON, noted("person_reinstated"))


def test_a_role_is_taken_away_once(desk: Desk) -> None:
    query = sa.select(RoleGrant.id).where(RoleGrant.person_id == person(desk).id)
    click(desk, BOSS, f"/admin/grants/{desk.one(query)}/end", REASON, noted("role_ended"))


def test_a_change_of_a_person_or_a_department_is_noted_once(desk: Desk) -> None:
    one = person(desk)
    sheet = {"name": one.name, "number": one.number, "email": one.email, "phone": "13912345678"}
    sheet["department"] = f"{one.department_id}"
    click(desk, BOSS, f"/admin/people/{one.id}", sheet, noted("person_changed"))
    other = {"head": person(desk, "quality_manager").number, "name_en": "Quality and more", **REASON}
    click(desk, BOSS, "/admin/departments/quality", other, noted("department_changed"))


def test_a_substitute_is_named_once_and_ended_once(desk: Desk) -> None:
    days = {"starts_on": f"{today()}", "ends_on": f"{today() + timedelta(days=3)}"}
    sheet = {"substitute": person(desk, "buyer_2").number, **days, **REASON}
    click(desk, "buyer", "/account/substitutes", sheet, rows(Substitution))
    made = desk.one(sa.select(Substitution.id))
    click(desk, "buyer", f"/account/substitutes/{made}/end", {}, noted("substitution_ended"))


@pytest.mark.parametrize("act", ["grant", "appoint"])
def test_whoever_has_left_meanwhile_is_given_nothing(desk: Desk, act: str) -> None:
    """What was read of a person while another was waited for counts no more."""
    with desk.app.app_context(), transaction():
        query = sa.select(Person).where(Person.login.in_(("cashier", BOSS, "buyer"))).order_by(Person.login)
        boss, buyer, cashier = db.session.scalars(query).unique()
        by, day = actor(boss, today()), today()
        # as another's commit does it, of which this session knows nothing
        db.session.execute(
            sa.update(Person).where(Person.id == cashier.id).values(active=False),
            execution_options={"synchronize_session": False},
        )
        given: dict[str, Any] = {"by": by, "reason": "x", "now": now()}
        acts = {
            "grant": lambda: roles.grant(cashier, "cataloguer", day, None, **given),
            "appoint": lambda: substitutions.appoint(buyer, cashier, day, day, (), **given),
        }
        with pytest.raises(Refusal):
            acts[act]()
