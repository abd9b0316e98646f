"""Group robots of 企业微信, 钉钉 and 飞书: their addresses read from what people paste, and never shown whole again."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.domain.refusal import Refusal
from portal.lib.i18n import _l

SERVICES = {"wecombot": _l("企业微信"), "dingtalk": _l("钉钉"), "feishu": _l("飞书"), "lark": _l("飞书国际版 Lark")}  # fmt: skip
_KEY = r"(?P<key>[A-Za-z0-9_-]{8,120})"
_TOKEN, _SECRET = r"(?P<key>[A-Za-z0-9]{8,120})", r"(?P<secret>[A-Za-z0-9]{8,120})"
_READ = {
    "wecombot": (
        rf"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key={_KEY}",
        rf"(?:wecombot|wecom)://{_KEY}/?",
    ),
    "dingtalk": (
        rf"https://oapi\.dingtalk\.com/robot/send\?access_token={_TOKEN}(?:&secret={_SECRET})?",
        rf"dingtalk://(?:{_SECRET}@)?{_TOKEN}/?",
    ),
    "feishu": (rf"https://open\.feishu\.cn/open-apis/bot/v2/hook/{_KEY}/?", rf"feishu://{_KEY}/?"),
    "lark": (rf"https://open\.larksuite\.com/open-apis/bot/v2/hook/{_KEY}/?", rf"lark://{_KEY}/?"),
}


class NoRobot(Refusal):
    """What was pasted is no address of a robot of these services."""

    text = _l(
        "这不是企业微信、钉钉或飞书群机器人的地址。请在群里添加机器人，复制它的 Webhook 地址，原样粘贴到这里。"
    )


@dataclass(frozen=True, slots=True)
class Robot:
    """A robot of one of the services; the key lets everybody write into its group."""

    service: str
    key: str
    secret: str = ""

    @property
    def address(self) -> str:
        """The address as it is kept, in the manner of apprise."""
        return f"{self.service}://{self.secret}{'@' if self.secret else ''}{self.key}"

    @property
    def title(self) -> str:
        """The name of the service."""
        return str(SERVICES[self.service])

    @property
    def end(self) -> str:
        """The end of the key, by which its owner knows it."""
        return self.key[-4:]


def read(text: str) -> Robot:
    """The robot behind a pasted or kept address.

    Raises:
        NoRobot: it is none of these services'.
    """
    for service, patterns in _READ.items():
        for pattern in patterns:
            if found := re.fullmatch(pattern, text.strip()):
                return Robot(service, found["key"], found.groupdict().get("secret") or "")
    raise NoRobot
