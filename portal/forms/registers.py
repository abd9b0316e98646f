"""Registers: one of each form, the ledgers, and the views that the procedures name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.columns import Column, as_column
from portal.forms.definition import address, definition, every_field
from portal.forms.ledgers import LEDGERS, Ledger
from portal.forms.views import VIEWS, View
from portal.lib.i18n import _l, both

SYSTEM = {
    "number": Column("number", _l("编号"), "record"),
    "status": Column("status", _l("状态"), "state"),
    "current_step": Column("current_step", _l("当前步骤"), "step"),
    "due_at": Column("due_at", _l("办理期限"), "due"),
    "created_at": Column("created_at", _l("提交时间"), "datetime"),
    "applicant": Column("applicant", _l("发起人"), "person"),
    "closed_at": Column("closed_at", _l("结束时间"), "datetime"),
}
YES_NO = {"yes": {"zh": "是", "en": "Yes"}, "no": {"zh": "否", "en": "No"}}


@dataclass(frozen=True)
class FormRegister:
    """The register of a form; its key is the form's code."""

    form: type[CompanyForm]
    kind: str = "register"

    @property
    def key(self) -> str:
        """The form's code."""
        return self.form.code

    @property
    def title(self) -> Any:
        """The form's name."""
        return self.form.name

    @property
    def department(self) -> str:
        """The form's department."""
        return self.form.department_key

    @property
    def url(self) -> str:
        """Its page."""
        return address(self.form)

    def describe(self) -> dict[str, Any]:
        """The register as JSON."""
        return _described(self) | {"form": self.key, "columns": _described_columns(self.form.code)}


@dataclass(frozen=True)
class FormView:
    """A named view: a form's register with preset filters."""

    view: View
    form: type[CompanyForm]

    @property
    def key(self) -> str:
        """The view's own key."""
        return self.view.key

    @property
    def title(self) -> Any:
        """The name that the procedures give it."""
        return self.view.title

    @property
    def kind(self) -> str:
        """`register` or `view`."""
        return self.view.kind

    @property
    def department(self) -> str:
        """The form's department."""
        return self.form.department_key

    @property
    def url(self) -> str:
        """The register's page with the filters set."""
        return address(self.form) + (f"?{self.view.query}" if self.view.query else "")

    def describe(self) -> dict[str, Any]:
        """The view as JSON."""
        return _described(self) | {"form": self.form.code, "columns": _described_columns(self.form.code)}


Register = FormRegister | FormView | Ledger


@cache
def columns(code: str, language: str) -> tuple[Column, ...]:
    """The columns of a form's register in a language, those of the form and of the system."""
    form = FORMS[code]
    fields = {field["name"]: field for field in reversed(every_field(definition(form)))}
    return tuple(
        SYSTEM[name] if name in SYSTEM else as_column(fields[name], language) for name in form.columns
    )


@cache
def choices(code: str, name: str) -> dict[str, dict[str, str]]:
    """The answers that a column may be filtered by: value -> label in both languages."""
    form = FORMS[code]
    field = next((one for one in every_field(definition(form)) if one["name"] == name), None)
    if field is None or name not in form.columns:
        return {}
    if field["type"] == "yes_no":
        return YES_NO
    return {one["value"]: {"zh": one["zh"], "en": one["en"]} for one in field.get("choices") or ()}


def _described(register: Register) -> dict[str, Any]:
    return {
        "key": register.key,
        "title": both(register.title),
        "kind": register.kind,
        "department": register.department,
        "url": register.url,
    }


def _described_columns(code: str) -> list[dict[str, Any]]:
    zh, en = columns(code, "zh"), columns(code, "en")
    return [
        column.describe() | {"label": {"zh": both(column.title)["zh"], "en": both(other.title)["en"]}}
        for column, other in zip(zh, en, strict=True)
    ]


def _every() -> list[Register]:
    found: list[Register] = [FormRegister(form) for form in FORMS.values()]
    found += [FormView(view, FORMS[view.form]) for view in VIEWS if view.form in FORMS]
    return [*found, *LEDGERS.values()]


REGISTERS: dict[str, Register] = {register.key: register for register in _every()}


def of_department(key: str) -> list[Register]:
    """The ledgers and named views of a department; forms' own registers stand with their forms."""
    return [one for one in REGISTERS.values() if one.department == key and not isinstance(one, FormRegister)]


def views_of(form: type[CompanyForm]) -> list[FormView]:
    """The named views of a form."""
    return [
        one for one in REGISTERS.values() if isinstance(one, FormView) and one.form is form and one.view.query
    ]
