"""What the bookshop asks of the books: titles by their number, purchase lists, what was entered, rejected and sold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, LedgerEntry, Record, Signature, StockBalance, StockItem
from portal.queries import goods
from portal.queries.corrected import is_corrected, standing_one

SHOP = "书店"  # the place at which the books for sale lie
CATEGORY = "图书"
DISCOUNT = "优惠"  # the item of the line that tells what was let off, whatever the cashier speaks


def titles(numbers: Collection[str]) -> dict[str, StockItem]:
    """Books that the warehouse knows, by ISBN: that is a book's code, and stands in its facts too."""
    isbn = StockItem.facts["isbn"].as_string()
    query = sa.select(StockItem).where(sa.or_(StockItem.code.in_(numbers), isbn.in_(numbers)))
    found = db.session.scalars(query.order_by(StockItem.id.desc()))
    return {item.facts.get("isbn") or item.code: item for item in found}


def list_named(bookseller_id: int, list_no: str, but: Collection[int] = ()) -> str:
    """The number of the record by which this list of the bookseller was taken in already; nothing if by none."""
    query = (
        sa.select(Record.number)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code == "PU-09",
            Record.state.in_(goods.OPEN_OR_DONE),
            Record.id.not_in(but),
            ~is_corrected(Record.id),
            Content.answers["list_no"].as_string() == list_no,
            Content.answers["bookseller"]["id"].as_integer() == bookseller_id,
        )
        .limit(1)
    )
    return db.session.scalar(query) or ""


def accepted(list_id: int) -> dict[str, int]:
    """What the buyer accepted of a purchase list (PU-09), by ISBN."""
    rows = goods.stage_answers(list_id, "acceptance").get("accepted_books") or []
    return quantities(rows, "accepted")


def rejected(list_id: int, stage: str) -> dict[str, int]:
    """What was found bad of a purchase list, by ISBN: by the buyer, or by the keepers who checked its entry slips."""
    if stage == "buyer_s_acceptance":
        rows = goods.stage_answers(list_id, "acceptance").get("accepted_books") or []
        return {isbn: many for isbn, many in quantities(rows, "rejected").items() if many}
    found: dict[str, int] = {}
    for slip in goods.naming("WH-12", "purchase_list", list_id):
        for check in damaged(slip):
            for isbn, many in quantities(check, "quantity").items():
                found[isbn] = found.get(isbn, 0) + many
    return found


def damaged(slip_id: int) -> list[list[dict[str, Any]]]:
    """The stored rows of damaged books of an entry slip (WH-12), one list for each check that found some."""
    query = (
        sa.select(Signature.answers)
        .where(
            Signature.record_id == slip_id,
            Signature.step == "keeper_acceptance",
            Signature.act == "signed",
        )
        .order_by(Signature.id)
    )
    return [rows for answers in db.session.scalars(query) if (rows := answers.get("damaged_books"))]


def given_back(list_id: int, stage: str, but: Collection[int] = ()) -> dict[str, int]:
    """What other rejection lists (PU-11) of this stage already take back of a purchase list, by ISBN."""
    others = goods.naming("PU-11", "purchase_list", list_id, but=but).values()
    rows = [row for one in others if one.get("reject_stage") == stage for row in one.get("books") or []]
    return quantities(rows, "quantity")


def entered(list_id: int, but: Collection[int] = ()) -> dict[str, int]:
    """What other entry slips (WH-12) bring in of a purchase list, by ISBN."""
    others = goods.naming("WH-12", "purchase_list", list_id, but=but).values()
    return quantities([row for one in others for row in one.get("books") or []], "quantity")


def come(order_id: int, rows: Iterable[Mapping[str, Any]], but: Collection[int]) -> dict[int, Decimal]:
    """What these accepted rows bring of a purchase order (PU-04), by item id; what other lists brought is off it."""
    brought = quantities(rows, "accepted")
    left = goods.ordered(standing_one(order_id))
    for id in goods.naming("PU-09", "order", order_id, goods.DONE, but):
        _take_off(left, accepted(id))
    before = dict(left)
    _take_off(left, brought)
    return {item: many - left[item] for item, many in before.items() if many > left[item]}


def _take_off(left: dict[int, Decimal], brought: Mapping[str, int]) -> None:
    for isbn, item in titles(brought.keys()).items():
        if item.id in left:
            left[item.id] = max(Decimal(0), left[item.id] - brought[isbn])


def quantities(rows: Iterable[Mapping[str, Any]], column: str) -> dict[str, int]:
    """Sums of a column by ISBN."""
    found: dict[str, int] = {}
    for row in rows:
        if row.get("book_no"):
            found[row["book_no"]] = found.get(row["book_no"], 0) + (row.get(column) or 0)
    return found


def sold(record_ids: Collection[int]) -> list[dict[str, Any]]:
    """The lines of these records in the ledger of sales that no later line takes back."""
    query = (
        sa.select(LedgerEntry.facts)
        .where(LedgerEntry.ledger == "sales_ledger", LedgerEntry.record_id.in_(record_ids))
        .order_by(LedgerEntry.id)
    )
    standing: list[dict[str, Any]] = []
    for facts in db.session.scalars(query):
        back = {**facts, "quantity": str(-int(facts["quantity"])), "fen": -facts["fen"]}
        match = next((one for one in standing if _same(one, back)), None)
        if match is not None:
            standing.remove(match)
        else:
            standing.append(facts)
    return standing


def for_sale() -> list[tuple[StockItem, Decimal]]:
    """The books that lie in the shop, and how many of each."""
    query = (
        sa.select(StockItem, StockBalance.quantity)
        .join(StockBalance, StockBalance.item_id == StockItem.id)
        .where(StockBalance.place == SHOP, StockBalance.quantity > 0, StockItem.category == CATEGORY)
        .order_by(StockItem.id)
    )
    return [(item, quantity) for item, quantity in db.session.execute(query)]


def price(item_id: int) -> Decimal | None:
    """The list price of a book; None where none is known."""
    item = db.session.get(StockItem, item_id)
    given = item.facts.get("price") if item else None
    return Decimal(given) if given else None


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one[name] == other[name] for name in ("slip_no", "item", "quantity", "fen"))
