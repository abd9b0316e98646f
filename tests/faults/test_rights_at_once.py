"""Administrators who change the same person's rights at the same moment: each change is made, told and noted once."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa

from portal.lib.clock import today
from portal.models import AuditEvent, Notice, NoticeChoice, Person, RoleGrant, StoragePlace, Substitution
from tests.faults.test_at_once import tab, together, whole
from tests.walk import problems
from tests.web.conftest import Desk

pytestmark = pytest.mark.both_databases
ADMINISTRATOR, REASON = "administrator", "调整分工"
CLICKS = 6


def id_of(desk: Desk, login: str) -> int:
    found: int = desk.one(sa.select(Person.id).where(Person.login == login))
    return found


def noted(desk: Desk, kind: str) -> int:
    found: int = desk.one(sa.select(sa.func.count()).select_from(AuditEvent).where(AuditEvent.kind == kind))
    return found


def each(desk: Desk, path: str, data: dict[str, str], login: str = ADMINISTRATOR) -> Counter[int]:
    """The same from several tabs at once; what was answered how often."""
    tabs = [tab(desk, login) for _click in range(CLICKS)]
    answers = together(*(lambda one=one: one.post(path, data=data) for one in tabs))
    assert all(one.status_code in (200, 303, 422) for one in answers), [problems(one) for one in answers]
    whole(desk)
    return Counter(one.status_code for one in answers)


def told(desk: Desk, login: str) -> int:
    query = sa.select(sa.func.count()).select_from(Notice).where(Notice.person_id == id_of(desk, login))
    found: int = desk.one(query)
    return found


@pytest.mark.proves("F5", "F6")
def test_a_role_is_granted_and_ended_once(desk: Desk) -> None:
    person = id_of(desk, "buyer")
    data = {"role": "quality_inspector", "starts_on": today().isoformat(), "reason": REASON}
    assert each(desk, f"/admin/people/{person}/grants", data) == {303: 1, 422: CLICKS - 1}
    held = sa.select(RoleGrant.id).where(RoleGrant.person_id == person, RoleGrant.role == data["role"])
    (grant,) = desk.all(held)
    assert told(desk, "buyer") == 1
    assert each(desk, f"/admin/grants/{grant}/end", {"reason": REASON}) == {303: 1, 422: CLICKS - 1}
    assert (noted(desk, "role_granted"), noted(desk, "role_ended")) == (1, 1)


@pytest.mark.proves("F5", "F6")
def test_a_substitute_is_named_and_dismissed_once(desk: Desk) -> None:
    data = {
        "substitute": str(id_of(desk, "purchasing_manager")),
        "starts_on": today().isoformat(),
        "ends_on": today().isoformat(),
        "reason": "休假",
    }
    said = each(desk, "/account/substitutes", data, "buyer")
    assert said == {303: 1, 422: CLICKS - 1}
    (made,) = desk.all(sa.select(Substitution.id))
    assert each(desk, f"/account/substitutes/{made}/end", {}, "buyer") == {303: 1, 422: CLICKS - 1}
    assert (noted(desk, "substitution_set"), noted(desk, "substitution_ended")) == (1, 1)


@pytest.mark.proves("F5", "F6")
def test_somebody_who_has_left_is_let_in_again_once(desk: Desk) -> None:
    person = id_of(desk, "designer")
    successor = {"successor": str(id_of(desk, "designer_2")), "reason": "离职"}
    assert each(desk, f"/admin/people/{person}/leave", successor) == {303: 1, 422: CLICKS - 1}
    assert each(desk, f"/admin/people/{person}/reinstatements", {"reason": "返聘"}) == {
        200: 1,
        422: CLICKS - 1,
    }
    assert (noted(desk, "person_retired"), noted(desk, "person_reinstated")) == (1, 1)


@pytest.mark.proves("F5", "F6")
def test_a_day_and_a_place_are_changed_once(desk: Desk) -> None:
    day = {"day": "2027-03-09", "working": "no", "note": "停电检修"}
    assert each(desk, "/admin/calendar", day) == {303: CLICKS}
    keeper = "warehouse_supervisor"
    desk.post(keeper, "/warehouse/places", [("place_code", "Z-01"), ("place_name", "东库")])
    place = desk.one(sa.select(StoragePlace.id).where(StoragePlace.code == "Z-01"))
    for act in ("close", "reopen"):
        assert each(desk, f"/warehouse/places/{place}/{act}", {}, keeper) == {303: CLICKS}
    kinds = ("calendar_day_set", "place_closed", "place_reopened")
    assert [noted(desk, kind) for kind in kinds] == [1, 1, 1]


@pytest.mark.proves("F5", "F6")
def test_wishes_chosen_in_several_tabs_are_kept(desk: Desk) -> None:
    wishes = {"mail-turn": "digest", "mail-finished": "off"}
    assert each(desk, "/account/notices", wishes, "buyer") == {303: CLICKS}
    person = id_of(desk, "buyer")
    kept = sa.select(NoticeChoice.mail).where(NoticeChoice.person_id == person).order_by(NoticeChoice.group)
    assert desk.all(kept) == ["off", "digest"]
    assert noted(desk, "notices_chosen") == 1
