"""The chart of a text follows the route that runs; what has changed since the release is told until the next one."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from portal.domain.conditions import filled
from portal.domain.deadlines import working_days
from portal.domain.signoff import Close, Route, Step, either, every, role
from portal.extensions import db
from portal.forms import bindings
from portal.forms.bindings import Tie
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.fields import Text
from portal.lib.hashing import canonical_json, sha256
from portal.models import DocumentRevision, FormVersion, records
from portal.queries import frozen, revisions
from portal.web import documents as shown
from tests.documents.library import LATER, NUMBER, TEXT, Library
from tests.forms.customer_service.shop import TODAY

CODE = "PU-06"
TAKES = "新增的复核"


@pytest.fixture
def library(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Library:
    """The small company's document control; one clause of its procedure is kept by a form."""
    tie = Tie("form", CODE, "表单", f"{NUMBER}#sampling")
    monkeypatch.setattr(bindings, "ties", lambda: {NUMBER: {"sampling": [tie]}})
    return Library()


def serve(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """The form as a later delivery of the portal has it."""
    former = FORMS[CODE]
    made = type(
        "Newer", (former,), {"__doc__": "A later one.", "code": former.code, "slug": former.slug, **changed}
    )
    made.department_key = former.department_key
    monkeypatch.setitem(FORMS, CODE, made)


def longer() -> Route:
    """The route of the form with one more step at its end."""
    return Route(*FORMS[CODE].signoff.steps, Step("second_look", TAKES, role("quality_manager")))


def page(context: Flask, one: DocumentRevision) -> shown.Page:
    """The text as it is read today."""
    with context.test_request_context("/"):
        return shown.page(one, TODAY)


def read_back(one: DocumentRevision) -> DocumentRevision:
    """The same as another process finds it."""
    db.session.flush()
    db.session.expire_all()
    records._definitions.clear()
    return revisions.named(one.document_no, one.number)


@pytest.mark.proves("R33")
def test_a_release_keeps_the_version_of_each_form_that_it_binds(library: Library) -> None:
    one = library.load()
    assert one.bound["clauses"] == {"sampling": [CODE]}
    kept = db.session.get_one(FormVersion, one.bound["forms"][CODE])
    assert (kept.code, kept.definition) == (CODE, definition(FORMS[CODE]))
    assert frozen.definition(one, CODE) == definition(FORMS[CODE])


def test_the_chart_is_drawn_from_the_route_that_runs(context: Flask, library: Library) -> None:
    read = page(context, library.load())
    assert read.html.count("<svg") == 1
    for step in FORMS[CODE].signoff.steps:
        assert str(step.title) in read.html
    assert read.drifted == []


@pytest.mark.proves("R33")
def test_a_route_that_changed_is_shown_beside_the_one_that_was_released(
    context: Flask, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = library.load()
    serve(monkeypatch, signoff=longer())
    read = page(context, one)
    assert read.drifted == [CODE]
    assert shown.drift(one) == [CODE]
    before, after = read.html.split("drift")
    assert TAKES not in before
    assert TAKES in after
    assert read.html.count("<svg") == 2


CHANGES: dict[str, dict[str, Any]] = {
    "title": {"title": "另一个名称"},
    "signer": {"by": role("security_guard")},
    "one of two signers": {"by": either(role("security_guard"), role("quality_inspector"))},
    "both of two signers": {"by": every(role("security_guard"), role("quality_inspector"))},
    "condition": {"when": filled("supplier")},
    "deadline": {"within": working_days(9)},
    "refusal": {"on_refusal": Close()},
    "outcome": {"outcomes": (Close(when=filled("supplier")),)},
    "meaning": {"meaning": "acknowledged"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_whatever_of_a_step_changes_is_drift(
    library: Library, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    one = library.load()
    first, *rest = FORMS[CODE].signoff.steps
    serve(monkeypatch, signoff=Route(replace(first, **change), *rest))
    assert shown.drift(one) == [CODE]


def test_a_step_before_others_who_open_and_a_step_less_are_drift(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(monkeypatch, signoff=longer())
    one = library.load()
    first, last = FORMS[CODE].signoff.steps
    changes: tuple[dict[str, Any], ...] = (
        {"signoff": Route(last, first)},
        {"signoff": Route(first)},
        {"opened_by": ("security_guard",)},
    )
    for changed in changes:
        with monkeypatch.context() as patch:
            serve(patch, **changed)
            assert shown.drift(one) == [CODE]
    assert shown.drift(one) == [], "the route of before is back"


def test_what_is_no_part_of_the_route_is_no_drift(
    context: Flask, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = library.load()
    serve(monkeypatch, remark_of_late=Text("另加一栏", required=False))
    assert definition(FORMS[CODE]) != frozen.definition(one, CODE)
    assert shown.drift(one) == []
    assert page(context, one).drifted == []


def test_another_clause_of_a_step_is_no_drift(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    one = library.load()
    former = copy.deepcopy(definition(FORMS[CODE]))
    for step in former["steps"]:
        step["clause"] = "QA-P-99#elsewhere"
    one.bound = {**one.bound, "forms": {CODE: version(former).id}}
    assert shown.drift(one) == []


def version(defined: dict[str, Any]) -> FormVersion:
    """A version of the form as it once was."""
    made = FormVersion(
        code=defined["code"],
        sha256=sha256(canonical_json(defined)),
        definition=defined,
        created_at=Library.now,
    )
    db.session.add(made)
    db.session.flush()
    return made


def test_a_former_version_of_the_form_is_drawn_as_it_was(context: Flask, library: Library) -> None:
    one = library.load()
    former = copy.deepcopy(definition(FORMS[CODE]))
    former["steps"][0]["title"] = {"zh": "从前的第一步", "en": "The first step of old"}
    one.bound = {**one.bound, "forms": {CODE: version(former).id}}
    read = page(context, read_back(one))
    assert read.drifted == [CODE]
    before, after = read.html.split("drift")
    assert "从前的第一步" in before
    assert "从前的第一步" not in after


@pytest.mark.parametrize("code", sorted(FORMS))
def test_a_route_that_is_read_back_from_the_database_is_the_same(code: str) -> None:
    """JSON knows no tuples: a condition on the rows of a table must not look like another one."""
    now = definition(FORMS[code])
    assert shown.route_of(json.loads(canonical_json(now))) == shown.route_of(now)


def test_nothing_drifts_in_another_process(context: Flask, library: Library) -> None:
    read = page(context, read_back(library.load()))
    assert read.drifted == []
    assert read.html.count("<svg") == 1


def test_with_the_next_release_the_drift_is_gone(
    context: Flask, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = library.load()
    serve(monkeypatch, signoff=longer())
    asked = library.asked()
    draft = library.draft()
    assert draft.bound == {}
    assert shown.drift(draft) == []
    assert page(context, draft).html.count("<svg") == 1, "a draft is drawn as the route runs"
    assert shown.drift(first) == [CODE], "until it is released"
    record = library.sent(library.write(draft, TEXT), change_request=library.ref(asked))
    assert draft.bound == {}, "what is in review binds nothing yet"
    library.release(record)
    assert library.state(draft) == "effective"
    assert draft.bound["clauses"] == {"sampling": [CODE]}
    assert draft.bound["forms"][CODE] != first.bound["forms"][CODE]
    assert shown.drift(draft) == []
    assert page(context, draft).drifted == []
    former = page(context, first)
    assert former.drifted == [CODE]
    assert TAKES not in former.html.split("drift")[0], "what was released stays as it was"


def test_a_release_to_come_takes_the_drift_away_on_its_day(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = library.load()
    serve(monkeypatch, signoff=longer())
    asked = library.asked()
    draft = library.draft()
    record = library.sent(draft, change_request=library.ref(asked), planned_effective_on=LATER)
    library.release(record, LATER)
    current = revisions.effective(NUMBER, TODAY)
    assert current is first
    assert shown.drift(first) == [CODE]
    later = revisions.effective(NUMBER, LATER)
    assert later is draft
    assert shown.drift(draft) == []


def test_a_form_that_is_served_no_more_is_no_drift_and_has_no_chart(
    context: Flask, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = library.load()
    monkeypatch.delitem(FORMS, CODE)
    monkeypatch.setattr(bindings, "ties", dict)
    assert shown.drift(one) == []
    assert "<svg" not in page(context, one).html


def test_several_revisions_are_looked_at_together(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    one = library.load()
    other = library.load(code="QA-P-92", title="留样管理程序")
    serve(monkeypatch, signoff=longer())
    assert shown.drifts([one, other]) == {one.id: [CODE], other.id: []}
    assert shown.drifts([]) == {}
