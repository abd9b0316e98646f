"""A form class that lacks something, or whose parts do not fit, is refused with a sentence that says what."""

from __future__ import annotations

from typing import Any

import pytest

from portal.domain.conditions import above, equals
from portal.domain.deadlines import hours, until
from portal.domain.effects import after
from portal.domain.signoff import Back, Onward, Route, Step, head_of, person_in, project_person, role
from portal.forms import catalogue
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.complete import FormIncomplete
from portal.forms.fields import Rows, Text


class Line(Sheet):
    """A row with a column that waits for another, and for an answer of its sheet."""

    size = Text("尺寸")
    note = Text("说明", when=equals("size", "大"))
    reason = Text("原因", required_when=equals("tool", "锯"))


class Why(Stage):
    """A stage that asks about the opening section."""

    why = Text("理由", when=equals("tool", "锯"))


def step(**other: Any) -> Step:
    return Step(**{"key": "check", "title": "审核", "by": role("buyer"), **other})


def form(**other: Any) -> type[CompanyForm]:
    """A small form, some parts put otherwise; a part that is None is left out."""
    parts = {
        "__doc__": "Tries what a form must have.",
        "__module__": __name__,
        "code": "ZZ-99",
        "name": "试填单",
        "slug": "trials",
        "section": "stock",
        "opened_by": ("employee",),
        "columns": ("number", "tool"),
        "tool": Text("工具"),
        "signoff": Route(step()),
        **other,
    }
    return type(CompanyForm)(
        "Trial", (CompanyForm,), {name: part for name, part in parts.items() if part is not None}
    )


def test_what_fits_is_taken() -> None:
    limit = above("tool", "@purchase_order_limit")
    whole = Route(step(fills=Why, by=head_of(), when=limit, on_refusal=Back("check"), within=until("why")))
    assert form(lines=Rows("明细", Line), signoff=whole, opened_by=("employee", "buyer")).code == "ZZ-99"


def test_a_step_may_wait_for_what_another_record_says() -> None:
    assert form(signoff=Route(step(within=hours(24, since="@work_done")))).code == "ZZ-99"


@pytest.mark.parametrize("name", ["code", "name", "slug", "section", "signoff", "opened_by", "columns"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(FormIncomplete, match=f"^Trial: “{name}” is missing$"):
        form(**{name: None})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"__doc__": None}, "needs a docstring"),
        ({"section": "stok"}, "unknown section “stok”; one of service_system, "),
        ({"signoff": step()}, "“signoff” is a Route"),
        ({"opened_by": "employee"}, r"“opened_by” is a tuple; a single one is written \('employee',\)"),
        ({"columns": "number"}, "“columns” is a tuple"),
        ({"opened_by": ("emploiee",)}, "unknown role “emploiee” in opened_by"),
        ({"columns": ("number", "toool")}, "register column “toool” is no field"),
        ({"signoff": Route(step(), step())}, "two steps share a key"),
        (
            {"signoff": Route(step(key="first"), step(on_refusal=Onward("first")))},
            "step “check” leads on to “first”, which is no later step",
        ),
        (
            {"signoff": Route(step(overdue_to="check", within=until("tool")))},
            "step “check” moves on to “check” when overdue, which is no later step",
        ),
        ({"signoff": Route(step(overdue_to="end"), step(key="end"))}, "step “check” moves on when overdue, but has no"),
        ({"hook": staticmethod(after("chek", "告知")(lambda record: ()))}, "effect after unknown step “chek”"),
        ({"tool": Text("工具", when=equals("toool", "锯"))}, "condition on unknown field “toool”"),
        ({"lines": Rows("明细", Line), "tool": None, "columns": ("number",)}, "condition on unknown field “tool”"),
        ({"signoff": Route(step(fills=Why)), "tool": None, "columns": ("number",)}, "condition on unknown field “tool”"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(FormIncomplete, match=f"^Trial: {said}"):
        form(**parts)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"meaning": "sined"}, "has the unknown meaning “sined”; one of approved, "),
        ({"by": role("bujer")}, "is signed by the unknown role “bujer”"),
        ({"by": person_in("nobody")}, "is signed by somebody named in the unknown field “nobody”"),
        ({"by": head_of("nowhere")}, "is signed by somebody named in the unknown field “nowhere”"),
        ({"by": project_person("works", "foreman")}, "is signed by somebody named in the unknown field “works”"),
        ({"on_refusal": Back("chek")}, "leads back to the unknown step “chek”"),
        ({"outcomes": (Back("chek"),)}, "leads back to the unknown step “chek”"),
        ({"outcomes": (Back(when=equals("toool", "锯")),)}, "speaks of the unknown field “toool”"),
        ({"when": equals("toool", "锯")}, "speaks of the unknown field “toool”"),
        ({"within": until("some_day")}, "speaks of the unknown field “some_day”"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_step_is_said(parts: dict[str, Any], said: str) -> None:
    with pytest.raises(FormIncomplete, match=f"^Trial: step “check” {said}"):
        form(signoff=Route(step(**parts)))


def test_two_forms_cannot_share_an_address() -> None:
    with pytest.raises(FormIncomplete, match=r"^Trial and Trial share the slug trials$"):
        catalogue._addressed({"ZZ-98": form(code="ZZ-98"), "ZZ-99": form()})
