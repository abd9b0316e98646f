"""Paging by the last row: whole, without doubles, whatever is put into the address."""

import base64
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.models import Person
from portal.queries.keyset import BACK, Order
from tests.conftest import both_databases

ORDER = Order((Person.department_id, Person.id), (int, int), descending=True)
PEOPLE = sa.select(Person.id, Person.name)


def walk(order: Order, size: int, query: object = PEOPLE) -> list[int]:
    """All ids, page by page."""
    found, cursor = [], ""
    while True:
        page = order.page(query, cursor, size)
        found += [row.id for row in page.rows]
        if not page.following:
            return found
        cursor = page.following


@both_databases
@pytest.mark.parametrize("size", [1, 7, 500])
def test_pages_make_up_the_whole(context: Flask, size: int) -> None:
    everyone = walk(ORDER, 500)
    assert walk(ORDER, size) == everyone
    assert len(set(everyone)) == len(everyone) > 50


@both_databases
def test_orders_by_text_and_moment(context: Flask) -> None:
    by_name = Order((Person.name, Person.id), (str, int))
    by_time = Order((Person.created_at, Person.id), (datetime, int))
    assert walk(by_name, 7) == walk(by_name, 500)
    assert walk(by_time, 7) == walk(by_time, 500)


@both_databases
def test_back_leads_where_one_came_from(context: Flask) -> None:
    first = ORDER.page(PEOPLE, "", 10)
    second = ORDER.page(PEOPLE, first.following, 10)
    again = ORDER.page(PEOPLE, second.previous, 10)
    assert first.previous == again.previous == ""
    assert [row.id for row in again.rows] == [row.id for row in first.rows]
    assert ORDER.page(PEOPLE, again.following, 10).rows == second.rows


@pytest.mark.proves("S24")
@given(st.text(max_size=60))
def test_any_cursor_is_borne(text: str) -> None:
    order = Order((Person.created_at, Person.name, Person.id), (datetime, str, int))
    assert order.read(text) is None or len(order.read(text) or ()) == 3


@pytest.mark.proves("S24")
@pytest.mark.parametrize("types", [(int,), (str,), (float,), (datetime,)])
@given(
    value=st.one_of(st.integers(), st.text(), st.floats(), st.booleans(), st.none(), st.lists(st.integers()))
)
def test_values_of_another_type_begin_anew(types: tuple[type, ...], value: object) -> None:
    class Row:
        o0 = value

    order = Order((Person.id,), types)
    read = order.read(BACK + order.cursor(Row()))
    assert read is None or isinstance(read[0], types[0])


@pytest.mark.proves("S24", "S34")
@both_databases
@pytest.mark.parametrize(
    "told",
    [
        "[" * 50_000,
        '["\\ud800", 1]',
        '["a", 1e400]',
        '["a", ' + "9" * 5000 + "]",
        '["0001-01-01T00:00:00+14:00", 1]',
        '["9999-12-31T23:59:59-14:00", 1]',
        '["0001-01-01", 1]',
        '["9999-12-31T23:59:59.999999Z", 1]',
    ],
    ids=range(8),
)
def test_what_somebody_makes_up_is_no_trouble_for_the_database(context: Flask, told: str) -> None:
    cursor = base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")
    for by, kind in ((Person.name, str), (Person.created_at, datetime)):
        order = Order((by, Person.id), (kind, int))
        for made_up in (cursor, BACK + cursor):
            assert isinstance(order.page(PEOPLE, made_up, 5).rows, list)


def test_moment_comes_back_with_its_zone() -> None:
    class Row:
        o0 = datetime(2026, 5, 12, tzinfo=UTC)

    order = Order((Person.created_at,), (datetime,))
    assert order.read(order.cursor(Row())) == [Row.o0]
