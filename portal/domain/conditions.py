"""Conditions that can be spoken: the engine evaluates them, the page shows them, the browser reads them.

A condition looks at typed answers by field name. A name that begins with `@` is a limit of the
company's authority table, put among the answers by the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.lib.i18n import _, _l

Answers = Mapping[str, Any]
_WORDS = {
    "equals": _l("%(field)s为%(value)s"),
    "differs": _l("%(field)s不是%(value)s"),
    "includes": _l("%(field)s包含%(value)s"),
    "above": _l("%(field)s超过%(value)s"),
    "filled": _l("已填写%(field)s"),
    "any_row": _l("%(field)s中有一行的%(test)s"),
}


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison of one field."""

    field: str
    op: str
    value: Any = None

    def holds(self, answers: Answers) -> bool:
        """Whether it is true of these answers; an unanswered field makes it false."""
        answer = answers.get(self.field)
        match self.op:
            case "filled":
                return answer not in (None, "", [], ())
            case "equals":
                return bool(answer == self.value)
            case "differs":
                return bool(answer is not None and answer != self.value)
            case "includes":
                return self.value in (answer or ())
            case "above":
                limit = answers.get(self.value) if isinstance(self.value, str) else self.value
                return answer is not None and limit is not None and Decimal(answer) > Decimal(limit)
            case "any_row":
                column, op, value = self.value
                limits = {name: known for name, known in answers.items() if name.startswith("@")}
                return any(Test(column, op, value).holds({**limits, **row}) for row in answer or ())
        raise ValueError(f"unknown comparison {self.op}")

    def fields(self) -> set[str]:
        """Names of the fields that it reads."""
        return {self.field}

    def words(self, label: Callable[[str], str], shown: Callable[[str, Any], str]) -> str:
        """The condition in the reader's language, e.g. 「订货金额」超过 50,000."""
        if self.op == "any_row":
            column, op, wanted = self.value
            row = Test(f"{self.field}.{column}", op, wanted).words(label, shown)
            return str(_WORDS[self.op]) % {"field": _quoted(label(self.field)), "test": row}
        value = shown(self.field, self.value) if self.value is not None else ""
        return str(_WORDS[self.op]) % {"field": _quoted(label(self.field)), "value": _quoted(value)}

    def as_dict(self) -> dict[str, Any]:
        """Plain form for JSON and for the browser."""
        value = str(self.value) if isinstance(self.value, Decimal) else self.value
        return {"field": self.field, "op": self.op, "value": value}


@dataclass(frozen=True, slots=True)
class Group:
    """Several conditions of which all, or any, must hold."""

    op: str
    parts: tuple[Condition, ...]

    def holds(self, answers: Answers) -> bool:
        """Whether all (or any) of the parts hold."""
        return (all if self.op == "all" else any)(part.holds(answers) for part in self.parts)

    def fields(self) -> set[str]:
        """Names of the fields that the parts read."""
        return set().union(*(part.fields() for part in self.parts))

    def words(self, label: Callable[[str], str], shown: Callable[[str, Any], str]) -> str:
        """The parts joined with 且 or 或."""
        joint = _("，且") if self.op == "all" else _("，或")
        return joint.join(part.words(label, shown) for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        """Plain form for JSON and for the browser."""
        return {"op": self.op, "parts": [part.as_dict() for part in self.parts]}


Condition = Test | Group


def equals(field: str, value: Any) -> Test:
    """True when the field has exactly this value."""
    return Test(field, "equals", value)


def differs(field: str, value: Any) -> Test:
    """True when the field is answered with another value."""
    return Test(field, "differs", value)


def includes(field: str, value: Any) -> Test:
    """True when a multiple choice contains the value."""
    return Test(field, "includes", value)


def above(field: str, limit: Decimal | int | str) -> Test:
    """True when a number is greater than a fixed limit or one of the authority table (`@name`)."""
    return Test(field, "above", limit)


def filled(field: str) -> Test:
    """True when the field is answered."""
    return Test(field, "filled")


def any_row(field: str, column: str, op: str, value: Any) -> Test:
    """True when at least one row of a table passes the comparison on one of its columns."""
    return Test(field, "any_row", (column, op, value))


def all_of(*parts: Condition) -> Group:
    """True when every part holds."""
    return Group("all", parts)


def any_of(*parts: Condition) -> Group:
    """True when at least one part holds."""
    return Group("any", parts)


def _quoted(text: str) -> str:
    return _("「%(text)s」", text=text)
