"""What is sent of notices: looked at as its reader stands today, written in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any
from urllib.parse import quote

from flask import current_app

from portal.config import Settings
from portal.domain.notices import kind_of
from portal.extensions import db
from portal.lib.clock import day, minute
from portal.lib.i18n import _, speaking
from portal.mail.letter import Item, Words, write
from portal.models import Person
from portal.queries import audit_tree, notices
from portal.queries.actors import Actor, actor
from portal.storage import audit_key
from portal.web.notices import LIST, sentence, target

LONGEST = 50  # notices in one letter
CHOICES = "/account/notices"
CHECK = "flask audit verify --checkpoint FILE"


def of_notice(facts: Mapping[str, Any], now: datetime) -> EmailMessage | None:
    """A letter with one notice; none if nobody needs it any more."""
    by = _reader(facts, now)
    rows = _wanted([notices.one(by, facts["notice"])], by, 0) if by and by.person.email else []
    if not by or not rows:
        return None
    with speaking(by.language):
        item = _item(rows[0], by)
        return _letter([item], item.text, "", by, f"notice-{facts['notice']}", rows[0].at)


def of_digest(facts: Mapping[str, Any], now: datetime) -> EmailMessage | None:
    """The daily letter; none if everything has been read meanwhile."""
    by = _reader(facts, now)
    if not by or not by.person.email:
        return None
    rows = _wanted(notices.of_digest(by, facts["digest"], limit=LONGEST + 1), by, 0)
    if not rows:
        return None
    with speaking(by.language):
        count = str(len(rows)) if len(rows) <= LONGEST else f"{LONGEST}+"
        on = date.fromisoformat(facts["day"])
        subject = _("%(day)s 的通知：%(count)s 条", day=on, count=count)
        more = _("还有更多，请到门户查看：%(address)s", address=link(LIST)) if len(rows) > LONGEST else ""
        items = [_item(row, by) for row in rows[:LONGEST]]
        return _letter(items, subject, more, by, f"digest-{by.id}-{on}", now)


def of_robot(facts: Mapping[str, Any], now: datetime) -> tuple[str, str] | None:
    """A line for a group, without the record's title as others read it too, and the robot's address."""
    by = _reader(facts, now)
    address = notices.robot(by.id) if by else ""
    rows = _wanted([notices.one(by, facts["notice"])], by, 1) if by and address else []
    if not by or not rows:
        return None
    with speaking(by.language):
        item = _item(rows[0], by)
        return "\n".join(filter(None, (f"【{_settings().company}】{item.text}", item.href))), address


def of_checkpoint(facts: Mapping[str, Any], now: datetime) -> EmailMessage | None:
    """The last checkpoint of the audit trail, attached as it was signed; none for who audits no more."""
    by, last = _reader(facts, now), audit_tree.last()
    if not by or not by.is_auditor or not by.person.email or last is None:
        return None
    with speaking(by.language):
        text = _(
            "审计追踪检查点第 %(number)s 号：共 %(size)s 条，%(at)s",
            number=last.number,
            size=last.size,
            at=minute(last.at),
        )
        keep = _(
            "请把附件妥善保存在门户以外。日后可用它证明这些事件没有被改动或删除：%(command)s", command=CHECK
        )
        key = audit_key.public_line(_settings().portal_data, _settings().company)
        known = _("签名公钥：%(key)s", key=key)
        words = _words(by, text, f"{keep}\n\n{known}", choices=False)
        letter = _sent(
            [Item(text, last.root, link("/trail"))], words, by, f"checkpoint-{by.id}-{day(now)}", now
        )
        letter.add_attachment(last.note, filename=f"checkpoint-{last.number}.txt")
        return letter


def link(path: str) -> str:
    """The address of a page, by way of the sign-in page; nothing where the portal does not know its own."""
    return f"{_settings().address}/sign-in?next={quote(path, safe='/')}" if _settings().address else ""


def _reader(facts: Mapping[str, Any], now: datetime) -> Actor | None:
    """The person as they stand today; none if they have left."""
    person = db.session.get(Person, facts["person"])
    return actor(person, day(now)) if person is not None and person.active else None


def _wanted(rows: list[Any], by: Actor, channel: int) -> list[Any]:
    """Those not read yet whose group the person has not switched off meanwhile: by mail (0) or robot (1)."""
    chosen = notices.choices(by.id)
    return [row for row in rows if row.read_at is None and chosen[kind_of(row.kind).group][channel] != "off"]


def _item(row: Any, by: Actor) -> Item:
    text = sentence(row.kind, row.facts, row.number, row.form_code, outside=True)
    return Item(text, row.title or "", link(target(row, by.id)))


def _letter(items: list[Item], subject: str, more: str, by: Actor, key: str, at: datetime) -> EmailMessage:
    return _sent(items, _words(by, subject, more), by, key, at)


def _words(by: Actor, subject: str, more: str, *, choices: bool = True) -> Words:
    """What stands around the items; without a word on choices where there is none."""
    choose = _("要少收或不收这类邮件，请在门户中选择通知方式：%(address)s", address=link(CHOICES))
    return Words(
        subject=subject,
        greeting=_("%(name)s，您好：", name=by.name),
        open=_("在门户中打开"),
        more=more,
        closing=_("链接只打开页面，不会替您办理任何事情。"),
        choices=choose if choices else "",
    )


def _sent(items: list[Item], words: Words, by: Actor, key: str, at: datetime) -> EmailMessage:
    settings = _settings()
    to = by.name, by.person.email
    return write(items, words, company=settings.company, sender=settings.mail_from, to=to, key=key, at=at)


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
