"""Ledgers: append-only entries, and the balances that they add up to."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.master import Customer, Product, StockItem
from portal.models.records import Record


class StockBalance(Base):
    """What lies at a place: the sum of the journal's lines of this item and place."""

    __tablename__ = "stock_balances"
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("stock_items.id"), primary_key=True)
    place: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(default=Decimal(0))
    frozen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))
    counted_at: Mapped[datetime | None]
    moved_at: Mapped[datetime | None]

    item: Mapped[StockItem] = relationship()

    __table_args__ = (sa.CheckConstraint("quantity >= 0", name="never_negative"),)


class StockEntry(Base):
    """A line of the warehouse journal 流水帐. `reverses_id` names the line it takes back."""

    __tablename__ = "stock_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("stock_items.id"))
    place: Mapped[str]
    quantity: Mapped[Decimal]
    unit_cost: Mapped[Decimal]
    batch: Mapped[str] = mapped_column(default="")
    balance: Mapped[Decimal]  # of item and place after this line
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    posted_at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stock_entries.id"), unique=True)

    item: Mapped[StockItem] = relationship()
    record: Mapped[Record] = relationship()

    __table_args__ = (sa.Index("ix_stock_entries_item_id_place_id", "item_id", "place", "id"),)


class OrderEntry(Base):
    """A line of the journal of goods on order 在途流水帐; an item's quantity on order is the sum of its lines."""

    __tablename__ = "order_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # order, received, reversal
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("stock_items.id"), index=True)
    quantity: Mapped[Decimal]
    balance: Mapped[Decimal]  # of the item after this line
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    posted_at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_entries.id"), unique=True)

    item: Mapped[StockItem] = relationship()
    record: Mapped[Record] = relationship()


class CountEntry(Base):
    """A line of the stock-take journal 盘点流水账."""

    __tablename__ = "count_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(sa.ForeignKey("stock_items.id"), index=True)
    place: Mapped[str]
    before: Mapped[Decimal]
    counted: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(default="")
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    posted_at: Mapped[datetime]

    item: Mapped[StockItem] = relationship()
    record: Mapped[Record] = relationship()


class CreditEntry(Base):
    """A line of a customer's credit history 信用额度账期台帐."""

    __tablename__ = "credit_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    old_limit: Mapped[Decimal]
    new_limit: Mapped[Decimal]
    old_days: Mapped[int]
    new_days: Mapped[int]
    effective_on: Mapped[date]
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    posted_at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("credit_entries.id"), unique=True)

    customer: Mapped[Customer] = relationship()
    record: Mapped[Record] = relationship()


class ReceivableEntry(Base):
    """A line of 应收及回款台帐: a claim (positive) on a customer, or a payment (negative).

    `of_id` is the contract, order or voucher that both belong to, `row` the instalment. A customer's
    arrears are the sum of its lines.
    """

    __tablename__ = "receivable_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    of_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    row: Mapped[str] = mapped_column(default="")
    amount: Mapped[Decimal]
    due_on: Mapped[date | None]  # of a claim
    paid_on: Mapped[date | None]  # of a payment
    way: Mapped[str] = mapped_column(default="")
    account: Mapped[str] = mapped_column(default="")
    handler: Mapped[str] = mapped_column(default="")
    balance: Mapped[Decimal]  # of the customer after this line
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    posted_at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receivable_entries.id"), unique=True)

    customer: Mapped[Customer] = relationship()
    record: Mapped[Record] = relationship(foreign_keys=[record_id])


class PriceEntry(Base):
    """A line of 统一定价表: the price of a product from a day until the next line's."""

    __tablename__ = "price_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id"))
    price: Mapped[Decimal]
    valid_from: Mapped[date]
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    posted_at: Mapped[datetime]

    product: Mapped[Product] = relationship()
    record: Mapped[Record] = relationship()

    __table_args__ = (sa.Index("ix_price_entries_product_id_valid_from", "product_id", "valid_from"),)


class LedgerEntry(Base):
    """A line of a plain ledger (papers, file numbers, cases, warranties ...), of a customer or about a record."""

    __tablename__ = "ledger_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    ledger: Mapped[str]
    facts: Mapped[dict[str, Any]]
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    about_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"), index=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    posted_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    posted_at: Mapped[datetime]

    record: Mapped[Record] = relationship(foreign_keys=[record_id])

    __table_args__ = (sa.Index("ix_ledger_entries_ledger_id", "ledger", "id"),)


class LedgerKey(Base):
    """A number that stands once in a plain ledger (an archive code, a controlled copy), and whose it is.

    `former_id` is the record that a correction has it from, and gives it back to when it is given up.
    """

    __tablename__ = "ledger_keys"
    ledger: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    former_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))
