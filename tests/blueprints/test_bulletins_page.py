"""The pages of bulletins: a text to read, the receipt of whoever has read it, who has not, one reminder a day."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.lib.clock import today
from portal.models import ReadReceipt
from tests.forms.quality.centre import Centre

GIVEN = {
    "title": "停电通知",
    "place": "portal_front_page",
    "must_confirm": True,
    "content": "上午八时停电。\n请关机。",
}


@pytest.fixture
def centre(app: Flask) -> Centre:
    """People who fill in and sign."""
    return Centre(app)


@pytest.fixture
def number(centre: Centre) -> str:
    """A notice by an employee, for everybody, to be confirmed."""
    return centre.to_end(centre.filed("IC-09", "employee", pictures=[], **GIVEN))


def receipts(centre: Centre) -> int:
    with centre.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(ReadReceipt)) or 0


def test_the_text_is_made_for_reading(centre: Centre, number: str) -> None:
    page = centre.browser("buyer").get(f"/bulletins/{number}")
    assert "<p>上午八时停电。</p>" in page.text
    assert "<p>请关机。</p>" in page.text
    assert "查看记录" not in page.text  # the sheet is not for the reader
    assert "阅读情况" not in page.text
    assert "查看记录" in centre.browser("employee").get(f"/bulletins/{number}").text


def test_reading_changes_nothing_and_a_receipt_is_given_once(centre: Centre, number: str) -> None:
    reader, address = centre.browser("buyer"), f"/bulletins/{number}"
    assert "待确认" in reader.get("/").text
    assert receipts(centre) == 0
    for _twice in range(2):
        assert reader.post(f"{address}/receipt").status_code == 303
    assert receipts(centre) == 1
    page = reader.get(address).text
    assert "您已在" in page
    assert "我已阅读" not in page
    assert "待确认" not in reader.get("/").text
    assert "停电通知" in reader.get("/").text


def test_whoever_it_is_not_for_gives_none(centre: Centre, number: str) -> None:
    with centre.posting(number) as posting:
        posting.everybody = False
    assert centre.browser("buyer").post(f"/bulletins/{number}/receipt").status_code == 404
    assert centre.browser("information_officer").post(f"/bulletins/{number}/receipt").status_code == 403
    assert centre.browser("auditor").post(f"/bulletins/{number}/receipt").status_code == 403
    assert receipts(centre) == 0


def test_the_issuer_sees_who_has_read_it(centre: Centre, number: str) -> None:
    centre.browser("buyer").post(f"/bulletins/{number}/receipt")
    address = f"/bulletins/{number}/readers"
    assert centre.browser("buyer").get(address).status_code == 404
    for keeper in ("employee", "information_officer", "information_centre_head", "auditor"):
        page = centre.browser(keeper).get(address)
        assert page.status_code == 200
        waiting, done = page.text.split("已读", 1)
        assert "黄婷婷" in done
        assert "黄婷婷" not in waiting
        assert "孙德明" in waiting
        assert "严明" not in page.text.split("<main", 1)[1]  # the auditor is asked for no receipt


def test_those_who_have_not_read_it_are_reminded_once_a_day(centre: Centre, number: str) -> None:
    centre.browser("buyer").post(f"/bulletins/{number}/receipt")
    issuer, address = centre.browser("employee"), f"/bulletins/{number}/reminders"
    assert centre.browser("buyer").post(address).status_code == 403
    assert issuer.post(address).status_code == 303
    assert centre.told("purchasing_manager", "read_reminder") == ["停电通知"]
    assert centre.told("buyer", "read_reminder") == []
    again = issuer.post(address)
    assert again.status_code == 422
    assert "今天已经提醒过" in again.text
    with centre.posting(number) as posting:
        posting.reminded_on = today() - timedelta(days=1)
    assert issuer.post(address).status_code == 303


def test_nobody_is_reminded_of_what_wants_no_receipt_or_is_not_shown(centre: Centre, number: str) -> None:
    issuer, address = centre.browser("employee"), f"/bulletins/{number}/reminders"
    with centre.posting(number) as posting:
        posting.confirm = False
    assert "不要求阅读确认" in issuer.post(address).text
    with centre.posting(number) as posting:
        posting.confirm, posting.until = True, today() - timedelta(days=1)
        posting.since = today() - timedelta(days=2)
    assert "没有发布" in issuer.post(address).text
    assert centre.told("buyer", "read_reminder") == []


def test_its_files_are_for_its_readers_and_no_others(centre: Centre) -> None:
    with centre.app.app_context():
        world = centre._world("employee")
        picture, other = world.photo("现场.jpg"), world.photo("别处.jpg")
        db.session.commit()
    number = centre.to_end(centre.filed("IC-09", "employee", **{**GIVEN, "pictures": [picture]}))
    reader, address = centre.browser("buyer"), f"/bulletins/{number}/files/"
    assert f"{address}{picture['id']}" in reader.get(f"/bulletins/{number}").text
    assert reader.get(f"{address}{picture['id']}").mimetype == "image/jpeg"
    assert reader.get(f"{address}{picture['id']}?small").mimetype == "image/webp"
    assert reader.get(f"{address}{other['id']}").status_code == 404
    with centre.posting(number) as posting:
        posting.everybody = False
    assert reader.get(f"{address}{picture['id']}").status_code == 404


def test_the_list_speaks_of_nothing_where_there_is_nothing(centre: Centre) -> None:
    page = centre.browser("buyer").get("/bulletins/")
    assert page.status_code == 200
    assert "现在没有发布的内容" in page.text
    assert "简报和公告" not in centre.browser("buyer").get("/").text
