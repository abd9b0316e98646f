"""Four clicks at the same moment on what people keep for themselves: it is kept, and taken away, once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.models import GroupRobot, NoticeChoice, Phrase, SavedView, SignInSession, StoragePlace
from tests.faults.acts import rows
from tests.faults.test_administration_at_once import click, noted, person
from tests.faults.test_at_once import tab
from tests.web.conftest import Desk

pytestmark = [pytest.mark.both_databases, pytest.mark.proves("F5", "F6")]
ROBOT = "https://oapi.dingtalk.com/robot/send?access_token=" + "a" * 64
COMPLAINTS = "/customer-service/complaints/"


def test_a_view_is_kept_once_and_deleted_once(desk: Desk) -> None:
    click(desk, "buyer", f"{COMPLAINTS}views?q=x", {"name": "我的"}, rows(SavedView))
    gone = rows(SavedView, SavedView.id.is_(None))
    id = desk.one(sa.select(SavedView.id))
    click(desk, "buyer", f"{COMPLAINTS}views/{id}/delete", {}, gone, more=0)


def test_a_phrase_is_kept_once_and_deleted_once(desk: Desk) -> None:
    mine = rows(Phrase, Phrase.text == "尽快办理")
    click(desk, "buyer", "/account/phrases", {"text": "尽快办理"}, mine)
    id = desk.one(sa.select(Phrase.id).where(Phrase.text == "尽快办理"))
    click(desk, "buyer", f"/account/phrases/{id}/delete", {}, mine, more=-1)


def test_a_robot_is_set_once_and_removed_once(desk: Desk) -> None:
    click(desk, "buyer", "/account/notices/robot", {"address": ROBOT}, rows(GroupRobot))
    click(desk, "buyer", "/account/notices/robot/remove", {}, noted("robot_removed"))


def test_a_choice_is_made_once(desk: Desk) -> None:
    click(desk, "buyer", "/account/notices", {"mail-turn": "off"}, rows(NoticeChoice))
    click(desk, "buyer", "/account/language", {"language": "en"}, noted("preference_changed"))


def test_a_session_is_ended_once(desk: Desk) -> None:
    tab(desk, "buyer")
    mine = SignInSession.person_id == person(desk, "buyer").id
    id = desk.one(sa.select(sa.func.max(SignInSession.id)).where(mine))
    click(desk, "administrator", f"/admin/sessions/{id}/end", {}, noted("session_ended"))


def test_a_place_is_closed_once_and_opened_once(desk: Desk) -> None:
    sheet = {"place_code": "Z-09", "place_name": "新"}
    click(desk, "warehouse_supervisor", "/warehouse/places", sheet, rows(StoragePlace))
    here = f"/warehouse/places/{desk.one(sa.select(sa.func.max(StoragePlace.id)))}"
    click(desk, "warehouse_supervisor", f"{here}/name", {"name": "旧"}, noted("place_renamed"))
    click(desk, "warehouse_supervisor", f"{here}/close", {}, noted("place_closed"))
    click(desk, "warehouse_supervisor", f"{here}/reopen", {}, noted("place_reopened"))
