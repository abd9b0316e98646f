"""What is known of suppliers: evaluations, returns, licences, and whose a credit code is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Content, LedgerEntry, Record, RecordSubject, Signature, Supplier
from portal.queries.corrected import is_corrected
from portal.queries.owed import ALIVE

LISTED = ("approved", "trial")  # states of a supplier that may be ordered from
EVALUATION, PAPERS = "PU-08", "external_papers"
RETURNS = {"PU-07": ("supplier", "supplier_sign"), "PU-11": ("bookseller", "bookseller_sign")}
"""The forms by which goods and books go back: the field that names the supplier, the step at which it has taken them."""


@dataclass(frozen=True, slots=True)
class Return:
    """Goods or books that a supplier has taken back."""

    record_id: int
    supplier_id: int
    on: date


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An evaluation of a supplier that was submitted and not given up."""

    record_id: int
    supplier_id: int
    at: datetime
    answers: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Licence:
    """A licence of a supplier as its evaluation has entered it."""

    line_id: int
    record_id: int
    supplier_id: int
    facts: dict[str, Any]

    @property
    def paper(self) -> str:
        """What kind of licence it is."""
        return str(self.facts.get("paper") or "")

    @property
    def expires_on(self) -> date | None:
        """Its last day; None for one that does not expire."""
        text = self.facts.get("expires_on")
        return date.fromisoformat(text) if text else None


def listed() -> list[Supplier]:
    """The suppliers that may be ordered from, by code."""
    query = sa.select(Supplier).where(Supplier.status.in_(LISTED)).order_by(Supplier.code)
    return list(db.session.scalars(query))


def called(name: str) -> Supplier | None:
    """The supplier with this name."""
    return db.session.scalar(sa.select(Supplier).where(Supplier.name == name).limit(1))


def with_credit_code(code: str, but: Collection[int] = ()) -> Supplier | None:
    """A supplier, other than these, that has this credit code."""
    query = sa.select(Supplier).where(Supplier.credit_code == code, Supplier.id.not_in(but))
    return db.session.scalar(query.limit(1)) if code else None


def named_by(record_ids: Collection[int]) -> set[int]:
    """The suppliers that these records are about, those included that they have entered."""
    query = sa.select(RecordSubject.row_id).where(
        RecordSubject.kind == "supplier", RecordSubject.record_id.in_(record_ids)
    )
    return set(db.session.scalars(query)) if record_ids else set()


def pass_rate(supplier: Any) -> Decimal | None:
    """The share of a supplier's inspected goods that passed, in percent; None before anything was inspected."""
    if not supplier.inspected:
        return None
    return Decimal(supplier.passed * 100 / supplier.inspected).quantize(Decimal("0.1"), ROUND_HALF_UP)


def returns(since: date, supplier_id: int | None = None, but: Collection[int] = ()) -> list[Return]:
    """What suppliers (or one) have taken back since a day, in the order of time; corrected records do not count."""
    answers = Content.answers
    named = sa.case(
        *(
            (Record.form_code == code, answers[field]["id"].as_integer())
            for code, (field, _) in RETURNS.items()
        )
    )
    steps = sa.or_(
        *(sa.and_(Record.form_code == code, Signature.step == step) for code, (_, step) in RETURNS.items())
    )
    query = (
        sa.select(Record.id, named.label("supplier"), sa.func.min(Signature.signed_at).label("at"))
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .join(Signature, sa.and_(Signature.record_id == Record.id, Signature.act == "signed", steps))
        .where(Record.state.in_(ALIVE), Record.id.not_in(but), ~is_corrected(Record.id))
        .group_by(Record.id, named)
        .order_by("at", Record.id)
    )
    if supplier_id is not None:
        query = query.where(named == supplier_id)
    found = [Return(row.id, row.supplier, day(row.at)) for row in db.session.execute(query) if row.supplier]
    return [one for one in found if one.on >= since]


def evaluations(states: Collection[str] = ALIVE) -> list[Evaluation]:
    """The evaluations in these states that still count, with whom they are about, oldest first."""
    query = (
        sa.select(Record.id, RecordSubject.row_id, Record.submitted_at, Content.answers)
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "supplier"))
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(Record.form_code == EVALUATION, Record.state.in_(states), ~is_corrected(Record.id))
        .order_by(Record.id)
    )
    return [Evaluation(*row) for row in db.session.execute(query)]


def licences(supplier_id: int | None = None) -> list[Licence]:
    """Every licence that evaluations have entered for suppliers (or one), oldest first; corrected records do not count."""
    query = (
        sa.select(LedgerEntry.id, LedgerEntry.record_id, RecordSubject.row_id, LedgerEntry.facts)
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "supplier"))
        .where(LedgerEntry.ledger == PAPERS, Record.form_code == EVALUATION, ~is_corrected(Record.id))
        .order_by(LedgerEntry.id)
    )
    if supplier_id is not None:
        query = query.where(RecordSubject.row_id == supplier_id)
    return [Licence(*row) for row in db.session.execute(query)]


def in_force(entered: list[Licence]) -> list[Licence]:
    """Those that the newest evaluation of each supplier names; what it does not name any more counts no longer."""
    newest = {one.supplier_id: one.record_id for one in entered}
    return [one for one in entered if one.record_id == newest[one.supplier_id]]
