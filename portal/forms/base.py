"""What every form is: a WTForms form with a route, effects and a place in the cabinet.

An incomplete class is refused when it is imported, with a sentence that says what is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, ClassVar

import wtforms
from wtforms.fields import FieldList, FormField
from wtforms.fields.core import UnboundField

from portal.domain.effects import Hook
from portal.domain.signoff import Route
from portal.forms import complete
from portal.forms.complete import FormIncomplete
from portal.forms.drawings import Drawing
from portal.forms.fields import Answer
from portal.forms.kinds import SERVED
from portal.forms.references import resolve
from portal.lib.clock import day, now

RESERVED = frozenset(
    {"data", "errors", "form_errors", "meta", "person", "context", "known", "answers", "dump", "compute"}
    | {"check", "empty", "process", "validate", "populate_obj", "refuse", "every_field", "post_process"}
    | {"code", "name", "slug", "section", "signoff", "opened_by", "procedure", "covers", "columns"}
    | {"itself", "keep_years", "department_key", "hooks", "effects", "heading", "now", "today"}
    | {"readers", "proposal", "drawing"}
)


class Sheet(wtforms.Form):
    """A set of fields with typed answers: an opening section, a stage, or one row of a table.

    `context` holds answers given elsewhere (the record so far for a stage, the sheet for a row), so
    that conditions can speak of them, with the company's limits and, once there is a record, facts
    of it (`@record_id`, `@now` and others of `services/route.py`); `person` is who fills it in. A field whose name the class
    needs for itself is written with a trailing underscore, which its name in the data drops.
    """

    def __init_subclass__(cls) -> None:
        for name, value in list(vars(cls).items()):
            if isinstance(value, UnboundField):
                if name in RESERVED:
                    raise FormIncomplete(
                        f"{cls.__name__}: field “{name}” hides a property; write it as “{name}_”"
                    )
                if name.endswith("_"):
                    value.name = name.rstrip("_")
        super().__init_subclass__()

    def __init__(
        self,
        formdata: Any = None,
        *,
        answers: Mapping[str, Any] | None = None,
        context: Mapping[str, Any] | None = None,
        person: Any = None,
        **kwargs: Any,
    ) -> None:
        self.context: Mapping[str, Any] = context or {}
        self.person = person
        super().__init__(formdata, data=dict(answers) if answers is not None else None, **kwargs)

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **kwargs: Any) -> None:
        """Fills the fields; answers go by the fields' short names."""
        filters = kwargs.pop("extra_filters", None)
        given = {**(data or {}), **kwargs}
        renamed = {
            name: given[field.short_name] for name, field in self._fields.items() if field.short_name in given
        }
        super().process(formdata, obj, data=renamed, extra_filters=filters)

    def post_process(self, formdata: Any = None) -> None:
        """Looks references up, at the root, for all fields and rows at once."""
        super().post_process(formdata)
        if self._parent_form is None and formdata is not None:
            resolve(self.every_field(), self.person)

    def every_field(self) -> Iterable[Any]:
        """All fields, those inside rows included."""
        for field in self:
            yield field
            if isinstance(field, FieldList):
                for entry in field.entries:
                    yield from entry.form.every_field()

    def answers(self) -> dict[str, Any]:
        """The typed answers by name; None for one not given."""
        return {field.short_name: None if field.blank else field.data for field in self}

    def known(self) -> dict[str, Any]:
        """The answers here, over those given elsewhere."""
        return {**self.context, **self.answers()}

    @property
    def now(self) -> datetime:
        """The moment at which the sheet is filled in."""
        return self.context.get("@now") or now()

    @property
    def today(self) -> date:
        """The company's day on which the sheet is filled in."""
        return day(self.now)

    @property
    def itself(self) -> frozenset[int]:
        """This record and the one it corrects: what others did is counted without them."""
        return frozenset(filter(None, (self.context.get("@record_id"), self.context.get("@corrects"))))

    def dump(self) -> dict[str, Any]:
        """The answers as JSON, as the record keeps them."""
        return {field.short_name: field.dump() for field in self}

    def empty(self) -> bool:
        """Whether nothing at all is filled in, not even what cannot be read."""
        return all(field.blank and not field.process_errors for field in self if not field.computed)

    def validate(self, extra_validators: Any = None) -> bool:
        """Computes, runs every field's checks, then the sheet's own `check`."""
        self.compute()
        good = super().validate(extra_validators)
        self.check()
        return good and not any(field.errors for field in self.every_field()) and not self.form_errors

    def compute(self) -> None:
        """Fills computed fields; forms override it. Must bear missing answers."""
        for field in self:
            if isinstance(field, FieldList):
                for entry in field.entries:
                    if isinstance(entry, FormField):
                        entry.form.compute()

    def check(self) -> None:
        """Rules over several fields; forms override it and call `refuse`."""

    def refuse(self, name: str, text: Any, **facts: Any) -> None:
        """Puts an error beside a field, unless something is wrong with the answer itself."""
        field = next(field for field in self if field.short_name == name)
        if not field.errors:
            field.errors = [str(text) % facts if facts else str(text)]


class Stage(Sheet):
    """The fields that the person of a step fills in when signing. `context` is the record so far."""

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **kwargs: Any) -> None:
        """An empty page opens with what the stage proposes."""
        if formdata is None and not data and self.context:
            data = self.proposal()
        super().process(formdata, obj, data, **kwargs)

    def proposal(self) -> dict[str, Any]:
        """Typed answers to begin with; stages override it."""
        return {}


class CompanyForm(Sheet):
    """A form of the company; `portal/forms/purchasing/requisition.py` is one to follow.

    Effects are static methods marked with `after(step, title)`: they take the record as signed
    (`Filed`) and yield declared effects.
    """

    code: ClassVar[str]
    name: ClassVar[Any]
    slug: ClassVar[str]
    section: ClassVar[str]
    signoff: ClassVar[Route]
    opened_by: ClassVar[tuple[str, ...]]
    procedure: ClassVar[str] = ""
    covers: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple[str, ...]] = ()
    readers: ClassVar[tuple[str, ...]] = ()  # roles that read every record of it, besides who has part in it
    keep_years: ClassVar[int] = 10
    department_key: ClassVar[str]
    hooks: ClassVar[tuple[Hook, ...]] = ()

    def __init_subclass__(cls, abstract: bool = False) -> None:
        super().__init_subclass__()
        if abstract:
            return
        cls.department_key = (
            cls.__module__.split(".")[2] if cls.__module__.startswith("portal.forms.") else "tests"
        )
        cls.hooks = tuple(_hooks(cls).values())
        complete.check(cls)
        SERVED.add(cls.code)

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **kwargs: Any) -> None:
        """An empty page that somebody opens begins with what the form proposes."""
        if formdata is None and not data and self.person is not None:
            data = self.proposal()
        super().process(formdata, obj, data, **kwargs)

    def proposal(self) -> dict[str, Any]:
        """Typed answers to begin with; forms override it. `person` is who opens the page."""
        return {}

    def heading(self) -> str:
        """What the record is called in lists: its first answered field, or what the form overrides."""
        return next((str(field.data) for field in self if isinstance(field, Answer) and not field.blank), "")

    @classmethod
    def drawing(cls, answers: Mapping[str, Any], today: date) -> Drawing | None:
        """A picture of the record's answers; forms override it. What it asks of the books is asked here."""
        return None

    @classmethod
    def effects(cls, step: str, record: Any) -> Iterable[Any]:
        """What the hooks of this step set going for the record."""
        for hook in cls.hooks:
            if hook.after == step:
                yield from getattr(cls, hook.method)(record) or ()


def _hooks(cls: type) -> dict[str, Hook]:
    """The hooks of a form by the names of their methods: those that it shares with others, then its own."""
    found = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            hook = getattr(getattr(value, "__func__", value), "hook", None)
            if isinstance(hook, Hook):
                found[name] = hook
    return found
