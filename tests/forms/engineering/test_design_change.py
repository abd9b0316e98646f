"""EN-17: a new drawing, its version, and what it costs in money and days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from goods_books import NOW, furnish, kept, signed
from projects import begun

from portal.demo.stories.construction import STORIES
from portal.domain.effects import ChangesProject
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.engineering.design_change import DesignChange, ForemanReceipt, raised
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Customer, Project

FILE = {"id": 1, "name": "a.pdf", "type": "application/pdf", "size": 1, "sha256": "0"}

pytestmark = pytest.mark.usefixtures("app_context")


def opening(project: Ref, **other: Any) -> dict[str, Any]:
    return {
        "project": project,
        "drawing_no": "SD-03",
        "old_content": "插座6个",
        "new_content": "插座8个",
        "reason": "customer_request",
        "cost_effect": Decimal(680),
        "days_effect": 2,
        "new_drawing": [FILE],
        **other,
    }


def errors(**other: Any) -> set[str]:
    form = DesignChange(answers=opening(begun("works", "material"), **other))
    form.validate()
    return {name for name, said in form.errors.items() if said}


def effects(project: Ref, id: int = 7, **other: Any) -> list[Any]:
    record = Filed(id, "EN-17-2026-0007", "EN-17", opening(project, **other), 12, 1, 12, {}, NOW)
    return list(DesignChange.effects("customer_sign", record))


@pytest.mark.parametrize(
    ("other", "beside"),
    [
        ({}, set()),
        ({"cost_effect": Decimal(-960), "days_effect": -1}, set()),
        ({"new_content": "插座6个"}, {"new_content"}),
        ({"days_effect": 366}, {"days_effect"}),
        ({"cost_effect": Decimal(10**9)}, {"cost_effect"}),
        ({"new_drawing": []}, {"new_drawing"}),
    ],
)
def test_a_change_changes_something(other: dict[str, Any], beside: set[str]) -> None:
    assert errors(**other) == beside


@pytest.mark.parametrize(
    ("version", "next_"),
    [
        ("A", "B"), ("b", "c"), ("Z", "Z1"), ("", "B"), ("V2.1", "V2.2"), ("V09", "V10"), ("3版", "4版"), ("A版", "B版"),
        ("初稿", "初稿1"),
    ],
)  # fmt: skip
def test_versions_rise(version: str, next_: str) -> None:
    assert raised(version) == next_


def test_money_and_days_get_their_papers() -> None:
    project = begun("works", "material", people={"foreman": 13})
    db.session.add(Customer(id=3, code="C0003", name="泰和物业"))
    row = db.session.get_one(Project, project.id)
    row.customer_id, row.finishes_on = 3, date(2026, 8, 31)
    db.session.flush()
    version, item, extension = effects(project)
    raising = {"record": 7, "former": "A"}
    assert version == ChangesProject(project.id, facts={"drawing_version": "B", "raised_by": raising})
    assert (item.code, item.to, item.names_as) == ("EN-15", "person:13", "design_change")
    assert item.answers["customer"] == Ref(3, "泰和物业 C0003")
    assert item.answers["items"][0]["sign"] == "add"
    assert item.answers["items"][0]["unit_price"] == Decimal(680)
    assert item.answers["days_effect"] == 0  # they have an extension of their own
    assert (extension.code, extension.names_as) == ("EN-10", "source_record")
    assert extension.answers["days"] == 2
    assert extension.answers["old_finish"] == date(2026, 8, 31)


def test_a_deduction_is_one_and_saved_days_are_no_extension() -> None:
    _version, item = effects(begun("works", "material"), cost_effect=Decimal(-960), days_effect=-1)
    line = item.answers["items"][0]
    assert (line["sign"], line["unit_price"]) == ("deduct", Decimal(960))
    assert len(effects(begun("works", "material"), cost_effect=Decimal(0), days_effect=0)) == 1


def test_the_version_rises_once_however_often_it_goes_round() -> None:
    furnish()
    project = begun("works", "material")
    record = kept("EN-17", {}, stages={"customer_sign": {}})
    quiet: dict[str, Any] = {"cost_effect": Decimal(0), "days_effect": 0}
    assert record.id is not None
    assert len(effects(project, record.id, **quiet)) == 1
    signed(record, "customer_sign", {}, round=2)
    assert effects(project, record.id, **quiet) == []


def test_a_customer_who_refuses_gets_another_design() -> None:
    assert DesignChange.signoff.step("customer_sign").on_refusal == Back()


@pytest.mark.parametrize("back", [True, False])
def test_the_old_drawing_is_taken_back(back: bool) -> None:
    assert ForemanReceipt(answers={"old_drawing_withdrawn": back}).validate() is back


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(DesignChange, STORIES["EN-17"], seed)["old_drawing_withdrawn"]


def test_a_change_that_is_given_up_leaves_the_drawing_as_it_was() -> None:
    project = begun("works", "material")
    row = db.session.get_one(Project, project.id)
    raise_, *_drafts = effects(project)
    row.facts = {**row.facts, **raise_.facts}
    record = Filed(7, "EN-17-2026-0007", "EN-17", opening(project), 12, 1, 12, {}, NOW)
    (back,) = DesignChange.effects("voided", record)
    assert back.facts["drawing_version"] == "A"
    row.facts = {**row.facts, **effects(project, 8)[0].facts}  # another change on top of it
    assert list(DesignChange.effects("voided", record)) == []
