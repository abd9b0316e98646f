"""Who the parties of a step are for a record: their authority keys, and who may not judge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import head_key, person_key, role_key
from portal.domain.roles import TOP
from portal.domain.signoff import Party, Route, Signers, Step
from portal.extensions import db
from portal.models import Department, Project, Record
from portal.queries import history
from portal.services import tasks


def keys_of(by: Signers, record: Record, answers: dict[str, Any]) -> set[str]:
    """The authority keys of all parties of a set of signers."""
    every = (one for party in by.parties for one in _apart(party, answers))
    return {key for party in every for key in keys(party, record, answers, set(), record.submitted_at)}


def groups(by: Signers, answers: dict[str, Any]) -> list[list[Party]]:
    """The parties by the task that each group shares: one for each where all must sign, else one for all."""
    if not by.every:
        return [list(by.parties)]
    return [[one] for party in by.parties for one in _apart(party, answers)]


def _apart(party: Party, answers: dict[str, Any]) -> list[Party]:
    """A party that stands for several, one by one: a head for each department of a table, each once."""
    if party.kind != "heads":
        return [party]
    table, _dot, column = party.key.partition(".")
    named = dict.fromkeys(row[column].id for row in answers.get(table) or () if row.get(column))
    known = {one.id: one.key for one in db.session.scalars(sa.select(Department))}
    return [Party("department", known[id]) for id in named]


def keys(
    party: Party, record: Record, answers: dict[str, Any], excluded: set[int], now: datetime
) -> list[str]:
    """The authority keys of a party for this record."""
    match party.kind:
        case "role":
            return [role_key(party.key)]
        case "person":
            named = answers.get(party.key)
            return [person_key(named.id)] if named is not None else []
        case "head":
            department = (
                answers[party.key].id if party.key and answers.get(party.key) else record.department_id
            )
            return [head_key(_judging(department, excluded))]
        case "department":
            named = sa.select(Department.id).where(Department.key == party.key)
            return [head_key(_judging(db.session.scalars(named).one(), excluded))]
        case "applicant":
            return [person_key(record.applicant_id)]
        case "project":
            return _project_keys(party, answers, excluded, now)
        case "outside":
            return [person_key(record.applicant_id), head_key(record.department_id)]
    raise ValueError(f"unknown party {party.kind}")


def excluded(record: Record, signoff: Route, step: Step) -> set[int]:
    """Who may not judge here: the applicant, whoever wrote the content, and those who did the judged work.

    Work done by a substitute is also the work of the person it was done for.
    """
    if not step.judges:
        return set()
    judged = signoff.judged(step.key)
    done = [one for one in history.in_force(history.signatures(record)) if one.step in judged]
    doers = {id for one in done for id in (one.person_id, one.on_behalf_of_id) if id is not None}
    return {record.applicant_id, history.content(record).created_by_id} | doers


def _judging(department_id: int, excluded: set[int]) -> int:
    """The department whose head decides: the management, where a head's own work is judged."""
    department = db.session.get_one(Department, department_id)
    if department.head_id not in excluded:
        return department_id
    return db.session.scalars(sa.select(Department.id).where(Department.key == TOP)).one()


def _project_keys(party: Party, answers: dict[str, Any], excluded: set[int], now: datetime) -> list[str]:
    name, _dot, role = party.key.partition(".")
    named = answers.get(name)
    project = db.session.get(Project, named.id) if named is not None and named.id else None
    person = (project.people if project else {}).get(role)
    if person and tasks.able([person_key(person)], excluded, now):
        return [person_key(person)]
    return [role_key(role)]
