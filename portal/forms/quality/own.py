"""What somebody calls their own on a form of quality: the department that they work in."""

from __future__ import annotations

from portal.forms.kinds import Ref
from portal.queries import information


def department_of(person: Ref | None) -> Ref | None:
    """The department in which a person named works."""
    return department(person.id) if person is not None and person.id else None


def department(person_id: int) -> Ref | None:
    """The department that the person works in."""
    found = information.department_of(person_id)
    return Ref(*found) if found is not None else None
