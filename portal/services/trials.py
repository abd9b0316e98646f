"""Tries the route that runs on records that are over, before a text that changes it is released. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.signoff import Party, Route, Step
from portal.domain.trials import OWN_WORK, REACHED, UNHELD, UNNAMED, UNREADABLE, Desk, Signed, Trial, Turn
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.lib.clock import day
from portal.models import Record, Signature, Task
from portal.queries import actors, history
from portal.services import parties, route, tasks

LAST = 20
_MISFITS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What comes of answers that an earlier version of the form took, and the route of now reads otherwise."""


def on_last(code: str, *, now: datetime, last: int = LAST) -> list[Trial]:
    """The running route of a form, tried on its last finished records, the newest first."""
    query = sa.select(Record).where(Record.form_code == code, Record.state == "finished")
    records = db.session.scalars(query.order_by(Record.id.desc()).limit(last)).unique()
    return [on_record(record, FORMS[code].signoff, now=now) for record in records]


def on_record(record: Record, signoff: Route, *, now: datetime) -> Trial:
    """A route tried on one record: with its answers, for the people of today.

    Whoever has done a step is taken from the record; where nobody has, and one person only could, it is taken to be
    that person, so that their own work is not found judged by themselves.
    """
    with db.session.no_autoflush:
        answers = route.known(record, now=now)
        asked = _added(record)
        signed = [one for one in history.in_force(history.signatures(record)) if one.task_id not in asked]
        lapsed = {event.facts["step"] for event in history.lapses(record.id)}
        hands = {step.key: _hands(signed, step.key) for step in signoff.steps}
        doers = {key: {id for one in found for id in one} for key, found in hands.items()}
        turns = []
        for step in signoff.steps:
            desks = _desks(step, record, signoff, answers, doers, now)
            turns.append(Turn(step.key, step.title, desks, hands[step.key], lapsed=step.key in lapsed))
            if not doers[step.key]:
                doers[step.key] = {id for desk in desks if len(desk.people) == 1 for id in desk.people}
    return Trial(record, tuple(turns), _gone(signoff, signed))


def _desks(
    step: Step,
    record: Record,
    signoff: Route,
    answers: dict[str, Any],
    doers: dict[str, set[int]],
    now: datetime,
) -> tuple[Desk, ...]:
    """The desks of a step; none where it does not take place."""
    try:
        if step.when is not None and not step.when.holds(answers):
            return ()
        groups = parties.groups(step.by, answers)
    except _MISFITS:
        return (Desk(state=UNREADABLE),)
    barred = _barred(step, record, signoff, doers)
    if not groups:
        return (Desk(state=UNNAMED),)
    return tuple(_desk(group, record, answers, barred, now) for group in groups)


def _desk(
    group: list[Party], record: Record, answers: dict[str, Any], barred: set[int], now: datetime
) -> Desk:
    outside = next((party.key for party in group if party.kind == "outside"), "")
    if outside:
        barred = set()
    try:
        keys = [key for party in group for key in parties.keys(party, record, answers, barred, now)]
        able = tasks.able(keys, barred, now)
    except _MISFITS:
        return Desk(state=UNREADABLE)
    if able:
        return Desk(frozenset(able), outside, REACHED)
    if not keys:
        return Desk(outside=outside, state=UNNAMED)
    return Desk(outside=outside, state=OWN_WORK if actors.able(keys, (), day(now)) else UNHELD)


def _barred(step: Step, record: Record, signoff: Route, doers: dict[str, set[int]]) -> set[int]:
    """Who may not judge here, as `parties.excluded` has it, by the steps of the route that is tried."""
    if not step.judges:
        return set()
    done = {id for key in signoff.judged(step.key) for id in doers[key]}
    return {record.applicant_id, history.content(record).created_by_id} | done


def _hands(signed: list[Signature], key: str) -> Signed:
    """Who signed a step, each with whom they stood in for."""
    found = [(one.person_id, one.on_behalf_of_id) for one in signed if one.step == key]
    return tuple(tuple(id for id in one if id is not None) for one in found)


def _gone(signoff: Route, signed: list[Signature]) -> tuple[tuple[Mapping[str, str], Signed], ...]:
    """Steps that were signed and that the route has no more, called as they were when they were signed."""
    known = {step.key for step in signoff.steps}
    titles = {one.step: history.stage(one)["title"] for one in signed if one.step not in known}
    return tuple((title, _hands(signed, key)) for key, title in titles.items())


def _added(record: Record) -> set[int]:
    """The turns that a signer asked for besides the route."""
    query = sa.select(Task.id).where(Task.record_id == record.id, Task.kind == "added")
    return set(db.session.scalars(query))
