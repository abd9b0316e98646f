"""The storage places of the warehouse: entered, named anew, closed, opened again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from portal.domain.refusal import NotAllowed, NotFound, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.lib.pinyin import spellings
from portal.lib.text import place_code, place_codes
from portal.models import StoragePlace
from portal.queries import places
from portal.queries.actors import Actor
from portal.services import audit, once

KEEPER, STREAM = "warehouse_supervisor", "settings"


def may_change(by: Actor) -> bool:
    """Whether the person looks after the places."""
    return KEEPER in by.roles and not by.is_auditor


def enter(code: str, name: str = "") -> StoragePlace:
    """A place with this code, as the books write it.

    Raises:
        Refusal: there is one already, perhaps closed, or a list of places would read it as several.
    """
    code = place_code(code)
    if place_codes(code) != [code]:
        raise Refusal(_l("库位编号不能含顿号、逗号或分号，它们用来分开几个库位。"))
    row = StoragePlace(code=code, name=name, search_key=spellings(f"{name} {code}"))
    if once.add(row, partial(places.with_code, code)) is not row:
        raise Refusal(_l("库位“%(code)s”已有了；已停用的可以重新启用。"), code=code)
    return row


def add(code: str, name: str, *, by: Actor, now: datetime) -> StoragePlace:
    """Enters a place.

    Raises:
        NotAllowed: the person does not look after the places.
        Refusal: there is one with this code already.
    """
    _refuse_others(by)
    row = enter(code, name)
    audit.note("place_added", at=now, by=by.id, stream=STREAM, place=row.code, name=name)
    return row


def rename(place_id: int, name: str, *, by: Actor, now: datetime) -> None:
    """Gives a place another name; its code stays, since the books say it."""
    row = _mine(place_id, by)
    if row.name == name:
        return
    audit.note("place_renamed", at=now, by=by.id, stream=STREAM, place=row.code, old=row.name, new=name)
    row.name, row.search_key = name, spellings(f"{name} {row.code}")


def close(place_id: int, *, by: Actor, now: datetime) -> None:
    """Takes a place out of use.

    Raises:
        Refusal: something lies there.
    """
    row = _mine(place_id, by)
    if not row.active:
        return
    if not places.is_empty(row.code):
        raise Refusal(_l("库位%(place)s还有库存或正在盘点，不能停用；请先把货品移走或出库。"), place=row.code)
    row.active = False
    audit.note("place_closed", at=now, by=by.id, stream=STREAM, place=row.code)


def reopen(place_id: int, *, by: Actor, now: datetime) -> None:
    """Takes a closed place into use again."""
    row = _mine(place_id, by)
    if row.active:
        return
    row.active = True
    audit.note("place_reopened", at=now, by=by.id, stream=STREAM, place=row.code)


def _mine(place_id: int, by: Actor) -> StoragePlace:
    _refuse_others(by)
    row = db.session.get(StoragePlace, place_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _refuse_others(by: Actor) -> None:
    if not may_change(by):
        raise NotAllowed(_l("库位由仓库主管维护。"))
