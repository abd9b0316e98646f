"""The surveys of the two years before the demo's own, so that satisfaction has a course: customers, employees, reports."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.demo import acts, filling
from portal.demo.cast import Cast
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.forms.quality.customer_survey import SurveyAnswer
from portal.forms.quality.employee_satisfaction_survey import ITEMS, EmployeeSatisfactionSurvey
from portal.models import Draft, Record
from portal.queries import ballots as boxes
from portal.queries import surveys
from portal.queries.actors import Actor
from portal.services import asks, ballots, route

FIRST, SECOND = timedelta(days=395), timedelta(days=82)  # before the demo's year
LASTS = timedelta(weeks=6)
FEW, MANY = 6, 45  # ballots of a small and of a full demo
# What customers gave of the full marks by module, and employees on the whole: the first year, then the second.
SHARES = ((0.82, 0.81, 0.86, 0.71), (0.85, 0.83, 0.89, 0.75))
ANSWERED = "顾客已答复"


def two_years(world: DemoWorld, cast: Cast, begin: datetime, share: float) -> None:
    """Holds both, each from its plan to its end; `share` is the size of the demo."""
    for ago, (*customers, employees) in zip((FIRST, SECOND), SHARES, strict=True):
        world.now = begin - ago
        world.finished(_of_customers(world, cast, dict(zip(surveys.FORMS, customers, strict=True))))
        world.now = begin - ago + LASTS
        if boxes.of_year(world.today.year) is None:
            _of_employees(world, cast, employees, max(FEW, round(MANY * share)))
    world.now = begin


def _of_customers(world: DemoWorld, cast: Cast, shares: Mapping[str, float]) -> Record:
    """Plan, questionnaires, roll-up, assessment."""
    by = _actor(world, cast, "quality_inspector")
    answers = {**STORIES["QA-13"].opening(world), "employee_survey_planned": False}
    answers["survey_to"] = (world.now + LASTS - timedelta(days=5)).date()
    record = _submit(world, "QA-13", answers, by)
    for _both in range(2):
        _sign(world, cast, record)
    opened = sa.select(Draft).where(Draft.source_id == record.id).order_by(Draft.id)
    for draft in list(db.session.scalars(opened)):
        world.now += timedelta(hours=world.rng.randint(2, 30))
        _questionnaire(world, cast, draft, shares)
    world.now += timedelta(days=2)
    _sign(world, cast, record)
    assessed = STORIES["QA-13"].stages["assessment"](world, route.known(record, now=world.now))
    _sign(world, cast, record, {**assessed, "improvement_actions": []})
    _sign(world, cast, record)
    return record


def _questionnaire(world: DemoWorld, cast: Cast, draft: Draft, shares: Mapping[str, float]) -> None:
    """A customer is asked, answers some days later, and nobody need remind them."""
    module = next(key for key, code in surveys.FORMS.items() if code == draft.form_code)
    record = filling.take_up(world, draft, _actor(world, cast, FORMS[draft.form_code].opened_by[0]))
    world.now += timedelta(hours=world.rng.randint(4, 20))
    fills = FORMS[draft.form_code].signoff.step(surveys.ANSWER).fills
    assert fills is not None
    assert issubclass(fills, SurveyAnswer)
    told = STORIES[draft.form_code].stages[surveys.ANSWER](world, route.known(record, now=world.now))
    marks = {one.name: _mark(world, one.full, shares[module]) for one in fills.items}
    _sign(world, cast, record, {**told, **marks})
    _sign(world, cast, record)
    for task in acts.waiting(record, "ask"):
        who = cast.for_task(task)
        if who is not None:
            asks.tick_off(task.id, who, ANSWERED, now=world.now)


def _of_employees(world: DemoWorld, cast: Cast, share: float, many: int) -> None:
    """Everybody who likes casts a ballot; what they say is reported."""
    keeper = _actor(world, cast, ballots.KEEPER)
    last_day = (world.now + timedelta(days=14)).date()
    ballots.open_box(last_day, by=keeper, now=world.now)
    asked = [cast.actor(ref.id or 0) for ref in world.holders["assigned_person"]]
    for by in world.rng.sample(asked, min(many, len(asked))):
        own = by.person.department
        told = {**STORIES["QA-16"].opening(world), "department": Ref(own.id, own.name)}
        told |= {name: _mark(world, 20, share + world.rng.uniform(-0.08, 0.08)) for name in ITEMS}
        sheet = filling.checked(EmployeeSatisfactionSurvey, told, by, context={"@now": world.now})
        ballots.cast(
            {name: value for name, value in sheet.dump().items() if name != "year"}, by=by, now=world.now
        )
    world.now += timedelta(days=9)
    ballots.close(by=keeper, now=world.now)
    world.now += timedelta(days=2)
    answers = {**STORIES["QA-17"].opening(world)}
    record = _submit(world, "QA-17", answers, keeper)
    while record.state == "running":
        _sign(world, cast, record)


def _mark(world: DemoWorld, full: int, share: float) -> Decimal:
    """Half marks around a share of the full ones."""
    around = min(1.0, max(0.62, share + world.rng.uniform(-0.04, 0.04)))
    return Decimal(round(full * around * 2)) / 2


def _submit(world: DemoWorld, code: str, answers: Mapping[str, Any], by: Actor) -> Record:
    return acts.submit(world, code, answers, by, f"demo-{code}-{world.today}")


def _sign(world: DemoWorld, cast: Cast, record: Record, answers: Mapping[str, Any] | None = None) -> None:
    """The record's next turn is taken, some hours later."""
    world.now += timedelta(hours=world.rng.randint(1, 9))
    assert acts.sign(world, cast, record, answers) is not None, f"nobody for {record.number} {record.step}"


def _actor(world: DemoWorld, cast: Cast, role: str) -> Actor:
    by = cast.actor(world.person(role).id or 0)
    world.sees(by.person)
    return by
