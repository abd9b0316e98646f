"""The storage places and the page of a stock item: who reads and changes them, and what they say."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from portal.domain.effects import FreezesStock, OrdersStock, PostsStock
from portal.extensions import db
from portal.models import AuditEvent, Record, StockItem, StoragePlace
from tests.books import Books, SignIn

Enter = Callable[[str], FlaskClient]
PLACES = "/warehouse/places"


@pytest.fixture
def enter(app, sign_in: SignIn) -> Enter:
    return lambda login: sign_in(app.test_client(), login)


def place(books: Books, code: str) -> int:
    return int(books.one(sa.select(StoragePlace.id).where(StoragePlace.code == code)))


def active(books: Books, code: str) -> bool:
    return bool(books.one(sa.select(StoragePlace.active).where(StoragePlace.code == code)))


def events(books: Books, kind: str) -> int:
    return int(books.one(sa.select(sa.func.count(AuditEvent.id)).where(AuditEvent.kind == kind)))


@pytest.mark.both_databases
def test_the_supervisor_enters_names_closes_and_reopens_a_place(books: Books, enter: Enter) -> None:
    desk = enter("warehouse_supervisor")
    answer = desk.post(PLACES, data={"place_code": "ｆ－０１", "place_name": "新库"})
    assert answer.status_code == 303
    id = place(books, "F-01")
    assert desk.post(f"{PLACES}/{id}/name", data={"name": "六号库"}).status_code == 303
    assert "六号库" in desk.get(PLACES).text
    assert desk.post(f"{PLACES}/{id}/close").status_code == 303
    assert not active(books, "F-01")
    assert desk.post(f"{PLACES}/{id}/reopen").status_code == 303
    assert active(books, "F-01")
    for kind in ("place_added", "place_renamed", "place_closed", "place_reopened"):
        assert events(books, kind) == 1


def test_a_place_is_entered_once_however_it_is_typed(books: Books, enter: Enter) -> None:
    desk = enter("warehouse_supervisor")
    answer = desk.post(PLACES, data={"place_code": "a - 01"})
    assert (answer.status_code, "库位“A-01”已有了" in answer.text) == (422, True)
    assert desk.post(PLACES, data={"place_code": ""}).status_code == 422
    answer = desk.post(PLACES, data={"place_code": "F-01，F-02"})
    assert (answer.status_code, "不能含顿号" in answer.text) == (422, True)


def test_a_place_that_holds_goods_or_is_being_counted_is_not_closed(books: Books, enter: Enter) -> None:
    desk = enter("warehouse_supervisor")
    answer = desk.post(f"{PLACES}/{place(books, 'A-01')}/close")
    assert (answer.status_code, "库位A-01还有库存" in answer.text) == (422, True)
    record, item = books.record("WH-06"), books.one(sa.select(sa.func.min(StockItem.id)))
    books.post(FreezesStock(item, "B-02", frozen=True), record.number)
    assert "盘点中" in desk.get(PLACES).text
    assert desk.post(f"{PLACES}/{place(books, 'B-02')}/close").status_code == 422
    assert active(books, "A-01")
    assert active(books, "B-02")


@pytest.mark.parametrize(
    ("login", "reads"), [("warehouse_keeper", 200), ("buyer", 200), ("salesperson", 404)]
)
def test_others_only_read_the_places(books: Books, enter: Enter, login: str, reads: int) -> None:
    desk, id = enter(login), place(books, "B-02")
    answer = desk.get(PLACES)
    assert answer.status_code == reads
    assert "登记库位" not in answer.text
    refused = 403 if reads == 200 else 404
    assert desk.post(f"{PLACES}/{id}/close").status_code == refused
    assert desk.post(f"{PLACES}/{id}/name", data={"name": "x"}).status_code == refused
    sent = {"place_code": "Z-01", "place_name": ""}
    assert desk.post(PLACES, data=sent).status_code == (422 if reads == 200 else 404)
    assert books.one(sa.select(StoragePlace.id).where(StoragePlace.code == "Z-01")) is None
    assert active(books, "B-02")


def test_the_front_page_leads_to_the_places_for_those_who_read_them(enter: Enter) -> None:
    assert f'href="{PLACES}"' in enter("warehouse_keeper").get("/warehouse/").text
    assert f'href="{PLACES}"' not in enter("salesperson").get("/warehouse/").text


def test_places_are_suggested_while_one_types(books: Books, enter: Enter) -> None:
    desk = enter("warehouse_supervisor")
    desk.post(f"{PLACES}/{place(books, 'B-02')}/close")
    found = desk.get("/pick/place?q=ｂ－０").get_json()
    assert [(one["value"], one["note"]) for one in found] == [("B-01", "二号库电气材料区")]
    assert len(desk.get("/pick/place?q=").get_json()) > 3


def item(books: Books) -> tuple[int, str]:
    """The first stock item of the company: id and code."""
    id = int(books.one(sa.select(sa.func.min(StockItem.id))))
    return id, str(books.one(sa.select(StockItem.code).where(StockItem.id == id)))


@pytest.mark.both_databases
def test_the_page_of_an_item_says_where_it_lies_and_what_moved_it(books: Books, enter: Enter) -> None:
    (id, code), record = item(books), books.record("WH-02", readers=("role:warehouse_keeper",))
    books.post(PostsStock("in", id, "B-01", Decimal("7.5"), Decimal(3), "L77"), record.number)
    books.post(OrdersStock(id, Decimal(12)), record.number)
    answer = enter("warehouse_keeper").get(f"/warehouse/items/{code}")
    assert answer.status_code == 200
    for text in ("L77", "7.5", "期初", ">12<", f'href="/warehouse/entry-checks/{record.number}"'):
        assert text in answer.text, text


def test_a_promise_stands_on_the_page_until_it_is_kept(books: Books, enter: Enter) -> None:
    id, code = item(books)
    lines = [{"item": {"id": id, "text": code}, "quantity": "4"}]
    promise = books.record("PU-03", answers={"lines": lines}, step="issue")
    desk = enter("buyer")
    assert promise.number in desk.get(f"/warehouse/items/{code}").text
    books.do(lambda: db.session.get_one(Record, promise.id).__setattr__("state", "finished"))
    assert promise.number not in desk.get(f"/warehouse/items/{code}").text


@pytest.mark.parametrize(
    ("login", "priced", "journal"),
    [("warehouse_keeper", True, True), ("buyer", True, False), ("quality_manager", False, False)],
)
def test_the_page_of_an_item_tells_no_more_than_the_ledgers(
    books: Books, enter: Enter, login: str, priced: bool, journal: bool
) -> None:
    (id, code), record = item(books), books.record("WH-02")
    books.post(PostsStock("in", id, "B-01", Decimal(1), Decimal(3), "L77"), record.number)
    page = enter(login).get(f"/warehouse/items/{code}").text
    assert "L77" in page
    assert ("¥" in page, "库存金额" in page, "warehouse_journal" in page) == (priced, priced, journal)


@pytest.mark.parametrize(
    ("login", "status"), [("buyer", 200), ("quality_manager", 200), ("salesperson", 404)]
)
def test_who_reads_the_stock_list_reads_the_page_of_an_item(
    books: Books, enter: Enter, login: str, status: int
) -> None:
    desk = enter(login)
    assert desk.get(f"/warehouse/items/{item(books)[1]}").status_code == status
    assert desk.get("/warehouse/items/nothing").status_code == 404
    link = f'href="/warehouse/items/{item(books)[1]}"'
    assert (link in desk.get("/registers/stock_list").text) is (status == 200)
