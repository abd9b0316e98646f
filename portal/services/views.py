"""A person's own filters of a register, kept under a name."""

from __future__ import annotations

import sqlalchemy as sa

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.lib.text import clean
from portal.models import SavedView
from portal.queries.actors import Actor
from portal.queries.keyset import LARGEST
from portal.services import once

MOST = 30


def save(key: str, by: Actor, name: str, query: str) -> SavedView:
    """Keeps a filter of a register under a name; the same name again replaces it.

    Raises:
        Refusal: it has no name, nothing is filtered, or there are too many.
    """
    name = clean(name)[:40]
    if not name:
        raise Refusal(_l("请给这个视图起一个名称。"))
    if not query:
        raise Refusal(_l("请先设置筛选条件或排序，再保存视图。"))
    once.take_turn(by.id)
    theirs = db.session.scalars(
        sa.select(SavedView).where(SavedView.person_id == by.id, SavedView.form_code == key)
    ).all()
    found = next((view for view in theirs if view.name == name), None)
    if found is None:
        if len(theirs) >= MOST:
            raise Refusal(_l("每个登记簿最多保存 %(most)s 个视图，请先删除不用的。"), most=MOST)
        found = SavedView(person_id=by.id, form_code=key, name=name)
        db.session.add(found)
    found.query = query[:2000]
    return found


def delete(view_id: int, by: Actor) -> None:
    """Deletes one of the person's own filters.

    Raises:
        NotFound: it is not theirs.
    """
    once.take_turn(by.id)
    view = db.session.get(SavedView, view_id) if view_id <= LARGEST else None
    if view is None or view.person_id != by.id:
        raise NotFound
    db.session.delete(view)
