"""Customers, suppliers, projects, products and stock items."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.lib.likeness import dialled, plain_code, plain_name
from portal.models.base import Base
from portal.models.people import Department, Person


class Customer(Base):
    """A customer: one row for sales, service, hotline and website.

    `status` is prospect, new, cooperating, quiet (no order for more than a week), not_cooperating
    (for more than a month), ended or blocked. `owner` looks after the customer, `custodian` keeps its
    data; `follow_up_by` is sales or customer_service. By the `plain_` columns look-alikes are found: they follow
    from the others, and are empty in what a release before them has entered.
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
    plain_name: Mapped[str | None] = mapped_column(index=True)
    plain_code: Mapped[str | None] = mapped_column(index=True)
    plain_phone: Mapped[str | None] = mapped_column(index=True)

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


@sa.event.listens_for(Customer, "before_insert")
@sa.event.listens_for(Customer, "before_update")
def _make_plain(_mapper: Any, _connection: Any, row: Customer) -> None:
    row.plain_name = plain_name(row.name)
    row.plain_code = plain_code(row.credit_code)
    row.plain_phone = dialled(row.phone)


class Supplier(Base):
    """A supplier. Only those whose `status` is approved or trial may be ordered from."""

    __tablename__ = "suppliers"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="approved")
    goods: Mapped[str] = mapped_column(default="")  # what it supplies
    credit_code: Mapped[str] = mapped_column(default="")
    contact: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    score: Mapped[Decimal | None]  # of its last evaluation, out of 100
    next_evaluation_on: Mapped[date | None]
    inspected: Mapped[Decimal] = mapped_column(default=Decimal(0))
    passed: Mapped[Decimal] = mapped_column(default=Decimal(0))
    returns: Mapped[int] = mapped_column(default=0)

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


class Project(Base):
    """A project; its `kind` and `state` are of `domain.projects`, `people` maps role keys to ids of people.

    `facts` tell what only some kinds have: contract_price, drawing_version (works); route, product_no (product);
    site_kind, site_address (web); project_kind, air_defence_kind, plot, construction_unit (permit).
    """

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
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))  # that has opened it
    starts_on: Mapped[date | None]
    finishes_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    customer: Mapped[Customer | None] = relationship()

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
    """Something that the warehouse keeps; `facts` are those of a book: isbn, author, publisher, class_no, shelf, price.

    A book's code is its ISBN. Below `reorder_point`, what is on hand and on order calls for a requisition.
    """

    __tablename__ = "stock_items"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(default="")
    unit: Mapped[str]
    unit_cost: Mapped[Decimal] = mapped_column(default=Decimal(0))
    minimum: Mapped[Decimal] = mapped_column(default=Decimal(0))
    maximum: Mapped[Decimal | None]
    reorder_point: Mapped[Decimal] = mapped_column(default=Decimal(0))
    on_order: Mapped[Decimal] = mapped_column(default=Decimal(0))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @property
    def label(self) -> str:
        """Name with code, as pickers show it."""
        return f"{self.name} {self.code}"


class StoragePlace(Base):
    """A storage place 库位 of the warehouse, named by its code in all the books; a closed one takes nothing more."""

    __tablename__ = "storage_places"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    search_key: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)


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


class ControlledDocument(Base):
    """A document of 受控文件清单: its number, its version in force and until when that is to be reviewed.

    `kind` is procedure, rule, flow_chart, standard, policy_statement, work_document or record; `state` is
    effective, under_revision or obsolete.
    """

    __tablename__ = "controlled_documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="procedure")
    version: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="effective")
    effective_on: Mapped[date | None]
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    next_review_on: Mapped[date | None]
    obsolete_on: Mapped[date | None]
    release_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))

    department: Mapped[Department | None] = relationship()

    @property
    def label(self) -> str:
        """Title with number, as pickers show it."""
        return f"{self.name} {self.code}"


class InformationAsset(Base):
    """An information asset of 信息资产清单, with its marks (high, medium, low) for the three properties.

    `kind` is information, system, technology, people, service or equipment; `state` is in_use or retired.
    `assess` says that it waits for the next risk assessment.
    """

    __tablename__ = "information_assets"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(default="information")
    state: Mapped[str] = mapped_column(default="in_use")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    department_id: Mapped[int | None] = mapped_column(sa.ForeignKey("departments.id"))
    location: Mapped[str] = mapped_column(default="")
    confidentiality: Mapped[str] = mapped_column(default="")
    integrity: Mapped[str] = mapped_column(default="")
    availability: Mapped[str] = mapped_column(default="")
    customer_owned: Mapped[bool] = mapped_column(default=False)
    next_review_on: Mapped[date | None]
    assess: Mapped[bool] = mapped_column(default=False)

    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    department: Mapped[Department | None] = relationship()

    @property
    def label(self) -> str:
        """Name with number, as pickers show it."""
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
