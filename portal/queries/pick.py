"""What pickers find: people, departments, master data and records, by Chinese, pinyin or code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.pinyin import needle
from portal.lib.text import fold, place_code
from portal.models import (
    ControlledDocument,
    Customer,
    Department,
    DocumentRevision,
    InformationAsset,
    Machine,
    Person,
    Product,
    Project,
    Record,
    StockItem,
    StoragePlace,
    Supplier,
)
from portal.queries.visible import may_see as record_may_be_seen
from portal.queries.visible import visible_to

MASTER: dict[str, type[Any]] = {
    "customer": Customer,
    "supplier": Supplier,
    "project": Project,
    "product": Product,
    "stock_item": StockItem,
    "machine": Machine,
    "document": ControlledDocument,
    "asset": InformationAsset,
    "revision": DocumentRevision,
}
FORMER = "former"  # among the targets of a person: also those who have left
Found = tuple[int | None, str]


def by_text(kind: str, texts: set[str], actor: Any, targets: tuple[str, ...]) -> dict[str, list[Found]]:
    """What each text stands for: the thing whose code or label it is, else all that it fits."""
    if kind == "place":  # no part of a code stands for another
        return {text: list(_exact_place(text)) for text in texts}
    exact = _by_code(kind, {code_of(kind, text) for text in texts}, actor, targets)
    found: dict[str, list[Found]] = {}
    for text in texts:
        hit = exact.get(code_of(kind, text))
        found[text] = [hit] if hit else [row[:2] for row in search(kind, text, actor, targets, limit=6)]
        same = [row for row in found[text] if fold(row[1]).split(" ")[0] == fold(text)]
        if len(found[text]) > 1 and len(same) == 1:
            found[text] = same
    return found


def search(
    kind: str, text: str, actor: Any, targets: tuple[str, ...] = (), *, limit: int = 20
) -> Sequence[tuple[int | None, str, str]]:
    """Things that fit the text, as (id, label, note)."""
    wanted = needle(text)
    if not wanted and kind not in ("record_link", "place"):
        return []
    if kind == "person":
        named = (
            sa.select(Person)
            .where(_at_work(targets), Person.search_key.contains(wanted, autoescape=True))
            .order_by(Person.number)
        )
        people = db.session.scalars(named.limit(limit)).unique()
        return [(person.id, person.label, person.department.name) for person in people]
    if kind == "department":
        departments = db.session.scalars(sa.select(Department).order_by(Department.id))
        return [
            (one.id, one.name, one.name_en)
            for one in departments
            if any(fold(text) in fold(name) for name in (one.name, one.name_en, one.key, *one.aliases))
        ][:limit]
    if kind == "record_link":
        return _records(text, actor, targets, limit)
    if kind == "place":
        return [(row.id, row.code, row.name) for row in db.session.scalars(_places(text).limit(limit))]
    model = MASTER[kind]
    query = (
        sa.select(model)
        .where(model.search_key.contains(wanted, autoescape=True), *_of_kind(kind, targets, actor))
        .order_by(model.code)
        .limit(limit)
    )
    return [(row.id, row.label, getattr(row, "contact", "")) for row in db.session.scalars(query)]


def _by_code(kind: str, codes: Iterable[str], actor: Any, targets: tuple[str, ...]) -> dict[str, Found]:
    if kind == "person":
        named = sa.select(Person).where(_at_work(targets), Person.number.in_(codes))
        return {row.number: (row.id, row.label) for row in db.session.scalars(named).unique()}
    if kind == "department":
        rows = db.session.scalars(sa.select(Department))
        return {
            name: (row.id, row.name)
            for row in rows
            for name in (row.name, row.key, row.name_en, *row.aliases)
        }
    if kind == "record_link":
        visible = visible_to(sa.select(Record).where(Record.number.in_(codes)), actor)
        if targets:
            visible = visible.where(Record.form_code.in_(targets))
        return {row.number: (row.id, record_label(row)) for row in db.session.scalars(visible)}
    model = MASTER[kind]
    query = sa.select(model).where(model.code.in_(codes), *_of_kind(kind, targets, actor))
    return {row.code: (row.id, row.label) for row in db.session.scalars(query)}


def _of_kind(kind: str, targets: Sequence[str], actor: Any) -> list[sa.ColumnElement[bool]]:
    """Only projects of these kinds, where kinds are named; only revisions that are not released, and for this person."""
    if kind == "revision":
        return [DocumentRevision.effective_on.is_(None), _may_read_draft(actor)]
    return [Project.kind.in_(targets)] if kind == "project" and targets else []


def _may_read_draft(actor: Any) -> sa.ColumnElement[bool]:
    """Whether a draft is for the person: whoever may name one in a release gets to read it by that record."""
    if actor is None:
        return sa.false()
    if "document_controller" in actor.roles:
        return sa.true()
    mine = DocumentRevision.department_id.in_(sa.select(Department.id).where(Department.head_id == actor.id))
    return sa.or_(
        DocumentRevision.author_id == actor.id, mine, record_may_be_seen(DocumentRevision.release_id, actor)
    )


def _places(text: str) -> sa.Select[StoragePlace]:
    """Places in use whose code or name the text fits, in the order of their codes."""
    wanted = needle(place_code(text))
    fits = StoragePlace.search_key.contains(wanted, autoescape=True) if wanted else sa.true()
    return sa.select(StoragePlace).where(StoragePlace.active.is_(True), fits).order_by(StoragePlace.code)


def _exact_place(text: str) -> Iterable[Found]:
    """The place in use with this code."""
    query = sa.select(StoragePlace).where(
        StoragePlace.active.is_(True), StoragePlace.code == place_code(text)
    )
    return ((row.id, row.code) for row in db.session.scalars(query))


def _at_work(targets: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a person may be named: one who is here, or anybody where those who left may be named too."""
    return sa.true() if FORMER in targets else Person.active.is_(True)


def _records(text: str, actor: Any, targets: tuple[str, ...], limit: int) -> Sequence[tuple[int, str, str]]:
    query = sa.select(Record).where(
        sa.or_(Record.number.icontains(text, autoescape=True), Record.title.icontains(text, autoescape=True))
    )
    if targets:
        query = query.where(Record.form_code.in_(targets))
    rows = db.session.scalars(visible_to(query, actor).order_by(Record.id.desc()).limit(limit))
    return [(row.id, record_label(row), row.applicant.name) for row in rows]


def record_label(record: Record) -> str:
    """Number and title, as pickers show a record."""
    return f"{record.number} {record.title}".strip()


def code_of(kind: str, text: str) -> str:
    """The part of a label that is the code: the last word, or the first one of a record."""
    words = text.split(" ")
    if kind == "department":
        return text
    return words[0] if kind == "record_link" else words[-1]
