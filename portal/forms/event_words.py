"""An event's facts as words: people by their names, steps and roles by their titles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from portal.domain.findings import GRADES
from portal.domain.limits import LIMITS
from portal.domain.roles import DEPARTMENT, ROLE
from portal.domain.signoff import APPLICANT
from portal.extensions import db
from portal.forms import charts
from portal.forms.catalogue import FORMS
from portal.forms.customer_words import CUSTOMER_STATES
from portal.forms.duties import OBLIGATIONS
from portal.forms.event_texts import COLUMNS, PREFERENCES, TABLES
from portal.forms.kinds import ROWS, load_one, show
from portal.forms.registers import REGISTERS
from portal.forms.trail_views import said
from portal.forms.words import SAID
from portal.lib.i18n import _, _l, language
from portal.models import AuditEvent, Content, Department, Person, Record

LOOKS = {"page": _l("页面"), "pdf": _l("PDF 打印件"), "json": _l("JSON 数据")}
IDS = frozenset({"person", "to", "substitute"})


class FactWords(Mapping[str, str]):
    """The facts of one event, to be put into its sentence."""

    def __init__(self, event: AuditEvent) -> None:
        self.event, self.facts = event, event.facts
        self._versions: dict[int, list[dict[str, Any]]] = {}

    def __getitem__(self, key: str) -> str:
        value = self.facts.get(key)
        if key in IDS:
            return self.name(value)
        match key:
            case "kind":
                return self.event.kind
            case "title" | "reason" | "stage" | "stood" if isinstance(value, dict):
                return str(value[language()])
            case "people":
                return _list(map(self.name, value)) if isinstance(value, list) else str(value or "")
            case "step":
                return self.step(value or self.facts.get("entry", ""))
            case "onward":
                return self.step(value or "")
            case "back_to":
                return (
                    _("发起人")
                    if self.facts.get("to") == APPLICANT
                    else f"“{self.step(self.facts.get('to', ''))}”"
                )
            case "fields":
                return _list(self.value(name)[0] for name in self.facts.get("changed", {}))
            case "limit":
                known = {one.key: str(one.title) for one in LIMITS}
                key = str(self.facts.get("key", ""))
                return known.get(key, key)
            case "old_state" | "new_state":
                state = str(self.facts.get(key.removesuffix("_state"), ""))
                return str(CUSTOMER_STATES.get(state, state))
            case "obligation":
                return str(OBLIGATIONS[value].title) if value in OBLIGATIONS else str(value or "")
            case "which":
                return self._number()
            case "heads":
                return _list(map(self.holder, self.facts.get("to") or ()))
            case "days":
                return _list(value or ())
            case "filter" if isinstance(value, dict):
                return said(value)
            case "forms":
                return _list(map(_form, value)) if value else _("全部表单")
        return _word(key, value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)

    def _number(self) -> str:
        """The title of an obligation's number."""
        key = str(self.facts.get("which", ""))
        obligation = OBLIGATIONS.get(str(self.facts.get("obligation")))
        found = (str(one.title) for one in obligation.numbers if one.key == key) if obligation else iter(())
        return next(found, key)

    def name(self, id: Any) -> str:
        """A person's name."""
        person = db.session.get(Person, id) if isinstance(id, int) else None
        return person.name if person is not None else _("（无）")

    def holder(self, key: str) -> str:
        """Who is behind an authority key."""
        kind, _colon, rest = key.partition(":")
        if kind == "role":
            return _word("role", rest)
        if kind == "head":
            department = db.session.get(Department, int(rest))
            return _(
                "%(department)s负责人",
                department=department.named(language()) if department is not None else rest,
            )
        return self.name(int(rest))

    def step(self, key: str) -> str:
        """A step's title as the record's own form version has it."""
        for step in (*self._defined("steps"), *self._defined("entries")):
            if step["key"] == key:
                return str(step["title"][language()])
        return key or _("更正")

    def value(self, name: str, value: Any = None, *, old: bool = False) -> tuple[str, str]:
        """A replaced value's label, and the value as text; the old one by the form version of its time."""
        if self.event.record_id is None:
            return str(COLUMNS.get(name, name)), self._column(name, value)
        field = self._field(name, 1 if old else 0) or self._field(name, 0 if old else 1)
        if field is None:
            return name, "" if value is None else str(value)
        label = str(field["label"][language()])
        if field["type"] in ROWS and value:
            return label, "; ".join(_row(field, row) for row in value)
        return label, show(field, load_one(field, value), language())

    def _field(self, name: str, before: int) -> Mapping[str, Any] | None:
        """The field of the content version that the event made, or of the one before it."""
        version = self.facts.get("version", 1) - before
        if version not in self._versions:
            query = sa.select(Content).where(
                Content.record_id == self.event.record_id, Content.version == version
            )
            content = db.session.scalar(query)
            self._versions[version] = content.form_version.definition["fields"] if content else []
        return next((field for field in self._versions[version] if field["name"] == name), None)

    def _column(self, name: str, value: Any) -> str:
        if value is None:
            return ""
        if name == "head_id":
            return self.name(value)
        if name == "department_id":
            department = db.session.get(Department, value)
            return department.named(language()) if department is not None else str(value)
        return _list(value) if isinstance(value, list) else str(value)

    def _record(self) -> Record | None:
        return db.session.get(Record, self.event.record_id) if self.event.record_id is not None else None

    def _defined(self, part: str) -> list[dict[str, Any]]:
        record = self._record()
        return record.form_version.definition.get(part, []) if record is not None else []


def _row(field: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """One row of a table as text."""
    cells = (
        show(column, load_one(column, row.get(column["name"])), language()) for column in field["columns"]
    )
    return " ".join(filter(None, cells))


def _word(key: str, value: Any) -> str:
    """A fact that is a key, as the word for it."""
    words: Mapping[str, Any] = {
        "meaning": SAID,
        "table": TABLES,
        "value": PREFERENCES,
        "what": LOOKS,
        "grade": GRADES,
    }.get(key, {})
    if key == "role" and value in ROLE:
        return str(ROLE[value].title)
    if key == "department" and value in DEPARTMENT:
        return str(DEPARTMENT[value].title)
    if key == "register" and value in REGISTERS and value not in FORMS:
        return str(REGISTERS[value].title)
    if key == "register" and str(value).startswith("chart:"):
        return _chart(*str(value).removeprefix("chart:").split("/", 1))
    if key in ("form", "register"):
        return _form(str(value or ""))
    return str(words.get(value, "" if value is None else value))


def _form(code: str) -> str:
    return f"{code} {FORMS[code].name}" if code in FORMS else code


def _chart(department: str, key: str) -> str:
    """The title of a department's chart; its key where there is none any more."""
    return next((str(one.title) for one in charts.of_department(department) if one.key == key), key)


def _list(words: Iterable[str]) -> str:
    return _("、").join(words)
