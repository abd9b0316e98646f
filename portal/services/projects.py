"""Projects and their stages: opened and changed by records, adjusted by those who answer for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.domain import projects as kinds
from portal.domain.effects import ChangesProject, OpensProject, SetsStage, Updates
from portal.domain.refusal import ChangedMeanwhile, ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.i18n import _l, both
from portal.models import Project, ProjectStage, Record
from portal.queries import projects as books
from portal.queries.actors import Actor
from portal.services import audit, master, numbering, subjects

WEB_NUMBERS = "web_projects"  # R52: they are counted by the year
FIRST = {
    "state": kinds.OPEN,
    "submitted_on": None,
    "accepted_on": None,
    "passed_on": None,
    "paper_no": "",
    "record_id": None,
}
"""What a record takes over of a stage, and how that stands before any has."""


def open_project(effect: OpensProject, record: Record, *, by: int, now: datetime) -> Project:
    """The project that a record opens; the same one in a later round, and for a record that corrects it."""
    opened = sa.select(Project).where(Project.record_id.in_([record.id, record.corrects_id]))
    found = db.session.scalar(opened.with_for_update())
    values = {**effect.values, "kind": effect.kind, "record_id": record.id}
    facts = {**(found.facts if found else {}), **effect.facts}
    if found is None and effect.kind == kinds.WEB.key:
        values["code"] = numbering.draw_of_year(WEB_NUMBERS, now)
    wanted = Updates("project", found.id if found else None, {**values, "facts": facts})
    project: Project = master.update(wanted, record, by=by, now=now)
    if found is None:
        begin(project)
    else:
        decide(project)
    return project


def begin(project: Project) -> None:
    """Gives a new project the stages of its kind, once its facts are known."""
    for position, stage in enumerate(kinds.KINDS[project.kind].stages):
        row = ProjectStage(project_id=project.id, key=stage.key, position=position)
        row.applies, row.after = stage.applies(project.facts), stage.waits_for(project.facts)
        db.session.add(row)
    db.session.flush()


def decide(project: Project) -> None:
    """Decides anew which stages apply and what they wait for; what was done or adjusted by hand is kept."""
    for row in _stages(project.id):
        if not row.adjusted:
            stage = kinds.STAGES[project.kind, row.key]
            row.applies, row.after = stage.applies(project.facts), stage.waits_for(project.facts)


def change(effect: ChangesProject, record: Record, *, by: int, now: datetime) -> None:
    """Changes a project for a record, with the old values in the audit trail."""
    assert isinstance(effect.project_id, int)
    project = _locked(effect.project_id)
    values = dict(effect.values)
    if effect.facts:
        values["facts"] = {**project.facts, **effect.facts}
    if "people" in values:
        values["people"] = {**project.people, **values["people"]}
    master.update(Updates("project", project.id, values), record, by=by, now=now)
    decide(project)


def set_stage(effect: SetsStage, record: Record, *, by: int, now: datetime) -> None:
    """New values of a stage. A record that gives it a state takes it over, and remembers how it stood.

    Raises:
        Refusal: the project does not go through this stage.
    """
    assert isinstance(effect.project_id, int)
    project = _locked(effect.project_id)
    row = _stage(project, effect.key)
    if "state" in effect.values and row.record_id != record.id:
        row.former = {name: _plain(getattr(row, name)) for name in FIRST}
        row.record_id = record.id
    old = {name: getattr(row, name) for name in effect.values}
    for name, value in effect.values.items():
        setattr(row, name, value)
    subjects.add(record, {("project", project.id)})
    if old != dict(effect.values):
        _note(project, row, old, at=now, by=by, record_id=record.id)


def give_back(record: Record, *, by: int, now: datetime) -> None:
    """At the end of a record that is refused or given up: its stages stand as they did before it."""
    for row in db.session.scalars(sa.select(ProjectStage).where(ProjectStage.record_id == record.id)):
        for name, value in {**FIRST, **row.former}.items():
            setattr(row, name, date.fromisoformat(value) if name.endswith("_on") and value else value)
        row.former = {}
        _note(row.project, row, {"state": None}, at=now, by=by, record_id=record.id)


def adjust(
    project_id: int, key: str, values: Mapping[str, Any], reason: str, *, seen: str = "", by: Actor, now: datetime
) -> None:  # fmt: skip
    """Changes whether a stage applies, what it waits for (`after`), its dates and its owner, by hand.

    `seen` says how the stage stood on the page from which it is changed.

    Raises:
        ChangedMeanwhile: it stands otherwise by now.
        ReasonMissing: nothing says why.
        Refusal: the stage waits for itself, directly or by others, or has passed and cannot be left out.
    """
    if not reason.strip():
        raise ReasonMissing
    project = _locked(project_id)
    row = _stage(project, key)
    if seen and seen != books.fingerprint(row):
        raise ChangedMeanwhile(said=_l("这个阶段已由别人调整"))
    if row.state == kinds.PASSED and not values["applies"]:
        raise Refusal(_l("已通过的阶段不能改为不办理。"))
    after = {one.key: one.after for one in _stages(project_id)} | {key: list(values["after"])}
    if _reaches(key, after):
        raise Refusal(_l("前置阶段不能互相等待。"))
    old = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.adjusted = True
    chain = {"record_id": project.record_id} if project.record_id else {"stream": "projects"}
    changed = {name: [str(old[name]), str(value)] for name, value in values.items() if old[name] != value}
    audit.note(
        "stage_adjusted",
        at=now,
        by=by.id,
        project=project.label,
        stage=both(kinds.STAGES[project.kind, key].title),
        adjusted=changed,
        reason=reason,
        **chain,
    )


def _note(project: Project, row: ProjectStage, old: Mapping[str, Any], **given: Any) -> None:
    """The change of a stage in the record's chain."""
    stood = both(kinds.STAGE_STATES[row.state]) if "state" in old else None
    audit.note(
        "stage_changed",
        project=project.label,
        stage=both(kinds.STAGES[project.kind, row.key].title),
        stood=stood,
        old={name: str(value) for name, value in old.items()},
        new={name: str(getattr(row, name)) for name in old},
        **given,
    )


def _reaches(start: str, after: Mapping[str, list[str]]) -> bool:
    """Whether a stage waits for itself, over whatever others."""
    seen: set[str] = set()
    ahead = list(after[start])
    while ahead:
        key = ahead.pop()
        if key == start:
            return True
        if key not in seen:
            seen.add(key)
            ahead += after.get(key, [])
    return False


def _locked(project_id: int) -> Project:
    return db.session.get_one(
        Project, project_id, with_for_update={"key_share": True}, populate_existing=True
    )


def _stage(project: Project, key: str) -> ProjectStage:
    found = next((row for row in _stages(project.id) if row.key == key), None)
    if found is None:
        raise Refusal(_l("“%(project)s”没有这个阶段。"), project=project.label)
    return found


def _stages(project_id: int) -> list[ProjectStage]:
    query = sa.select(ProjectStage).where(ProjectStage.project_id == project_id)
    fresh = query.order_by(ProjectStage.position).execution_options(populate_existing=True)
    return list(db.session.scalars(fresh))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
