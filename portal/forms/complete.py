"""What a form class must have: one that lacks something is refused with a sentence that says what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import Condition
from portal.domain.effects import MOMENTS
from portal.domain.roles import DEPARTMENT, ROLE
from portal.domain.signoff import APPLICANT, Back, Onward, Party, Route, Step
from portal.forms.fields import Rows
from portal.forms.sections import SECTIONS
from portal.forms.words import MEANINGS

NEEDED = ("code", "name", "slug", "section", "signoff", "opened_by", "columns")
SYSTEM_COLUMNS = frozenset(
    {"number", "status", "current_step", "due_at", "created_at", "applicant", "closed_at"}
)


class FormIncomplete(TypeError):
    """A form class lacks something; the text says what."""


def check(form: type[Any]) -> None:
    """Refuses a class that lacks something, or whose parts do not fit together.

    Raises:
        FormIncomplete: what is wrong first.
    """
    for problem in _problems(form):
        raise FormIncomplete(f"{form.__name__}: {problem}")


def _problems(form: type[Any]) -> Iterator[str]:
    yield from (f"“{need}” is missing" for need in NEEDED if not getattr(form, need, None))
    if not form.__doc__:
        yield "needs a docstring that says what it is for"
    if form.section not in SECTIONS:
        yield f"unknown section “{form.section}”; one of {', '.join(SECTIONS)}"
    if not isinstance(form.signoff, Route):
        yield "“signoff” is a Route(...) of steps"
    for name in ("opened_by", "columns", "readers"):
        if isinstance(value := getattr(form, name), str):
            yield f"“{name}” is a tuple; a single one is written ({value!r},)"
    for name in ("opened_by", "readers"):
        yield from (f"unknown role “{key}” in {name}" for key in getattr(form, name) if key not in ROLE)
    yield from _misfits(form)


def _misfits(form: type[Any]) -> Iterator[str]:
    """What names something that the form does not have."""
    steps, entries = form.signoff.steps, form.signoff.entries
    keys = [part.key for part in (*steps, *entries)]
    if len(set(keys)) < len(keys):
        yield "two steps share a key"
    sheets = [form, *(part.fills for part in (*steps, *entries) if part.fills is not None)]
    known = set().union(*(_names(sheet) for sheet in sheets))
    for column in form.columns:
        if column not in known | SYSTEM_COLUMNS:
            yield f"register column “{column}” is no field"
    for hook in form.hooks:
        if hook.after not in (*MOMENTS, *keys):
            yield f"effect after unknown step “{hook.after}”"
    for step in steps:
        places = {APPLICANT, *(one.key for one in steps)}
        yield from (f"step “{step.key}” {problem}" for problem in _step_problems(step, known, places))
    for at, step in enumerate(steps):
        later = {one.key for one in steps[at + 1 :]}
        yield from (f"step “{step.key}” {problem}" for problem in _onward_problems(step, later))
    for sheet in sheets:
        yield from (f"condition on unknown field “{name}”" for name in _unanswered(sheet, known))


def _step_problems(step: Step, known: set[str], places: set[str]) -> Iterator[str]:
    if step.meaning not in MEANINGS:
        yield f"has the unknown meaning “{step.meaning}”; one of {', '.join(MEANINGS)}"
    yield from filter(None, (_party_problem(party, known) for party in step.by.parties))
    ways = (step.on_refusal, *step.outcomes)
    for way in ways:
        if isinstance(way, Back) and way.to not in places:
            yield f"leads back to the unknown step “{way.to}”"
    since = (name for name in (step.within.since if step.within else ()) if not name.startswith("@"))
    named = {
        *since,
        *_asked(step.when, step.unsigned, *(way.when for way in ways if not isinstance(way, Onward))),
    }
    yield from (f"speaks of the unknown field “{name}”" for name in sorted(named - known))


def _onward_problems(step: Step, later: set[str]) -> Iterator[str]:
    if isinstance(step.on_refusal, Onward) and step.on_refusal.to not in later:
        yield f"leads on to “{step.on_refusal.to}”, which is no later step"
    if step.overdue_to and step.overdue_to not in later:
        yield f"moves on to “{step.overdue_to}” when overdue, which is no later step"
    if step.overdue_to and step.within is None:
        yield "moves on when overdue, but has no time limit"


def _party_problem(party: Party, known: set[str]) -> str:
    field = party.key.partition(".")[0]
    if party.kind in ("role", "outside") and party.key not in ROLE:
        return f"is signed by the unknown role “{party.key}”"
    if party.kind == "department" and party.key not in DEPARTMENT:
        return f"is signed by the head of the unknown department “{party.key}”"
    if party.kind in ("person", "head", "heads", "project") and field and field not in known:
        return f"is signed by somebody named in the unknown field “{field}”"
    return ""


def _unanswered(sheet: type[Any], known: set[str]) -> Iterator[str]:
    """Names in the conditions of a sheet's fields, and of its rows' columns, that no field answers."""
    known = known | _names(sheet)
    for field in sheet():
        yield from sorted(_asked(field.when, field.required_when) - known)
        if isinstance(field, Rows):
            yield from _unanswered(field.row, known)


def _asked(*conditions: Condition | None) -> set[str]:
    """The fields that these conditions read; limits (`@name`) are none."""
    names = (name for one in conditions if one is not None for name in one.fields())
    return {name for name in names if not name.startswith("@")}


def _names(sheet: type[Any]) -> set[str]:
    return {field.short_name for field in sheet()}
