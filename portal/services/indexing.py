"""Keeps the search up with what is written: whatever a write changes goes into the index with it, once, at its end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction, selectinload

from portal.extensions import db
from portal.models import Comment, Content, ControlledDocument, Customer, Machine, Project, Record, Signature
from portal.search import index, words
from portal.services import search_clauses
from portal.services.search_records import record
from portal.services.search_texts import KIND, TOLD

Key = tuple[type[Any], int]
TOUCHED, HELD = "touched", "held"  # what the session remembers of a write: what is new, and the rows
AT_ONCE = 100  # rows of a rebuilding in one write
OF_RECORDS = (Content, Signature, Comment)  # their rows tell of a record


def watch() -> None:
    """Begins to listen to what is written; a second time changes nothing."""
    for moment, hear in (("after_flush", _note), ("before_commit", _write), ("after_soft_rollback", _undone)):
        if not event.contains(db.session, moment, hear):
            event.listen(db.session, moment, hear)


def _note(session: Session, _context: Any) -> None:
    """Remembers what a flush has written; the rows themselves, so that they need not be read again."""
    touched: dict[Key, bool] = session.info.setdefault(TOUCHED, {})
    held: list[Any] = session.info.setdefault(HELD, [])
    for row in (*session.new, *session.dirty):
        if isinstance(row, Machine) and row.customer_id is not None:
            touched.setdefault((Customer, row.customer_id), False)
    for row in session.new:
        if type(row) in KIND:
            touched[type(row), row.id] = True
            held.append(row)
        elif isinstance(row, OF_RECORDS):
            touched.setdefault((Record, row.record_id), False)
            held.append(row)
    for row in session.dirty:
        if type(row) in KIND:
            touched.setdefault((type(row), row.id), False)
            held.append(row)
            if isinstance(row, Customer) and sa.inspect(row).attrs.name.history.has_changes():
                touched.update(dict.fromkeys(_of_customer(session, row.id), False))


def _of_customer(session: Session, id: int) -> list[Key]:
    """What is also found by the customer's name."""
    with session.no_autoflush:
        return [
            (model, row)
            for model in (Project, Machine)
            for row in session.scalars(sa.select(model.id).where(model.customer_id == id))
        ]


def _write(session: Session) -> None:
    """Before the end of a write: brings the index up to it."""
    if session.in_nested_transaction():
        return
    session.flush()
    touched: dict[Key, bool] = session.info.pop(TOUCHED, {})
    if touched:
        found = {key: session.get(*key) for key in touched}
        add(filter(None, found.values()), [row for key, row in found.items() if touched[key]])
    _forget(session)


def _forget(session: Session) -> None:
    """What was not written need not be found."""
    session.info.pop(TOUCHED, None)
    session.info.pop(HELD, None)


def _undone(session: Session, undone: SessionTransaction) -> None:
    """After the whole of a write was taken back; after a part of it, the rest goes on."""
    if not undone.nested:
        _forget(session)


def add(rows: Iterable[Any], new: Collection[Any] = ()) -> int:
    """Puts rows into the index, or out of it; `new` are those that are not in it. Returns how many read otherwise."""
    every, fresh = list(rows), set(new)
    comments = _comments([row.id for row in every if isinstance(row, Record) and row not in fresh])
    told: dict[Any, index.Entry] = {}
    changed = 0
    for row in every:
        one = record(row, comments.get(row.id, "")) if isinstance(row, Record) else TOLD[type(row)](row)
        if one is not None:
            told[row] = one
        elif row not in fresh:
            index.remove(KIND[type(row)], row.id)
        if isinstance(row, ControlledDocument):
            changed += search_clauses.renew(row)
    return changed + index.put(told.values(), known={one.id for row, one in told.items() if row not in fresh})


def _comments(ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    found: dict[int, list[str]] = {}
    for id, text in db.session.execute(_SAID, {"ids": ids}):
        found.setdefault(id, []).append(text)
    return {id: "\n".join(texts) for id, texts in found.items()}


_SAID = (
    sa.select(Comment.record_id, Comment.text)
    .where(Comment.record_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(Comment.id)
)


def count() -> int:
    """How many rows a rebuilding goes through."""
    return sum(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0 for model in KIND)


def rebuild() -> Iterator[int]:
    """Makes the index anew, kind by kind and piece by piece; tells after each how many rows it has gone through.

    Whoever takes the pieces may commit after each, so that the portal can be used meanwhile.
    """
    for model, kind in KIND.items():
        after, last = 0, False
        while not last:
            rows = _following(model, after)
            last = len(rows) < AT_ONCE
            upto = index.LAST if last else rows[-1].id
            index.clear(kind, after, upto)
            if model is ControlledDocument:
                search_clauses.clear(after, upto)
            add(rows)
            after = upto
            yield len(rows)
    words.tidy()


def _following(model: type[Any], id: int) -> list[Any]:
    query = sa.select(model).where(model.id > id).order_by(model.id).limit(AT_ONCE)
    query = query.with_for_update(of=model, key_share=True).execution_options(populate_existing=True)
    if model is Record:
        query = query.options(
            selectinload(Record.contents), selectinload(Record.signatures), selectinload(Record.applicant)
        )
    elif model is Project:
        query = query.options(selectinload(Project.customer))
    return list(db.session.scalars(query).unique())
