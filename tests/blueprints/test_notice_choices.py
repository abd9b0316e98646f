"""How one hears of notices: chosen by oneself for each group, the robot's address never shown again."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.notices import GROUPS
from portal.extensions import db
from portal.models import AuditEvent, GroupRobot, NoticeChoice, Person
from portal.services import audit
from tests.post_office import MailServer

SignIn = Callable[[FlaskClient, str], FlaskClient]
Cast = dict[str, Person]
KEY = "0123abcd-4567-efgh"
WEBHOOK = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"


@pytest.fixture
def sending(app: Flask) -> Flask:
    """The portal has a mail server."""
    more = MailServer(port=2525).settings()
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=more)
    return app


def chosen(page: str) -> dict[str, str]:
    """What each list of the page has selected."""
    lists = re.findall(r'<select[^>]*name="([\w-]+)".*?</select>', page, re.S)
    picked = re.findall(r'<select[^>]*name="[\w-]+".*?value="(\w+)" selected', page, re.S)
    return dict(zip(lists, picked, strict=True))


def kept(app: Flask) -> dict[str, tuple[str, str]]:
    with app.app_context():
        return {one.group: (one.mail, one.robot) for one in db.session.scalars(sa.select(NoticeChoice))}


def test_who_has_chosen_nothing_sees_what_holds(sending: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, "buyer").get("/account/notices").text
    shown = chosen(page)
    for group in GROUPS:
        assert (shown[f"mail-{group.key}"], shown[f"robot-{group.key}"]) == (group.mail, group.robot)
        assert str(group.title) in page
    assert "buyer@huaheng.example" in page
    assert "8 点发送" in page


def test_a_choice_is_kept_for_oneself(
    sending: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    browser = sign_in(client, "buyer")
    answer = browser.post("/account/notices", data={"mail-turn": "digest", "mail-finished": "off"})
    assert answer.status_code == 303
    assert kept(sending) == {"turn": ("digest", "once"), "finished": ("off", "off")}
    shown = chosen(browser.get("/account/notices").text)
    assert (shown["mail-turn"], shown["mail-finished"], shown["mail-late"]) == ("digest", "off", "once")
    other = chosen(sign_in(sending.test_client(), "foreman").get("/account/notices").text)
    assert other["mail-turn"] == "once"
    browser.post("/account/notices", data={"mail-turn": "once"})
    assert kept(sending)["turn"] == ("once", "once")
    with sending.app_context():
        assert audit.verify()[1] is None


@pytest.mark.parametrize("data", [{"mail-turn": "sometimes"}, {"robot-turn": "digest"}, {"mail-late": ""}])
def test_a_way_that_there_is_not_is_refused(
    sending: Flask, client: FlaskClient, sign_in: SignIn, data: dict[str, str]
) -> None:
    answer = sign_in(client, "buyer").post("/account/notices", data=data)
    assert answer.status_code == 422
    assert "请从列出的方式中选择" in answer.text
    assert kept(sending) == {}


def test_the_page_says_what_cannot_be_chosen_now(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, "buyer").get("/account/notices").text
    assert "没有设置邮件服务器，现在不发邮件" in page
    assert "演示公司不向外发送消息" in page
    assert page.count("<select") == page.count("disabled>")


def test_who_has_no_mail_address_is_told(sending: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    with sending.app_context():
        db.session.execute(sa.update(Person).where(Person.login == "buyer").values(email=""))
        db.session.commit()
    page = sign_in(client, "buyer").get("/account/notices").text
    assert "您的资料里没有邮箱" in page
    assert re.search(r'name="mail-turn"[^>]*disabled', page)


def test_a_robot_is_set_changed_and_removed_and_never_shown_whole(
    sending: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    browser = sign_in(client, "buyer")
    assert browser.post("/account/notices/robot", data={"address": WEBHOOK}).status_code == 303
    page = browser.get("/account/notices").text
    assert "企业微信，密钥以 efgh 结尾" in page
    assert KEY not in page
    with sending.app_context():
        assert db.session.get_one(GroupRobot, cast["buyer"].id).address == f"wecombot://{KEY}"
        told = [str(event.facts) for event in db.session.scalars(sa.select(AuditEvent))]
        assert not any(KEY in one for one in told)
        db.session.remove()
    feishu = "https://open.feishu.cn/open-apis/bot/v2/hook/abcdefgh-9876"
    browser.post("/account/notices/robot", data={"address": feishu})
    assert "飞书，密钥以 9876 结尾" in browser.get("/account/notices").text
    assert "9876" not in sign_in(sending.test_client(), "foreman").get("/account/notices").text
    assert browser.post("/account/notices/robot/remove").status_code == 303
    assert "还没有设置" in browser.get("/account/notices").text
    browser.post("/account/notices/robot/remove")
    with sending.app_context():
        events = db.session.scalars(
            sa.select(AuditEvent.kind).where(AuditEvent.kind.startswith("robot_"))
        ).all()
    assert events == ["robot_set", "robot_set", "robot_removed"]


@pytest.mark.parametrize("address", ["", "json://example.com/x", f"https://example.com/?key={KEY}"])
def test_a_wrong_address_is_refused_beside_its_field(
    sending: Flask, client: FlaskClient, sign_in: SignIn, address: str
) -> None:
    answer = sign_in(client, "buyer").post("/account/notices/robot", data={"address": address})
    assert answer.status_code == 422
    assert 'id="address-error"' in answer.text
    assert "这不是企业微信、钉钉或飞书群机器人的地址" in answer.text
    assert KEY not in answer.text
    with sending.app_context():
        assert db.session.scalar(sa.select(GroupRobot)) is None
