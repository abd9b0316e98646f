"""Authority keys: short strings that say in whose name something may be done or seen.

`person:12` one person, `role:buyer` everyone who holds the role today, `head:3` the head of the
department. Tasks are held by keys, and records are readable by keys; a person brings the keys
that are theirs, and those lent to them by people they substitute.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

EVERYONE = "everyone"
"""The key in everybody's hand: what all of the company may read."""

READ_ALL = frozenset({"role:auditor"})


@dataclass(frozen=True, slots=True)
class Authority:
    """One key in somebody's hand; `lender` and `substitution` are set when it is another's."""

    key: str
    lender: int | None = None
    substitution: int | None = None
    forms: frozenset[str] = frozenset()  # empty: every form

    def covers(self, form_code: str) -> bool:
        """Whether it counts for records of this form."""
        return not self.forms or form_code in self.forms


def person_key(person_id: int) -> str:
    """The key of one person."""
    return f"person:{person_id}"


def role_key(role: str) -> str:
    """The key of everyone who holds a role."""
    return f"role:{role}"


def head_key(department_id: int) -> str:
    """The key of whoever heads a department."""
    return f"head:{department_id}"


def own_keys(person_id: int, roles: Iterable[str], headed: Iterable[int]) -> tuple[str, ...]:
    """The keys that a person holds by themselves."""
    return (
        person_key(person_id),
        *(role_key(role) for role in roles),
        *(head_key(department) for department in headed),
        EVERYONE,
    )
