"""Two tabs opened before, both saved: the second is told what has changed meanwhile, and loses nothing that was typed."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import pytest
import sqlalchemy as sa

from portal.database import transaction
from portal.demo import rows
from portal.domain.limits import LIMITS
from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.models import Department, Person, StoragePlace
from tests.faults.test_at_once import tab, whole
from tests.web.conftest import Desk, alerts, value

pytestmark = pytest.mark.both_databases
ADMINISTRATOR, REASON = "administrator", "核对资料"


@dataclass(frozen=True)
class Sheet:
    """A page with a sheet: what the first tab saves, what the second, and where to look for what is there."""

    page: str
    act: str
    first: dict[str, str]
    second: dict[str, str]
    typed: str
    login: str = ADMINISTRATOR
    told: str = ""
    same: dict[str, str] = field(default_factory=dict)


def person(desk: Desk) -> Sheet:
    one = desk.one(sa.select(Person).where(Person.login == "buyer"))
    same = {"name": one.name, "number": one.number, "department": str(one.department_id)}
    path = f"/admin/people/{one.id}"
    return Sheet(
        path,
        path,
        {"phone": "13800000001"},
        {"email": "buyer@example.org"},
        "email",
        told="13800000001",
        same=same,
    )


def department(desk: Desk) -> Sheet:
    one = desk.one(sa.select(Department).where(Department.key == "purchasing"))
    path = f"/admin/departments/{one.key}"
    same = {"head": str(one.head_id), "reason": REASON}
    return Sheet(
        path, path, {"name_en": "Buying"}, {"aliases": "物资部"}, "aliases", told="Buying", same=same
    )


def limit(desk: Desk) -> Sheet:
    path = f"/admin/limits/{next(one for one in LIMITS if not one.share).key}"
    return Sheet(path, path, {"value": "71"}, {"value": "72"}, "value", told="71", same={"reason": REASON})


def number(desk: Desk) -> Sheet:
    key, which = next((one.key, two) for one in OBLIGATIONS.values() for two in one.numbers if not two.fixed)
    act = f"/obligations/{key}/numbers/{which.key}"
    first, second = ({"value": str(way)} for way in _others(which))
    return Sheet(
        f"/obligations/{key}", act, first, second, "value", told=first["value"], same={"reason": REASON}
    )


def _others(which: object) -> list[int]:
    found = [one for one in range(which.low, which.high + 1) if one != which.value]  # type: ignore[attr-defined]
    return found[:2]


def day(desk: Desk) -> Sheet:
    path, same = "/admin/calendar?year=2027", {"day": "2027-03-09", "working": "no"}
    return Sheet(path, path, {"note": "停电检修"}, {"note": "厂庆"}, "note", told="2027", same=same)


def place(desk: Desk) -> Sheet:
    keeper = "warehouse_supervisor"
    desk.post(keeper, "/warehouse/places", [("place_code", "Z-01"), ("place_name", "旧名")])
    one = desk.one(sa.select(StoragePlace.id).where(StoragePlace.code == "Z-01"))
    page, act = "/warehouse/places", f"/warehouse/places/{one}/name"
    return Sheet(page, act, {"name": "东库"}, {"name": "西库"}, "name", keeper, "东库")


def stage(desk: Desk) -> Sheet:
    with desk.app.app_context(), transaction():
        officer = db.session.scalars(sa.select(Person).where(Person.login == "planning_officer")).one()
        facts = {"project_kind": "not_municipal", "air_defence_kind": "on_site"}
        team = {"planning_officer": officer.id}
        row = rows.add("project", name="南浔人才公寓", kind="permit", facts=facts, people=team)
        path = f"/projects/{row.code}/stages/environment"
    same = {"applies": "yes", "after": "conditions"}
    first, second = {"planned_on": "2027-09-01", "reason": "规划局要求"}, {"reason": "业主要求"}
    return Sheet(path, path, first, second, "reason", "planning_officer", "已由别人调整", same)


@pytest.mark.proves("F6")
@pytest.mark.parametrize("make", [person, department, limit, number, day, place, stage])
def test_who_saves_a_page_that_is_no_longer_true_is_told_and_may_save_again(desk: Desk, make: object) -> None:
    sheet: Sheet = make(desk)  # type: ignore[operator]
    tabs = [tab(desk, sheet.login) for _tab in range(2)]
    seen = [{"_seen": value(one.get(sheet.page).text, "_seen")} for one in tabs]
    assert seen[0]["_seen"], "the page does not say what it shows"
    first = {**sheet.same, **sheet.first, **seen[0]}
    assert tabs[0].post(sheet.act, data=first).status_code == 303
    data = {**sheet.same, **sheet.second}
    answer = tabs[1].post(sheet.act, data={**data, **seen[1]})
    assert answer.status_code in (409, 422)
    said = html.unescape(alerts(answer.text))
    assert "您打开页面之后这里已被修改" in said
    assert sheet.told in said, said
    assert data[sheet.typed] in answer.text, "what was typed is gone"
    again = {**data, "_seen": value(answer.text, "_seen")}
    assert tabs[1].post(sheet.act, data=again).status_code == 303
    whole(desk)


def test_a_page_refused_for_something_else_has_not_been_told(desk: Desk) -> None:
    sheet = person(desk)
    seen = value(tab(desk, ADMINISTRATOR).get(sheet.page).text, "_seen")
    browser = desk.browser(ADMINISTRATOR)
    assert browser.post(sheet.act, data={**sheet.same, **sheet.first, "_seen": seen}).status_code == 303
    wrong = browser.post(sheet.act, data={**sheet.same, "email": "nothing", "_seen": seen})
    assert wrong.status_code == 422
    assert value(wrong.text, "_seen") == seen


def test_the_same_sent_again_is_done_already(desk: Desk) -> None:
    sheet = person(desk)
    browser = desk.browser(ADMINISTRATOR)
    data = {**sheet.same, **sheet.first, "_seen": value(browser.get(sheet.page).text, "_seen")}
    assert [browser.post(sheet.act, data=data).status_code for _time in range(2)] == [303, 303]
