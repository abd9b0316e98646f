"""What differs in the forms that the clauses of a document bind, and in their routes and fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from portal.lib.alignment import out_of_step

Definition = Mapping[str, Any]
Bindings = Mapping[str, Mapping[str, Definition]]
Title = Mapping[str, str]

# What is looked at first; whatever else a definition says of a step or field comes behind, by its name.
_STEP = ("title", "roles", "parties", "mode", "deadline", "condition", "on_refusal", "overdue_to", "outcomes")
_FIELD = ("label", "type", "required", "required_when", "when")
_FORM = ("title", "opened_by", "keep_years")
_ELSEWHERE = {"key", "name", "fields", "columns"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is different: its key in the definition, and its value before and after."""

    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class BindingChange:
    """A form that a clause has come to ask for, or no longer asks for."""

    clause: str
    code: str
    title: Title
    kind: Literal["bound", "unbound"]


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step, or an entry beside the route, that came, went, changed or has another place in the order."""

    key: str
    title: Title
    kind: Literal["added", "removed", "changed", "moved"]
    facts: tuple[Fact, ...] = ()
    entry: bool = False
    step: Definition | None = None  # as it is now, or was


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that came, went or changed; `step` is where it is filled in, empty in the opening section.

    A column of a table is called by the table's name, a point and its own.
    """

    name: str
    label: Title
    kind: Literal["added", "removed", "changed"]
    step: str = ""
    facts: tuple[Fact, ...] = ()
    field: Definition | None = None  # as it is now, or was


@dataclass(frozen=True, slots=True)
class FormChange:
    """A form that is bound before and after and runs in another way; `clauses` bind it now."""

    code: str
    title: Title
    clauses: tuple[str, ...]
    facts: tuple[Fact, ...]
    steps: tuple[StepChange, ...]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class StructureChange:
    """Everything that differs besides the text."""

    bindings: tuple[BindingChange, ...]
    forms: tuple[FormChange, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.bindings or self.forms)


def compare_structures(old: Bindings, new: Bindings) -> StructureChange:
    """What differs between two sets of bindings, {clause id: {form code: definition}}, in the order of the new."""
    before, after = _forms(old), _forms(new)
    changed = []
    for code in (code for code in after if code in before):
        clauses = tuple(clause for clause, bound in new.items() if code in bound)
        form = _form(code, clauses, before[code], after[code])
        if form.facts or form.steps or form.fields:
            changed.append(form)
    return StructureChange(tuple(_bindings(old, new)), tuple(changed))


def _bindings(old: Bindings, new: Bindings) -> Iterator[BindingChange]:
    for clause in dict.fromkeys((*new, *old)):
        was, is_ = old.get(clause, {}), new.get(clause, {})
        for code in sorted({*was, *is_}):
            if code not in was:
                yield BindingChange(clause, code, is_[code].get("title", {}), "bound")
            elif code not in is_:
                yield BindingChange(clause, code, was[code].get("title", {}), "unbound")


def _forms(bindings: Bindings) -> dict[str, Definition]:
    return {code: bound[code] for bound in bindings.values() for code in sorted(bound)}


def _form(code: str, clauses: tuple[str, ...], old: Definition, new: Definition) -> FormChange:
    steps = [
        *_steps(_laid_down(old), _laid_down(new), entry=False),
        *_steps(old.get("entries", ()), new.get("entries", ()), entry=True),
    ]
    fields = tuple(_fields(_places(old), _places(new)))
    return FormChange(
        code, new.get("title", {}), clauses, _facts(_FORM, old, new, only=True), tuple(steps), fields
    )


def _laid_down(form: Definition) -> list[Definition]:
    """The steps; one that names no clause of its own is laid down where its form is, which older versions do not say."""
    return [
        {**step, "clause": step.get("clause") or form.get("clause", "")} for step in form.get("steps", ())
    ]


def _steps(old: Sequence[Definition], new: Sequence[Definition], *, entry: bool) -> Iterator[StepChange]:
    was, is_ = {step["key"]: step for step in old}, {step["key"]: step for step in new}
    common = [key for key in is_ if key in was]
    order = list(was)
    moved = {common[at] for at in out_of_step([order.index(key) for key in common])}
    for key, step in is_.items():
        facts = _facts(_STEP, was[key], step) if key in was else ()
        if key not in was:
            yield StepChange(key, step["title"], "added", entry=entry, step=step)
        elif facts or key in moved:
            yield StepChange(key, step["title"], "changed" if facts else "moved", facts, entry, step)
    for key, step in was.items():
        if key not in is_:
            yield StepChange(key, step["title"], "removed", entry=entry, step=step)


def _places(form: Definition) -> dict[tuple[str, str], Definition]:
    """Every field by where it is filled in and its name."""
    groups = [("", form.get("fields", ()))]
    groups += [(step["key"], step.get("fields", ())) for step in form.get("steps", ())]
    groups += [(entry["key"], entry.get("fields", ())) for entry in form.get("entries", ())]
    found: dict[tuple[str, str], Definition] = {}
    for place, fields in groups:
        for one in fields:
            found[place, one["name"]] = one
            found |= {(place, f"{one['name']}.{each['name']}"): each for each in one.get("columns", ())}
    return found


def _fields(
    old: Mapping[tuple[str, str], Definition], new: Mapping[tuple[str, str], Definition]
) -> Iterator[FieldChange]:
    for (place, name), one in new.items():
        if (place, name) not in old:
            yield FieldChange(name, one["label"], "added", place, field=one)
        elif facts := _facts(_FIELD, old[place, name], one):
            yield FieldChange(name, one["label"], "changed", place, facts, one)
    for (place, name), one in old.items():
        if (place, name) not in new:
            yield FieldChange(name, one["label"], "removed", place, field=one)


def _facts(keys: Sequence[str], old: Definition, new: Definition, *, only: bool = False) -> tuple[Fact, ...]:
    """What differs; what is missing counts as empty. Who signs is told once, by roles where these tell it."""
    others = () if only else sorted({*old, *new} - {*keys} - _ELSEWHERE)
    found = [
        Fact(key, old.get(key), new.get(key))
        for key in (*keys, *others)
        if (old.get(key) or None) != (new.get(key) or None)
    ]
    told = {fact.what for fact in found}
    return tuple(fact for fact in found if fact.what != "parties" or "roles" not in told)
