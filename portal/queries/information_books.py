"""Lines of the information centre's books: the archive, where information comes from, what was issued."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import Content, Department, LedgerEntry, Record, Signature, Task, TaskHolder
from portal.queries import master_books, stage_answers
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order, Query
from portal.queries.ledgers import Cells, Source

COUNTED = ("running", "returned", "stuck", "finished")


def archive() -> Source:
    """信息归档保管台帐: every paper kept, newest first."""
    found = master_books.entries("archive", "code", "title", "origin", "place")
    return replace(found, picked={"class": LedgerEntry.facts["class"].as_string()})


def sources() -> Source:
    """信息来源名录: every source that a plan names, newest first, and when information last came from it."""
    piece, said = aliased(Record), aliased(Content)
    used = (
        sa.select(sa.func.max(piece.submitted_at))
        .join(said, sa.and_(said.record_id == piece.id, said.version == piece.version))
        .where(
            *(piece.form_code == "IC-01", piece.state.in_(COUNTED), ~is_corrected(piece.id)),
            said.answers["source_name"].as_string() == LedgerEntry.facts["source"].as_string(),
        )
        .correlate(LedgerEntry)
        .scalar_subquery()
    )
    return master_books.entries(
        "information_sources", "source", "contact", "fields", found={"last_used": used}
    )


def issued() -> Source:
    """下发文件登记及签收台帐: every paper issued (IC-10), newest first, with the receipts that are missing."""
    approved = _signed("approval", sa.func.max(Signature.signed_at))
    received = _signed("receipts", sa.func.count(sa.distinct(Signature.task_id)), _is_receipt())
    query = (
        sa.select(
            *(Record.id, Record.number.label("record"), Content.answers, Record.submitted_at),
            *(approved.label("issued_on"), received.label("received")),
            *(_owing().label("missing"), _feedback().label("feedback")),
            reversed_by(Record.id).label("reversed_by"),
        )
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.form_code == "IC-10", Record.state.in_(COUNTED), approved.is_not(None))
    )
    return Source(
        query=query,
        order=Order((Record.id,), (int,), descending=True),
        lines=_issued,
        text=(
            Record.number,
            Content.answers["document_no"].as_string(),
            Content.answers["title"].as_string(),
            Content.answers["issuing_department"]["text"].as_string(),
        ),
        at=Record.submitted_at,
    )


def purchasing() -> Source:
    """采购信息沟通记录: what was learned about purchasing, or from suppliers."""
    said = Content.answers
    area, source = said["subject_area"].as_string(), said["source_kind"].as_string()
    query = (
        sa.select(
            *(Record.id, Record.number.label("record"), said, Record.submitted_at),
            stage_answers.text("classification", "analysis_result").label("follow_up"),
        )
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == "IC-01", Record.state.in_(COUNTED), ~is_corrected(Record.id)),
            sa.or_(area == "purchasing", source == "supplier"),
        )
    )

    def lines(row: Any) -> list[Cells]:
        told = row.answers
        return [
            {
                "date": told["collected_at"],
                "supplier": told["source_name"],
                "title": told["title"],
                "content": told["content"],
                "follow_up": row.follow_up,
                "record": row.record,
            }
        ]

    text = (said["source_name"].as_string(), said["title"].as_string(), said["content"].as_string())
    return Source(
        query=query,
        order=Order((Record.id,), (int,), descending=True),
        lines=lines,
        text=(Record.number, *text),
        at=Record.submitted_at,
    )


def waiting_receipts(since: Any) -> Query:
    """The papers issued (IC-10) since a moment whose receipt somebody still owes, by the key of who owes it."""
    return (
        sa.select(Record.id.label("record_id"), TaskHolder.key.label("part"))
        .join(Task, Task.record_id == Record.id)
        .join(TaskHolder, TaskHolder.task_id == Task.id)
        .where(
            *(Record.form_code == "IC-10", Record.submitted_at >= since),
            *(Task.step == "receipts", Task.kind == "sign", Task.state == "open"),
        )
    )


def _signed(step: str, what: Any, *which: Any) -> sa.ScalarSelect[Any]:
    """Something of the signatures at a step in the record's round."""
    return (
        sa.select(what)
        .where(
            *(Signature.record_id == Record.id, Signature.step == step, Signature.act == "signed"),
            *(Signature.round == Record.round, *which),
        )
        .correlate(Record)
        .scalar_subquery()
    )


def _issued(row: Any) -> list[Cells]:
    told = row.answers
    due = len({one["department"]["id"] for one in told["issued_to"]})
    return [
        {
            "document_no": told["document_no"],
            "title": told["title"],
            "department": told["issuing_department"]["text"],
            "kind": told["document_kind"],
            "issued_on": row.issued_on,
            "receipts_due": due,
            "receipts_signed": row.received,
            "missing": row.missing or "",
            "feedback": row.feedback or "",
            "record": row.record,
            "reversed_by": row.reversed_by,
        }
    ]


def _is_receipt() -> Any:
    """That a signature is a department's own, not one that was asked for besides."""
    return Signature.task_id.in_(sa.select(Task.id).where(Task.step == "receipts", Task.kind == "sign"))


def _owing() -> sa.ScalarSelect[Any]:
    """The departments whose receipt is missing, in one text."""
    key = sa.literal("head:") + sa.cast(Department.id, sa.String)
    query = (
        sa.select(Department.name.label("name"))
        .join(TaskHolder, TaskHolder.key == key)
        .join(Task, Task.id == TaskHolder.task_id)
        .where(
            *(Task.record_id == Record.id, Task.step == "receipts", Task.kind == "sign"),
            *(Task.round == Record.round, Task.state.in_(("open", "stuck"))),
        )
        .order_by(Task.slot)
        .correlate(Record)
    )
    found = query.subquery()
    return sa.select(sa.func.aggregate_strings(found.c.name, "、")).scalar_subquery()


def _feedback() -> sa.ScalarSelect[Any]:
    """What each department says of how it carries the document out, in one text."""
    said = Signature.answers["feedback"].as_string()
    department = sa.func.coalesce(Signature.authority["department"].as_string(), "")
    query = (
        sa.select((department + "：" + said).label("said"))
        .where(
            *(Signature.record_id == Record.id, Signature.step == "receipts", Signature.act == "signed"),
            *(Signature.round == Record.round, sa.func.coalesce(said, "") != ""),
        )
        .order_by(Signature.id)
        .correlate(Record)
    )
    found = query.subquery()
    return sa.select(sa.func.aggregate_strings(found.c.said, "；")).scalar_subquery()
