"""Lines to group robots at stub services: what each gets, and what becomes of refusals that come with a 200."""

from __future__ import annotations

from typing import Any

import pytest

from portal.domain.robots import Robot
from portal.mail import robots
from portal.mail.unsent import RobotRefused, TriedLater, Unsent
from tests.post_office import Services

TEXT = "【华衡】采购订货单 PU-04-2026-0001 等您办理\nhttps://portal.example/sign-in?next=/records/PU-04-2026-0001"
KEY = "0123abcd4567efgh"


def test_wecom(services: Services) -> None:
    robots.send(TEXT, Robot("wecombot", KEY))
    assert services.got == [
        (f"/cgi-bin/webhook/send?key={KEY}", {"msgtype": "text", "text": {"content": TEXT}})
    ]


def test_dingtalk(services: Services) -> None:
    robots.send(TEXT, Robot("dingtalk", KEY))
    robots.send(TEXT, Robot("dingtalk", KEY, "SEC0123456789"))
    (plain, said), (signed, again) = services.got
    assert plain == f"/robot/send?access_token={KEY}"
    assert said["text"]["content"] == again["text"]["content"] == TEXT
    assert signed.startswith(plain)
    assert "&timestamp=" in signed
    assert "&sign=" in signed
    assert "SEC0123456789" not in signed


@pytest.mark.parametrize("service", ["feishu", "lark"])
def test_feishu(services: Services, service: str) -> None:
    robots.send(TEXT, Robot(service, KEY))
    ((path, said),) = services.got
    assert path.rstrip("/") == f"/open-apis/bot/v2/hook/{KEY}"
    assert said["msg_type"] == "text"
    assert said["content"]["text"] == TEXT


@pytest.mark.parametrize(
    ("service", "status", "said", "why"),
    [
        ("wecombot", 200, {"errcode": 93000, "errmsg": "invalid webhook url"}, RobotRefused),
        ("wecombot", 200, {"errcode": 45009, "errmsg": "api freq out of limit"}, TriedLater),
        ("dingtalk", 200, {"errcode": 310000, "errmsg": "keywords not in content"}, RobotRefused),
        ("dingtalk", 200, {"errcode": 130101, "errmsg": "send too fast"}, TriedLater),
        ("feishu", 200, {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}, RobotRefused),
        ("feishu", 200, {"code": 11232, "msg": "frequency limited"}, TriedLater),
        ("feishu", 400, {"code": 9499, "msg": "Bad Request"}, RobotRefused),
        ("wecombot", 404, {}, RobotRefused),
        ("dingtalk", 429, {}, TriedLater),
        ("lark", 503, {}, TriedLater),
    ],
)  # fmt: skip
def test_a_refusal_is_heard(
    services: Services, service: str, status: int, said: dict[str, Any], why: type[Unsent]
) -> None:
    services.answers = [(status, said)]
    with pytest.raises(Unsent) as caught:
        robots.send(TEXT, Robot(service, KEY))
    assert type(caught.value) is why
    assert KEY not in str(caught.value), "the key is a secret"
    for word in said.values():
        assert str(word) in str(caught.value) or status >= 500
    robots.send(TEXT, Robot(service, KEY))
    assert len(services.got) == 2


def test_a_redirect_is_not_followed(services: Services) -> None:
    services.answers = [(302, {})]
    with pytest.raises(RobotRefused):
        robots.send(TEXT, Robot("wecombot", KEY))
    assert len(services.got) == 1


def test_a_service_that_is_away(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots.wecombot.NotifyWeComBot, "notify_url", "http://127.0.0.1:1/{key}")
    with pytest.raises(TriedLater) as caught:
        robots.send(TEXT, Robot("wecombot", KEY))
    assert KEY not in str(caught.value)
