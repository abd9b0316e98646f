"""Customers, suppliers, projects, products and stock items."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Person


class Customer(Base):
    """A customer: one row for sales, service, hotline and website.

    `status` is prospect, new, cooperating, quiet (no order for more than a week), not_cooperating
    (for more than a month), ended or blocked. `owner` looks after the customer, `custodian` keeps its
    data; `follow_up_by` is sales or customer_service.
    """

    __tablename__ = "customers"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="company")
    status: Mapped[str] = mapped_column(default="new")
    credit_code: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    region: Mapped[str] = mapped_column(default="")
    file_number: Mapped[str] = mapped_column(default="")
    credit_limit: Mapped[Decimal] = mapped_column(default=Decimal(0))
    credit_days: Mapped[int] = mapped_column(default=0)
    arrears: Mapped[Decimal] = mapped_column(default=Decimal(0))
    klass: Mapped[str] = mapped_column("class", default="")  # key, ordinary, to_follow_up, not_cooperating
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    custodian_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    last_order_on: Mapped[date | None]
    last_sales_follow_up: Mapped[datetime | None]
    follow_up_by: Mapped[str] = mapped_column(default="sales")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


class Supplier(Base):
    """A supplier. Only those whose `status` is approved or trial may be ordered from."""

    __tablename__ = "suppliers"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="approved")
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    inspected: Mapped[Decimal] = mapped_column(default=Decimal(0))
    passed: Mapped[Decimal] = mapped_column(default=Decimal(0))
    returns: Mapped[int] = mapped_column(default=0)

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


class Project(Base):
    """A project: works, web, product or permit; `people` maps role keys to ids of people."""

    __tablename__ = "projects"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="works")
    state: Mapped[str] = mapped_column(default="running")
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"))
    address: Mapped[str] = mapped_column(default="")
    people: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


class Product(Base):
    """A product that the company sells. `state` is on_sale or discontinued; its prices are `PriceEntry` rows."""

    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    line: Mapped[str] = mapped_column(default="")
    unit: Mapped[str] = mapped_column(default="")
    warranty_months: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="on_sale")
    item_id: Mapped[int | None] = mapped_column(sa.ForeignKey("stock_items.id"))  # when kept in stock

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


class StockItem(Base):
    """Something that the warehouse keeps."""

    __tablename__ = "stock_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    unit_cost: Mapped[Decimal] = mapped_column(default=Decimal(0))
    minimum: Mapped[Decimal] = mapped_column(default=Decimal(0))
    on_order: Mapped[Decimal] = mapped_column(default=Decimal(0))

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


class Machine(Base):
    """A single machine or vehicle 单机(车辆), `code` being its serial number and `name` its model.

    `state` is produced, in_stock, in_transit or delivered.
    """

    __tablename__ = "machines"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id"))
    state: Mapped[str] = mapped_column(default="produced")
    place: Mapped[str] = mapped_column(default="")
    customer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("customers.id"), index=True)
    contract_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))
    delivered_on: Mapped[date | None]
    warranty_until: Mapped[date | None]

    customer: Mapped[Customer | None] = relationship()

    @property
    def label(self) -> str:
        """Model with serial number, as pickers show it."""
        return f"{self.name} {self.code}"


class CompanySetting(Base):
    """A number or text that an administrator may change, with the reason of the last change."""

    __tablename__ = "company_settings"
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]


class CalendarDay(Base):
    """A day that the company decided to work, or not, whatever the public calendar says."""

    __tablename__ = "calendar_days"
    day: Mapped[date] = mapped_column(primary_key=True)
    working: Mapped[bool]
    note: Mapped[str] = mapped_column(default="")
