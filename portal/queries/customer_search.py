"""Customers by whatever a caller says: name, pinyin, initials, code, contact, phone, serial number of a machine."""

from __future__ import annotations

import sqlalchemy as sa

from portal.lib.likeness import UNDIALLED
from portal.lib.pinyin import needle
from portal.models import Customer, Machine, Person
from portal.queries.keyset import Order, Page, Query

WORDS = 6  # of what was typed that are looked at
DIGITS = 4  # fewer belong to every telephone
SERIAL = 3  # signs of a serial number that tell a machine
COLUMNS = (
    *(Customer.id, Customer.code, Customer.name, Customer.status, Customer.klass, Customer.contact),
    *(Customer.phone, Customer.region, Customer.arrears, Customer.last_order_on, Person.name.label("owner")),
)
ORDER = Order((Customer.code,), (str,))


def page(typed: str, cursor: str, size: int) -> Page:
    """One page of the customers that fit all words typed, by code; all of them for nothing typed."""
    return ORDER.page(_fitting(typed), cursor, size)


def _fitting(typed: str) -> Query:
    query = sa.select(*COLUMNS).outerjoin(Person, Person.id == Customer.owner_id)
    return query.where(*(_fits(word) for word in typed.split()[:WORDS]))


def _fits(word: str) -> sa.ColumnElement[bool]:
    spelt = needle(word)
    digits = "".join(sign for sign in spelt if sign in "0123456789")
    ways: list[sa.ColumnElement[bool]] = [
        Customer.contact.icontains(word, autoescape=True),
        Customer.file_number.icontains(word, autoescape=True),
    ]
    if spelt:
        ways.append(Customer.search_key.contains(spelt, autoescape=True))
    if len(spelt) >= SERIAL:
        serial = sa.func.replace(Machine.code, "-", "")
        of_customer = Machine.customer_id == Customer.id
        ways.append(sa.exists().where(of_customer, serial.icontains(spelt, autoescape=True)))
    if len(digits) >= DIGITS:
        ways.append(_dialled().contains(digits, autoescape=True))
    return sa.or_(*ways)


def _dialled() -> sa.ColumnElement[str]:
    """The telephone of a customer as it is dialled; one of the release before is made so while it is looked at."""
    column: sa.ColumnElement[str] = sa.cast(Customer.phone, sa.Text)
    for sign in UNDIALLED:
        column = sa.func.replace(column, sign, "")
    return sa.func.coalesce(Customer.plain_phone, column)
