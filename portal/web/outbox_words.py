"""Rows of the outbox as administrators read them: what, for whom, and why it failed, in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.lib.i18n import _, _l
from portal.models import OutboxRow
from portal.queries import outbox

KINDS = {
    "print": _l("打印件（PDF）"),
    "record_print": _l("记录的副本（PDF）"),
    "redline": _l("文件对照稿（PDF）"),
    "publication": _l("文件的版本历史（git）"),
    "mail": _l("邮件"),
    "digest": _l("每日汇总邮件"),
    "robot": _l("群机器人消息"),
    "checkpoint": _l("审计追踪检查点（邮件）"),
    "package": _l("审计资料包"),
}
WHY = {
    "ServerAway": _l("连不上邮件服务器"),
    "TriedLater": _l("对方请稍后再试"),
    "NotSetUp": _l("没有设置邮件服务器"),
    "NoEncryption": _l("邮件服务器不支持所设置的加密或登录方式"),
    "LoginRefused": _l("邮件服务器不接受账号或密码"),
    "AddressRefused": _l("邮件服务器不接受收件地址"),
    "MessageRefused": _l("邮件服务器不接受这封邮件"),
    "OriginalMissing": _l("正本还没有生成"),
    "Unfit": _l("单位证书不能用于签章，请在服务器上运行 flask seal show 查看"),
    "StampFailed": _l("没有取得可信的时间戳，请在服务器上运行 flask seal show 查看"),
    "TokenAway": _l("保管私钥的密码设备不能签章，请在服务器上运行 flask seal show 查看"),
    "PrintTooLarge": _l("记录太大，超出了打印的时间或内存，不再自动重试"),
    "StoreAway": _l("存放文件的服务器连接不上"),
    "RobotRefused": _l("群机器人不接受消息，请本人检查机器人的地址和安全设置"),
}
OTHER = _l("程序出错")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row without anything that its record says."""

    id: int
    kind: Any
    about: str
    attempts: int
    since: datetime
    next: datetime
    failed: datetime | None
    stopped: datetime | None
    why: Any
    error: str


def shown(rows: list[OutboxRow]) -> list[ShownRow]:
    """The rows, in the reader's language."""
    people, numbers = outbox.names(rows)
    return [_shown(row, people, numbers) for row in rows]


def _shown(row: OutboxRow, people: dict[int, str], numbers: dict[int, str]) -> ShownRow:
    about = people.get(row.facts.get("person", 0)), numbers.get(row.facts.get("record") or 0)
    name, _colon, said = row.error.partition(": ")
    return ShownRow(
        id=row.id,
        kind=KINDS.get(row.kind, row.kind),
        about=_("，").join(filter(None, about)),
        attempts=row.attempts,
        since=row.created_at,
        next=row.next_try_at,
        failed=row.failed_at,
        stopped=row.stopped_at,
        why=WHY.get(name, OTHER) if row.error else "",
        error=said if name in WHY else row.error,
    )
