"""Lines of the books of the market: chances by month, campaigns, contacts with customers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import Content, Customer, Person, Record, RecordLink, Signature
from portal.queries.corrected import is_corrected
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

CENT = Decimal("0.01")
STANDING = ("running", "returned", "withdrawn", "stuck", "finished", "refused")
CONTACTED = ("running", "returned", "stuck", "finished")

# form -> what its answers call the time, way, person, details and result of a contact; `=` marks a fixed word
CONTACTS = {
    "CR-03": ("followed_up_at", "follow_up_way", "person_followed_up", "details", "result"),
    "CS-25": ("called_at", "=telephone", "person_spoken", "next_step", ""),
    "CS-27": ("contacted_at", "contact_way", "contact_person", "content", "result"),
    "CS-28": ("visited_on", "visit_way", "person_met", "topics", "visit_result"),
    "CS-39": ("visited_at", "visit_way", "person", "customer_needs", "satisfaction"),
    "CS-100": ("called_at", "=telephone", "", "opinion", "satisfaction"),
}
CONTACT_STEPS = ("phone_visit", "visit_record")  # stages that tell of the contact


def forecast() -> Source:
    """销售预测表: every chance (CR-12) with its amount and probability, the last month first."""
    chance = aliased(Signature)
    amount = chance.answers["expected_amount"].as_float()
    outcome = _outcome(chance.answers["outcome"].as_string())
    closes = chance.answers["expected_close_on"].as_string()
    inner = (
        sa.select(
            Record.id,
            Record.number.label("record"),
            Record.title.label("customer"),
            Record.submitted_at,
            Content.answers["interested_products"].label("products"),
            closes.label("closes"),
            sa.func.substr(closes, 1, 7).label("month"),
            amount.label("expected_amount"),
            chance.answers["probability"].as_float().label("probability"),
            outcome.label("outcome"),
        )
        .join(Content, _latest(Record, Content))
        .join(chance, chance.id == _last_signed("opportunity"))
        .where(Record.form_code == "CR-12", Record.state.in_(STANDING), ~is_corrected(Record.id))
        .subquery()
    )
    weighted = sa.case(
        (inner.c.outcome == "lost", 0.0), else_=inner.c.expected_amount * inner.c.probability / 100
    )
    query = sa.select(
        inner,
        weighted.label("weighted_amount"),
        sa.func.sum(weighted).over(partition_by=inner.c.month).label("month_amount"),
    )

    def line(row: Any) -> Cells:
        sums = {
            name: _money(getattr(row, name))
            for name in ("expected_amount", "weighted_amount", "month_amount")
        }
        return {
            **row._mapping,
            **sums,
            "probability": _money(row.probability),
            "products": "、".join(one["product"]["text"] for one in row.products or () if one["product"]),
        }

    return Source(
        query=query,
        order=Order((inner.c.closes, inner.c.id), (str, int), descending=True),
        lines=lambda row: [line(row)],
        text=(inner.c.customer, inner.c.record, inner.c.month),
        at=inner.c.submitted_at,
    )


def campaigns() -> Source:
    """市场推广活动记录: what each campaign and channel has brought, counted over its prospects (CR-12)."""
    value, chance = aliased(Signature), aliased(Signature)
    outcome = _outcome(chance.answers["outcome"].as_string())
    inner = (
        sa.select(
            Record.submitted_at,
            sa.func.coalesce(Content.answers["campaign"].as_string(), "").label("campaign"),
            Content.answers["marketing_channel"].as_string().label("channel"),
            value.answers["worth_following"].as_boolean().label("worth_following"),
            outcome.label("outcome"),
            chance.answers["expected_amount"].as_float().label("amount"),
        )
        .join(Content, _latest(Record, Content))
        .outerjoin(value, value.id == _last_signed("value_check"))
        .outerjoin(chance, chance.id == _last_signed("opportunity"))
        .where(Record.form_code == "CR-12", Record.state.in_(STANDING), ~is_corrected(Record.id))
        .subquery()
    )
    won = inner.c.outcome == "won"
    query = sa.select(
        inner.c.campaign,
        inner.c.channel,
        sa.func.count().label("responses"),
        _times(inner.c.worth_following).label("worth_following"),
        _times(inner.c.outcome == "quote").label("quoted"),
        _times(won).label("won"),
        sa.func.sum(sa.case((won, inner.c.amount), else_=0.0)).label("amount"),
    ).group_by(inner.c.campaign, inner.c.channel)
    return Source(
        query=query,
        order=Order((inner.c.campaign, inner.c.channel), (str, str)),
        lines=lambda row: [{**row._mapping, "amount": _money(row.amount)}],
        text=(inner.c.campaign,),
        at=inner.c.submitted_at,
    )


def follow_ups() -> Source:
    """客户跟踪记录: every contact with a customer, whichever form it was written in, newest first."""
    stage, author = aliased(Signature), aliased(Person)
    times = {names[0] for names in CONTACTS.values()}
    at = sa.func.coalesce(
        *(sheet[name].as_string() for name in sorted(times) for sheet in (Content.answers, stage.answers))
    )
    query = (
        sa.select(
            Record.form_code,
            Record.number.label("record"),
            Content.answers,
            stage.answers.label("stage"),
            Customer.name.label("customer"),
            author.name.label("author"),
        )
        .join(Content, _latest(Record, Content))
        .join(Customer, Customer.id == Content.answers["customer"]["id"].as_integer())
        .join(author, author.id == Record.applicant_id)
        .outerjoin(stage, stage.id == _last_signed(*CONTACT_STEPS))
        .where(
            Record.form_code.in_(CONTACTS),
            Record.state.in_(CONTACTED),
            ~is_corrected(Record.id),
            at.is_not(None),
        )
    )

    def line(row: Any) -> Cells:
        given = {**row.answers, **(row.stage or {})}
        told = [_told(given, name) for name in CONTACTS[row.form_code]]
        return {
            "customer": row.customer,
            "author": row.author,
            "record": row.record,
            **dict(zip(("at", "way", "person", "details", "result"), told, strict=True)),
        }

    return Source(
        query=query,
        order=Order((at, Record.id), (str, int), descending=True),
        lines=lambda row: [line(row)],
        text=(Customer.search_key, Record.number, author.name),
        at=Record.submitted_at,
    )


def _told(given: Mapping[str, Any], name: str) -> Any:
    return name[1:] if name.startswith("=") else given.get(name)


def _latest(record: Any, content: Any) -> sa.ColumnElement[bool]:
    return sa.and_(content.record_id == record.id, content.version == record.version)


def _last_signed(*steps: str) -> sa.ScalarSelect[int]:
    """The id of a record's latest signature at one of these steps."""
    one = aliased(Signature)
    query = sa.select(sa.func.max(one.id)).where(
        one.record_id == Record.id, one.step.in_(steps), one.act == "signed"
    )
    return query.correlate(Record).scalar_subquery()


def _outcome(answer: Any) -> sa.ColumnElement[str]:
    """What became of a chance: a quotation (CR-16) that names it and was accepted wins it, its end loses it."""
    won, open = _quoted("finished"), _quoted("running", "returned", "withdrawn", "stuck")
    lost = sa.and_(answer == "quote", _quoted("refused"), ~open)
    return sa.case((won, "won"), (lost, "lost"), else_=answer)


def _quoted(*states: str) -> sa.Exists:
    quotation = aliased(Record)
    query = (
        sa.select(sa.literal(1))
        .select_from(RecordLink)
        .join(quotation, quotation.id == RecordLink.source_id)
        .where(
            RecordLink.target_id == Record.id,
            RecordLink.kind == "named",
            quotation.form_code == "CR-16",
            quotation.state.in_(states),
        )
    )
    return query.correlate(Record).exists()


def _times(holds: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((holds, 1), else_=0))


def _money(value: float | None) -> Decimal:
    """An amount that was added up in the database, to the cent."""
    return Decimal(str(value or 0)).quantize(CENT)
