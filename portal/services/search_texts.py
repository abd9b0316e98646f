"""What customers, projects, people, documents and goods are found by: their numbers, names and texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.bigrams import code_words
from portal.lib.clock import midnight, today
from portal.lib.markdown import plain
from portal.lib.pinyin import spelt_words
from portal.models import (
    ControlledDocument,
    Customer,
    Machine,
    Person,
    Product,
    Project,
    Record,
    StockItem,
    Supplier,
)
from portal.queries import editions, revisions
from portal.search.index import Entry


def customer(row: Customer) -> Entry:
    """A customer with contact, telephone and address, found by the numbers of its machines, too."""
    owned = sa.select(Machine.code).where(Machine.customer_id == row.id).order_by(Machine.id)
    serial_numbers = list(db.session.scalars(owned))
    return Entry(
        **_named("customer", row),
        body=_lines(row.contact, row.phone, row.address, row.region, row.credit_code, row.file_number),
        also=serial_numbers,
        note=_beside(row.region, row.contact, row.phone),
        path=f"/customer-service/customers/{row.code}",
        sort=row.kind,
        state=row.status,
        spelt=[
            *_spelt(row),
            *code_words(row.phone),
            *spelt_words(row.contact),
            *(word for code in serial_numbers for word in code_words(code)),
        ],
    )


def project(row: Project) -> Entry:
    """A project with its customer and address; its team may see it."""
    name = row.customer.name if row.customer else ""
    return Entry(
        **_named("project", row),
        body=_lines(row.address, name),
        note=name,
        path=f"/projects/{row.code}",
        sort=row.kind,
        state=row.state,
        at=moment(row.starts_on),
        readers=sorted({person_key(id) for id in row.people.values() if isinstance(id, int)}),
        spelt=_spelt(row),
    )


def person(row: Person) -> Entry | None:
    """Somebody who is here; nobody who has left."""
    if not row.active:
        return None
    return Entry(
        kind="person",
        row=row.id,
        code=row.number,
        title=row.name,
        body=_lines(row.phone, row.email),
        also=[row.department.name, row.department.name_en],
        note=_beside(row.phone, row.email),
        department=row.department.key,
        spelt=[*spelt_words(row.name), *code_words(row.number), *code_words(row.phone)],
    )


def document(row: ControlledDocument) -> Entry:
    """A controlled document with the text in force; one whose text is not kept here by number and title."""
    text = revisions.effective(row.code, today())
    standing = editions.standing(editions.known(row.code).get(row.code, []), today())
    known = text or next(iter(revisions.released(row.code)), None)
    is_read_here = text is not None or (row.state != "obsolete" and not revisions.of(row.code))
    return Entry(
        **_named("document", row),
        body=_lines(plain(text.text), text.summary_en) if text else "",
        also=[known.name_en] if known and known.name_en else [],
        note=text.number if text else standing.version if standing else "",
        path=f"/documents/{row.code}" if is_read_here else f"/registers/documents?q={row.code}",
        sort=row.kind,
        state=row.state,
        department=row.department.key if row.department else "",
        at=moment(text.effective_on if text else standing.effective_on if standing else None),
        spelt=_spelt(row),
    )


def stock_item(row: StockItem) -> Entry:
    """Something that the warehouse keeps; a book also by its author and publisher."""
    facts = [str(row.facts[name]) for name in ("author", "publisher", "isbn") if row.facts.get(name)]
    return Entry(
        **_named("stock_item", row),
        body=_lines(row.category, *facts),
        note=_beside(row.category, row.unit),
        path=f"/warehouse/items/{row.code}",
        spelt=[*_spelt(row), *code_words(str(row.facts.get("isbn", "")))],
    )


def product(row: Product) -> Entry:
    """A product that the company sells."""
    return Entry(
        **_named("product", row),
        body=_lines(row.model, row.line),
        note=_beside(row.model, row.line),
        path=f"/registers/product_catalogue?q={row.code}",
        state=row.state,
        spelt=[*_spelt(row), *code_words(row.model)],
    )


def supplier(row: Supplier) -> Entry:
    """A supplier with its goods and contact."""
    return Entry(
        **_named("supplier", row),
        body=_lines(row.goods, row.contact, row.phone, row.credit_code),
        note=_beside(row.goods, row.contact, row.phone),
        path=f"/purchasing/suppliers/{row.code}",
        state=row.status,
        spelt=[*_spelt(row), *code_words(row.phone)],
    )


def machine(row: Machine) -> Entry:
    """A machine by its serial number, with its customer and where it is."""
    owner = row.customer.name if row.customer else ""
    return Entry(
        **_named("machine", row),
        body=_lines(owner, row.place),
        note=_beside(owner, row.place),
        path=f"/registers/unit_file?q={row.code}",
        state=row.state,
        at=moment(row.delivered_on),
        spelt=_spelt(row),
    )


TOLD: Mapping[type[Any], Callable[[Any], Entry | None]] = {
    Customer: customer,
    Project: project,
    Person: person,
    ControlledDocument: document,
    StockItem: stock_item,
    Product: product,
    Supplier: supplier,
    Machine: machine,
}
"""What is told of a row of each table; of a record it is `record`."""
KIND = {
    Record: "record",
    Customer: "customer",
    Project: "project",
    Person: "person",
    ControlledDocument: "document",
    StockItem: "stock_item",
    Product: "product",
    Supplier: "supplier",
    Machine: "machine",
}


def _named(kind: str, row: Any) -> dict[str, Any]:
    return {"kind": kind, "row": row.id, "code": row.code, "title": row.name}


def _spelt(row: Any) -> list[str]:
    return [*spelt_words(row.name), *code_words(row.code)]


def _lines(*texts: str) -> str:
    return "\n".join(filter(None, texts))


def _beside(*texts: str) -> str:
    return " · ".join(filter(None, texts))


def moment(day: date | None) -> datetime | None:
    """The beginning of a day in the company."""
    return midnight(day) if day else None
