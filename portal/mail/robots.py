"""A line for a group robot of 企业微信, 钉钉 or 飞书, sent by apprise.

apprise takes an answer of 200 for a success, but these services refuse with 200 and a number in the answer.
So the plugins are given a library that also remembers what was answered.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar
from typing import Any

import requests
from apprise import AppriseAsset
from apprise.plugins import dingtalk, feishu, lark, wecombot

from portal.domain.robots import Robot
from portal.mail.unsent import RobotRefused, TriedLater

BUSY = frozenset(
    {-1, 45009, 45033, 130101, 130103, 410100, 11232, 11233}
)  # too many at once, or out of breath
_answer: ContextVar[Any] = ContextVar("answer", default=None)
logging.getLogger("apprise").setLevel(logging.ERROR)  # it would write keys into the log


class Listening:
    """The library `requests`, as far as apprise's plugins use it; keeps the last answer."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    def post(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Posts, and keeps what was answered."""
        answer = requests.post(*args, **kwargs)  # nosec B113 -- apprise gives a timeout
        _answer.set(answer)
        return answer


for _plugin in (wecombot, dingtalk, feishu, lark):
    vars(_plugin)["requests"] = Listening()
_ASSET = AppriseAsset(http_redirects=False)


def send(text: str, robot: Robot) -> None:
    """Lets the robot say it.

    Raises:
        TriedLater: the service cannot be reached, or takes no more for the moment.
        RobotRefused: the service does not know the robot, or its settings refuse the text.
    """
    _answer.set(None)
    sent = _plugin_of(robot).notify(body=text)
    answer = _answer.get()
    if answer is None:
        raise TriedLater(robot.service)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise TriedLater(f"{robot.service}: HTTP {answer.status_code}")
    code, words = _said(answer)
    if not sent or code:
        told = f"{robot.service}: {code or f'HTTP {answer.status_code}'} {words}".strip()
        raise (TriedLater if code in BUSY else RobotRefused)(told)


def _plugin_of(robot: Robot) -> Any:
    """The plugin of the robot's service; its host is fixed there, whatever somebody pasted."""
    match robot.service:
        case "wecombot":
            return wecombot.NotifyWeComBot(key=robot.key, asset=_ASSET)
        case "dingtalk":
            return dingtalk.NotifyDingTalk(token=robot.key, secret=robot.secret or None, asset=_ASSET)
        case "feishu":
            return feishu.NotifyFeishu(token=robot.key, asset=_ASSET)
    return lark.NotifyLark(token=robot.key, asset=_ASSET)


def _said(answer: requests.Response) -> tuple[int, str]:
    """The number and the words of an answer; 0 where it names none."""
    try:
        said = answer.json()
    except ValueError:
        return 0, ""
    if not isinstance(said, dict):
        return 0, ""
    code = said.get("errcode", said.get("code", 0))
    return (code if isinstance(code, int) else 0), str(said.get("errmsg", said.get("msg", "")))[:300]
