"""What people set for themselves: language, colours, stock phrases for opinions."""

from __future__ import annotations

from datetime import datetime

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import Person, Phrase
from portal.queries import account
from portal.queries.actors import Actor
from portal.services import audit, once

MOST, LONGEST = 50, 200


def prefer(person: Person, name: str, value: str, *, now: datetime) -> None:
    """Sets the person's own `language` or `theme`."""
    once.take_turn(person.id)
    db.session.refresh(person, [name])
    if getattr(person, name) != value:
        setattr(person, name, value)
        audit.note("preference_changed", at=now, by=person.id, stream="people", name=name, value=value)


def add_phrase(text: str, *, by: Actor) -> None:
    """Keeps a phrase; the same one is kept once.

    Raises:
        Refusal: empty, too long, or there are too many.
    """
    if not text:
        raise Refusal(_l("请填写内容。"))
    if len(text) > LONGEST:
        raise Refusal(_l("不能超过 %(max)d 个字"), max=LONGEST)
    once.take_turn(by.id)
    kept = account.phrases(by)
    if len(kept) >= MOST:
        raise Refusal(_l("最多保存 %(most)d 条常用语。"), most=MOST)
    if text not in {phrase.text for phrase in kept}:
        db.session.add(Phrase(person_id=by.id, text=text))


def delete_phrase(id: int, *, by: Actor) -> None:
    """Throws one's own phrase away.

    Raises:
        NotFound: there is none of one's own with this id.
    """
    once.take_turn(by.id)
    if id not in {phrase.id for phrase in account.phrases(by)}:
        raise NotFound
    db.session.delete(db.session.get_one(Phrase, id))
