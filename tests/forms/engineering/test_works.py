"""What the forms ask of the books: acceptances that passed, people of a project, papers already entered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.extensions import db
from portal.models import Content, Department, FormVersion, Person, Project, Record, Signature
from portal.queries import works

NOW = datetime(2026, 5, 12, 4, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.fixture
def person() -> Person:
    department = Department(key="engineering", name="工程部")
    db.session.add(department)
    db.session.flush()
    one = Person(login="li", number="E013", name="李工长", department_id=department.id, created_at=NOW)
    db.session.add_all([one, FormVersion(code="EN-20", sha256="v", definition={}, created_at=NOW)])
    db.session.flush()
    return one


def record(person: Person, project: int, *verdicts: str, state: str = "finished", **other: Any) -> Record:
    """A material acceptance of a project with the verdicts of its rounds."""
    count = db.session.query(Record).count() + 1
    made = Record(
        number=f"EN-20-2026-{count:04d}", key=f"key{count}", form_code="EN-20", form_version_id=1,
        applicant_id=person.id, department_id=person.department_id, state=state, submitted_at=NOW,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    answers = {"project": {"id": project, "text": "滨江花园 P001"}, **other}
    db.session.add(
        Content(
            record_id=made.id,
            version=1,
            form_version_id=1,
            answers=answers,
            sha256="c",
            created_by_id=person.id,
            created_at=NOW,
        )
    )
    for round, verdict in enumerate(verdicts, 1):
        db.session.add(
            Signature(
                record_id=made.id, version=1, round=round, step="supervisor_check", act="signed",
                meaning="accepted", person_id=person.id, authority={}, form_version_id=1, answers={"verdict": verdict},
                content_sha256="c", sha256="s", signed_at=NOW,
            )
        )  # fmt: skip
    db.session.flush()
    return made


def test_a_projects_person_goes_before_the_role(person: Person) -> None:
    project = Project(code="P001", name="滨江花园", people={"foreman": person.id})
    db.session.add(project)
    db.session.flush()
    assert works.holder(project.id, "foreman") == f"person:{person.id}"
    assert works.holder(project.id, "site_supervisor") == "role:site_supervisor"
    assert works.holder(None, "foreman") == "role:foreman"


def test_a_record_knows_its_form_its_applicant_and_its_facts(person: Person) -> None:
    made = record(person, 1, "pass", project_kind="municipal_road")
    assert works.origin(made.id) == ("EN-20", person.id)
    assert works.fact(made.id, "project_kind") == "municipal_road"
    assert works.fact(made.id, "unknown") is None


def test_a_paper_number_knows_nothing() -> None:
    assert works.origin(None) is None
    assert works.fact(None, "project_kind") is None
    assert works.origin(99) is None
