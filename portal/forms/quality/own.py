"""What somebody calls their own when they open a form of the information centre."""

from __future__ import annotations

from portal.forms.kinds import Ref
from portal.queries import information


def department(person_id: int) -> Ref | None:
    """The department that the person works in."""
    found = information.department_of(person_id)
    return Ref(*found) if found is not None else None
