"""Addresses of group robots: what people paste is read, anything else is refused with a sentence."""

from __future__ import annotations

import pytest

from portal.domain.robots import NoRobot, Robot, read

KEY = "0123abcd4567efgh"


@pytest.mark.parametrize(
    ("pasted", "robot"),
    [
        (f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}", Robot("wecombot", KEY)),
        (f"  wecombot://{KEY}/ ", Robot("wecombot", KEY)),
        (f"https://oapi.dingtalk.com/robot/send?access_token={KEY}", Robot("dingtalk", KEY)),
        (f"https://oapi.dingtalk.com/robot/send?access_token={KEY}&secret=SEC12345678", Robot("dingtalk", KEY, "SEC12345678")),
        (f"dingtalk://SEC12345678@{KEY}/", Robot("dingtalk", KEY, "SEC12345678")),
        (f"https://open.feishu.cn/open-apis/bot/v2/hook/{KEY}", Robot("feishu", KEY)),
        (f"feishu://{KEY}", Robot("feishu", KEY)),
        (f"https://open.larksuite.com/open-apis/bot/v2/hook/{KEY}", Robot("lark", KEY)),
    ],
)  # fmt: skip
def test_what_is_pasted_is_read_and_kept_in_one_manner(pasted: str, robot: Robot) -> None:
    assert read(pasted) == robot
    assert read(robot.address) == robot
    assert robot.end == KEY[-4:]


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "wecombot://",
        "wecombot://short",
        f"json://{KEY}",
        f"mailto://{KEY}@example.com",
        f"https://example.com/cgi-bin/webhook/send?key={KEY}",
        f"http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key={KEY}",
        f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}&verify=no",
        f"wecombot://{KEY}?redirect=yes",
        f"wecombot://{KEY}\nwecombot://{KEY}",
        f"dingtalk://{KEY}/13800000000",
        f"https://127.0.0.1/open-apis/bot/v2/hook/{KEY}",
    ],
)
def test_anything_else_is_refused(pasted: str) -> None:
    with pytest.raises(NoRobot, match="群机器人的地址"):
        read(pasted)
