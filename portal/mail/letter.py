"""A letter with a few notices: plain text, and the same as simple HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Item:
    """One notice in a letter: its sentence, the record's title, and where it leads."""

    text: str
    title: str
    href: str


@dataclass(frozen=True, slots=True)
class Words:
    """What stands around the notices, in the reader's language."""

    subject: str
    greeting: str
    open: str
    more: str
    closing: str
    choices: str


def write(
    items: Sequence[Item],
    words: Words,
    *,
    company: str,
    sender: str,
    to: tuple[str, str],
    key: str,
    at: datetime,
) -> EmailMessage:
    """The letter; `key` makes its Message-ID, the same however often it is sent."""
    letter = EmailMessage(policy=SMTP)
    user, _at, domain = sender.rpartition("@")
    letter["Subject"] = f"[{company}] {' '.join(words.subject.split())}"
    letter["From"] = Address(" ".join(company.split()), user, domain)
    name, address = to
    user, _at, place = address.rpartition("@")
    letter["To"] = Address(" ".join(name.split()), user, place)
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{key}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"  # so that no out-of-office note comes back
    letter.set_content(_text(items, words))
    letter.add_alternative(_html(items, words), subtype="html")
    return letter


def _text(items: Sequence[Item], words: Words) -> str:
    parts = [words.greeting]
    parts += ["\n".join(filter(None, (one.text, one.title, one.href))) for one in items]
    parts += [words.more, words.closing, words.choices]
    return "\n\n".join(filter(None, parts)) + "\n"


def _html(items: Sequence[Item], words: Words) -> str:
    lines = [Markup("<p>{}</p>").format(words.greeting)]
    for one in items:
        title = Markup("<br>{}").format(one.title) if one.title else ""
        link = Markup('<br><a href="{}">{}</a>').format(one.href, words.open) if one.href else ""
        lines.append(Markup("<p><b>{}</b>{}{}</p>").format(one.text, title, link))
    lines += [Markup("<p>{}</p>").format(one) for one in (words.more, words.closing, words.choices) if one]
    return "<html><body>{}</body></html>".format("\n".join(lines))
