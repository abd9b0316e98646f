"""What differs in the forms that clauses bind."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.lib.redline import Fact, FormChange, compare_structures

ORDER = definition(FORMS["PU-04"])
INSPECTION = definition(FORMS["PU-06"])


def changed(change: Callable[[dict[str, Any]], object]) -> FormChange:
    """What is found where the order form was changed so."""
    other = copy.deepcopy(ORDER)
    change(other)
    found = compare_structures({"order": {"PU-04": ORDER}}, {"order": {"PU-04": other}})
    assert not found.bindings
    (form,) = found.forms
    assert (form.code, form.clauses) == ("PU-04", ("order",))
    return form


def test_nothing_differs_from_itself() -> None:
    bindings = {"order": {"PU-04": ORDER}, "arrival": {"PU-06": INSPECTION}}
    assert not compare_structures(bindings, copy.deepcopy(bindings))


def test_forms_bound_and_unbound() -> None:
    found = compare_structures(
        {"order": {"PU-04": ORDER}, "gone": {"PU-06": INSPECTION}},
        {"order": {"PU-04": ORDER, "PU-06": INSPECTION}},
    )
    assert found
    assert [(one.clause, one.code, one.kind) for one in found.bindings] == [
        ("order", "PU-06", "bound"),
        ("gone", "PU-06", "unbound"),
    ]
    assert found.bindings[0].title == {"zh": "进货检验单", "en": INSPECTION["title"]["en"]}
    assert not found.forms


def test_a_form_of_several_clauses_is_told_once() -> None:
    other = copy.deepcopy(ORDER)
    other["keep_years"] = 30
    old = {"a": {"PU-04": ORDER}, "b": {"PU-04": ORDER}}
    found = compare_structures(old, {"a": {"PU-04": other}, "b": {"PU-04": other}})
    (form,) = found.forms
    assert form.clauses == ("a", "b")
    assert form.facts == (Fact("keep_years", ORDER["keep_years"], 30),)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", {"zh": "新名", "en": "new name"}),
        ("roles", ["general_manager"]),
        ("deadline", {"amount": 99, "unit": "hours", "since": [], "basis": "text"}),
        ("condition", {"zh": "金额大于 5 万元", "en": "amount above 50,000", "test": {}}),
        ("on_refusal", "close-it"),
        ("mode", "every"),
    ],
)
def test_what_of_a_step_has_changed(key: str, value: object) -> None:
    before = ORDER["steps"][0][key]
    form = changed(lambda form: form["steps"][0].update({key: value}))
    (step,) = form.steps
    assert (step.key, step.kind, step.entry) == (ORDER["steps"][0]["key"], "changed", False)
    assert step.facts == (Fact(key, before, value),)


def test_who_signs_is_told_once() -> None:
    form = changed(
        lambda form: form["steps"][0].update(
            roles=["buyer"], parties=[{"kind": "role", "key": "buyer"}], fields=form["steps"][0]["fields"]
        )
    )
    assert [fact.what for fact in form.steps[0].facts] == ["roles"]


def test_steps_added_removed_and_moved() -> None:
    def change(form: dict[str, Any]) -> None:
        form["steps"].append({**copy.deepcopy(form["steps"][0]), "key": "again", "fields": []})

    (step,) = changed(change).steps
    assert (step.key, step.kind, step.title) == ("again", "added", ORDER["steps"][0]["title"])
    assert step.step is not None

    removed = changed(lambda form: form["steps"].pop(0))
    assert [(one.key, one.kind) for one in removed.steps] == [(ORDER["steps"][0]["key"], "removed")]
    if len(ORDER["steps"]) > 1:
        moved = changed(lambda form: form["steps"].reverse())
        assert {one.kind for one in moved.steps} == {"moved"}


def test_fields_added_removed_and_required() -> None:
    name = ORDER["fields"][0]["name"]

    def change(form: dict[str, Any]) -> None:
        form["fields"][0]["required"] = not form["fields"][0]["required"]
        form["fields"].pop(1)
        form["fields"].append(
            {"name": "new", "label": {"zh": "新", "en": "new"}, "type": "text", "required": True}
        )

    form = changed(change)
    kinds = [(one.name.partition(".")[0], one.kind, one.step) for one in form.fields]
    assert kinds[0] == (name, "changed", "")
    assert kinds[1] == ("new", "added", "")
    assert {one[1] for one in kinds[2:]} == {"removed"}
    assert form.fields[0].facts[0].what == "required"


def test_fields_of_a_table_and_of_a_step() -> None:
    table = next(one for one in ORDER["fields"] if "columns" in one)

    def change(form: dict[str, Any]) -> None:
        rows = next(one for one in form["fields"] if "columns" in one)
        rows["columns"][0]["label"] = {"zh": "改名", "en": "renamed"}
        form["steps"][0]["fields"].append(
            {"name": "why", "label": {"zh": "理由", "en": "why"}, "required": False}
        )

    form = changed(change)
    assert [(one.name, one.kind, one.step) for one in form.fields] == [
        (f"{table['name']}.{table['columns'][0]['name']}", "changed", ""),
        ("why", "added", ORDER["steps"][0]["key"]),
    ]
    assert not form.steps, "the fields of a step are told as fields"


def test_entries_beside_the_route_count_as_steps() -> None:
    entry = {
        "key": "note",
        "title": {"zh": "补记", "en": "note"},
        "roles": ["buyer"],
        "mode": "any",
        "fields": [],
    }
    (step,) = changed(lambda form: form["entries"].append(entry)).steps
    assert (step.key, step.kind, step.entry) == ("note", "added", True)


def test_a_definition_of_long_ago_may_lack_something() -> None:
    found = compare_structures({"a": {"PU-04": {}}}, {"a": {"PU-04": ORDER}})
    (form,) = found.forms
    assert {one.kind for one in form.steps} == {"added"}
    assert {one.kind for one in form.fields} == {"added"}


@pytest.mark.parametrize("code", sorted(FORMS))
def test_every_form_can_be_compared(code: str) -> None:
    bindings = {"x": {code: definition(FORMS[code])}}
    assert not compare_structures(bindings, bindings)


def test_a_step_without_a_clause_is_laid_down_where_its_form_is() -> None:
    former = copy.deepcopy(ORDER)
    for step in former["steps"]:
        step["clause"] = ""  # as definitions said before
    told = compare_structures({"order": {"PU-04": former}}, {"order": {"PU-04": ORDER}})
    own = [step for step in ORDER["steps"] if step["clause"] != ORDER["clause"]]
    assert sum(len(form.steps) for form in told.forms) == len(own)
