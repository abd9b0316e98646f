"""What the tests of the building permits need: openings as their stories tell them, papers of a project, effects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from projects import begun

from portal.demo.stories.building_permits import STORIES
from portal.domain import projects as kinds
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.fields import Rows
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Content, Department, FormVersion, Person, ProjectStage, Record, Signature
from tests.forms.conftest import SmallWorld

NOW = datetime(2026, 5, 12, 4, tzinfo=UTC)
DAY = date(2026, 5, 12)
FILE = {"id": 1, "name": "扫描件.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
NUMBERS = count(1)


def stage_of(code: str) -> str:
    """The stage that a form works on; of two the later one."""
    return [stage.key for stage in kinds.PERMIT.stages if code in stage.forms][-1]


def opening(code: str, **other: Any) -> dict[str, Any]:
    """The opening section as its story tells it, in a project that may be at the form's stage."""
    told = STORIES[code].opening(SmallWorld(3))
    return {**told, "project": begun("permit", stage_of(code)), **other}


def sheet(code: str, **other: Any) -> Any:
    """The form with this opening section, looked at by its own rules."""
    form = FORMS[code](answers=opening(code, **other), context={"@now": NOW})
    form.validate()
    return form


def errors(code: str, **other: Any) -> set[str]:
    """The fields beside which the form says no; a table for its rows."""
    told = sheet(code, **other)
    return {name for name, wrong in told.errors.items() if wrong} | {
        field.short_name
        for field in told
        if isinstance(field, Rows) and any(one.errors for row in field.rows for one in row)
    }


def result(code: str, prefix: str, **other: Any) -> dict[str, Any]:
    """A granted result with its paper."""
    paper = {
        f"{prefix}_no": "〔2026〕9号",
        f"{prefix}_issuer": "规划局",
        f"{prefix}_issue_date": DAY,
        f"{prefix}_scan": [FILE],
    }
    return {"decision": "granted", **paper, **other}


def effects(code: str, step: str, **answers: Any) -> list[Any]:
    """What the form sets going after a step."""
    told = FORMS[code](answers=opening(code, **answers), context={"@now": NOW})
    told.compute()
    record = Filed(9, f"{code}-2026-0009", code, {**told.answers(), **answers}, 1, 1, 1, {}, NOW)
    return list(FORMS[code].effects(step, record))


def put(
    code: str,
    project: Ref,
    state: str = "finished",
    stages: Mapping[str, Mapping[str, Any]] | None = None,
    **answers: Any,
) -> Ref:
    """A record of the project with stored opening answers and stages."""
    by, number = _person(), f"{code}-2026-{next(NUMBERS):04d}"
    version = FormVersion(code=code, sha256=number, definition={}, created_at=NOW)
    db.session.add(version)
    db.session.flush()
    record = Record(
        number=number, key=number, form_code=code, form_version_id=version.id, applicant_id=by.id,
        department_id=by.department_id, state=state, submitted_at=NOW,
    )  # fmt: skip
    db.session.add(record)
    db.session.flush()
    name = "new_project" if code.startswith("CS") else "project"
    told = {name: {"id": project.id, "text": project.text}, **answers}
    db.session.add(
        Content(
            record_id=record.id, version=1, form_version_id=version.id, answers=told, sha256="c",
            created_by_id=by.id, created_at=NOW,
        )
    )  # fmt: skip
    for step, given in (stages or {}).items():
        db.session.add(
            Signature(
                record_id=record.id, version=1, round=1, step=step, act="signed", meaning="confirmed",
                person_id=by.id, authority={}, form_version_id=version.id, answers=dict(given),
                content_sha256="c", sha256="s", signed_at=NOW,
            )
        )  # fmt: skip
    db.session.flush()
    return Ref(record.id, number)


def stored(ref: Ref) -> dict[str, Any]:
    """A reference as records keep it."""
    return {"id": ref.id, "text": ref.text}


def left_out(stage: str) -> Ref:
    """A municipal project, which does not go through the stage."""
    project = begun("permit", project_kind="other_municipal")
    db.session.query(ProjectStage).filter_by(project_id=project.id, key=stage).update({"applies": False})
    return project


def waiting(code: str) -> Ref:
    """A project in which nothing has passed yet."""
    return begun("permit")


def unready(code: str, place: int, remark: str | None = "审批机关未要求") -> list[dict[str, Any]]:
    """The materials of the story with one row not ready, and why."""
    rows = opening(code)["materials"]
    rows[place] = {**rows[place], "ready": False, "remark": remark}
    return rows


def _person() -> Person:
    found = db.session.query(Person).first()
    if found is None:
        department = Department(key="design", name="设计部")
        db.session.add(department)
        db.session.flush()
        found = Person(login="lin", number="E020", name="林晓", department_id=department.id, created_at=NOW)
        db.session.add(found)
        db.session.flush()
    return found
