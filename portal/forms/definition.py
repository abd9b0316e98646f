"""A form as plain JSON: what `flask forms list --json` prints and what each record is pinned to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.domain.conditions import Condition
from portal.domain.deadlines import Within
from portal.domain.limits import LIMITS
from portal.domain.roles import ROLE
from portal.domain.signoff import Close, Entry, Party, Step
from portal.forms.base import CompanyForm, Sheet
from portal.lib.hashing import canonical_json, sha256
from portal.lib.i18n import both, language

LIMIT = {f"@{limit.key}": limit for limit in LIMITS}
VIRTUAL = {
    "person": "assigned_person",
    "head": "assigned_department_head",
    "heads": "assigned_department_head",
    "department": "department_head",
    "applicant": "applicant",
}


_definitions: dict[object, dict[str, Any]] = {}
_fingerprints: dict[object, str] = {}


def definition(form: type[CompanyForm]) -> dict[str, Any]:
    """The whole form: fields, steps, effects, register, in both languages. Made once; do not change it."""
    if form not in _definitions:
        _definitions[form] = _define(form)
    return _definitions[form]


def _define(form: type[CompanyForm]) -> dict[str, Any]:
    opening = fields(form())
    stages = {step.key: fields(step.fills()) if step.fills else [] for step in form.signoff.steps}
    entries = {entry.key: fields(entry.fills()) for entry in form.signoff.entries}
    every = [*opening, *(f for group in (*stages.values(), *entries.values()) for f in group)]
    speak = _speaker(every)
    return {
        "code": form.code,
        "title": both(form.name),
        "department": form.department_key,
        "section": form.section,
        "slug": form.slug,
        "url": address(form),
        "clause": form.procedure,
        "keep_years": form.keep_years,
        "opened_by": list(form.opened_by),
        "fields": _spoken(opening, speak),
        "steps": [
            _step(step, _spoken(stages[step.key], speak), speak, form.procedure)
            for step in form.signoff.steps
        ],
        "entries": [
            _entry(entry, _spoken(entries[entry.key], speak), speak) for entry in form.signoff.entries
        ],
        "effects": [{"after": hook.after, "title": both(hook.title)} for hook in form.hooks],
        "register": list(form.columns),
        "covers": list(form.covers),
    }


def fingerprint(form: type[CompanyForm]) -> str:
    """SHA-256 of the definition: the form's version."""
    if form not in _fingerprints:
        _fingerprints[form] = sha256(canonical_json(definition(form)))
    return _fingerprints[form]


def address(form: type[CompanyForm]) -> str:
    """The register's path, `/<department>/<form-slug>/`."""
    return f"/{form.department_key.replace('_', '-')}/{form.slug}/"


def fields(form: Sheet) -> list[dict[str, Any]]:
    """The fields of a sheet."""
    return [_field(field) for field in form]


def every_field(defined: dict[str, Any]) -> list[dict[str, Any]]:
    """All fields of a definition: opening section, stages, side entries."""
    groups = [step["fields"] for step in (*defined["steps"], *defined["entries"])]
    return [*defined["fields"], *(field for group in groups for field in group)]


def _field(field: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "name": field.short_name,
        "type": field.kind,
        "label": both(field.label.text),
        "required": bool(field.required) and not (field.computed or field.when or field.required_when),
        "computed": field.computed,
    }
    if field.description:
        shown["help"] = both(field.description)
    if field.when is not None:
        shown["when"] = field.when
    if field.required_when is not None:
        shown["required_when"] = field.required_when
    for key, value in field.describe().items():
        if key == "columns":
            shown[key] = [_field(column) for column in value]
        elif key == "choices":
            shown[key] = [{"value": one, **both(label)} for one, label in value.items()]
        elif key == "rows":
            shown[key] = [both(row) for row in value]
        else:
            shown[key] = value
    if field.kind == "checklist":
        item = shown["columns"][0]
        item["choices"] = [{"value": row["zh"], **row} for row in shown["rows"]]
    return shown


Speaker = Callable[[Condition], dict[str, Any]]


def _spoken(described: list[dict[str, Any]], speak: Speaker) -> list[dict[str, Any]]:
    """The fields with their conditions in words."""
    return [
        {key: speak(value) if key in ("when", "required_when") else value for key, value in field.items()}
        | ({"columns": _spoken(field["columns"], speak)} if "columns" in field else {})
        for field in described
    ]


def _speaker(every: list[dict[str, Any]]) -> Speaker:
    """Says a condition in both languages, with labels instead of names."""
    known = {field["name"]: field for field in every}
    known |= {f"{table['name']}.{one['name']}": one for table in every for one in table.get("columns", ())}

    def word(language: str) -> tuple[Callable[[str], str], Callable[[str, Any], str]]:
        def label(name: str) -> str:
            return known[name]["label"][language] if name in known else name

        def shown(name: str, value: Any) -> str:
            if isinstance(value, bool):
                return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
            if isinstance(value, str) and value.startswith("@"):
                return both(LIMIT[value].title)[language]
            for choice in known.get(name, {}).get("choices") or ():
                if choice["value"] == value:
                    return str(choice[language])
            return f"{value}"

        return label, shown

    def speak(condition: Condition) -> dict[str, Any]:
        words = both(_Spoken(condition, word))
        return {**words, "test": condition.as_dict()}

    return speak


class _Spoken:
    """A condition that is put into words when its language is known."""

    def __init__(self, condition: Condition, word: Callable[[str], Any]) -> None:
        self.condition, self.word = condition, word

    def __str__(self) -> str:
        from_language = language()
        return self.condition.words(*self.word(from_language))


def _step(step: Step, stage: list[dict[str, Any]], speak: Speaker, clause: str) -> dict[str, Any]:
    """A step; one that names no clause of its own is laid down where its form is."""
    refusal = step.on_refusal
    return {
        "key": step.key,
        "title": both(step.title),
        "roles": [_role(party) for party in step.by.parties],
        "parties": [{"kind": party.kind, "key": party.key} for party in step.by.parties],
        "mode": step.by.mode,
        "meaning": step.meaning,
        "deadline": _deadline(step.within),
        "condition": speak(step.when) if step.when else None,
        "on_refusal": "close" if isinstance(refusal, Close) else refusal.to,
        "overdue_to": step.overdue_to,
        "clause": step.clause or clause,
        "outcomes": [
            {
                "to": "close" if isinstance(one, Close) else one.to,
                "when": speak(one.when) if one.when else None,
            }
            for one in step.outcomes
        ],
        "fields": stage,
    }


def _entry(entry: Entry, stage: list[dict[str, Any]], speak: Speaker) -> dict[str, Any]:
    return {
        "key": entry.key,
        "title": both(entry.title),
        "roles": [_role(party) for party in entry.by.parties],
        "mode": "any",
        "condition": speak(entry.when) if entry.when else None,
        "daily_after": entry.daily_after,
        "fields": stage,
    }


def _role(party: Party) -> str:
    if party.kind in ("role", "outside"):
        return party.key
    if party.kind == "project":
        return party.key.partition(".")[2]
    if party.kind == "head" and not party.key:
        return "department_head"
    if party.kind == "person" and party.key in ROLE:
        return party.key
    return VIRTUAL[party.kind]


def _deadline(within: Within | None) -> dict[str, Any] | None:
    if within is None:
        return None
    basis = "text" if within.fixed else "suggested"
    return {"amount": within.amount, "unit": within.unit, "since": list(within.since), "basis": basis}
