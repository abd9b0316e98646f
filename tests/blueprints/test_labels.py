"""Labels: whoever keeps or buys goods prints them for items and places."""

from __future__ import annotations

import io
from collections.abc import Callable

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.models import StockItem, StoragePlace
from portal.services import label_prints

PAGE, FILE = "/warehouse/labels", "/warehouse/labels/print"
MILLIMETRE = 72 / 25.4


@pytest.fixture
def keeper(app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> FlaskClient:
    """The browser of a keeper."""
    return sign_in(app.test_client(), "warehouse_keeper")


def ids(app: Flask) -> list[int]:
    """All items."""
    with app.app_context():
        return list(db.session.scalars(sa.select(StockItem.id).order_by(StockItem.code)))


def test_items_and_places_are_offered_and_found(keeper: FlaskClient) -> None:
    page = keeper.get(PAGE).text
    assert all(one in page for one in ("镀锌角钢 50×5", "9787112263103", "书店", "A-01"))
    found = keeper.get(PAGE, query_string={"q": "dxjg"}).text
    assert "镀锌角钢 50×5" in found
    assert "液压油缸" not in found


def test_places_are_those_of_the_list_of_places(app: Flask, keeper: FlaskClient) -> None:
    with app.app_context():
        db.session.add(StoragePlace(code="C-09", name="西库九排"))  # nothing has ever lain there
        db.session.execute(sa.update(StoragePlace).where(StoragePlace.code == "A-01").values(active=False))
        db.session.commit()
    page = keeper.get(PAGE).text
    assert ("C-09" in page, "西库九排" in page, "A-01" in page) == (True, True, False)
    answer = keeper.get(FILE, query_string={"place": ["C-09", "A-01"]})
    text = pypdfium2.PdfDocument(io.BytesIO(answer.data))[0].get_textpage().get_text_bounded()
    assert ("西库九排" in text, "C-09" in text, "A-01" in text) == (True, True, False)


@pytest.mark.parametrize(
    ("layout", "size", "pages"), [("sheet", (210, 297), 2), ("single", (60, 40), 30), ("odd", (210, 297), 2)]
)
def test_the_file_has_labels_with_name_and_code(
    app: Flask, keeper: FlaskClient, layout: str, size: tuple[int, int], pages: int
) -> None:
    chosen = {"item": ids(app)[:2], "place": ["书店", "nowhere"], "copies": "10", "layout": layout}
    answer = keeper.get(FILE, query_string={**chosen, "mark": "both"})
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(io.BytesIO(answer.data))
    assert len(document) == pages
    assert document[0].get_size() == pytest.approx([one * MILLIMETRE for one in size], abs=0.1)
    text = document[0].get_textpage().get_text_bounded()
    assert "9787112263103" in text
    assert "《建筑施工手册》" in text


def test_each_label_comes_as_often_as_wanted(context: Flask) -> None:
    def made(copies: int) -> list[str]:
        sheet = label_prints.sheet(
            ids(context)[:1],
            {"书店", "A-01", "nowhere"},
            layout="sheet",
            mark="qr",
            copies=copies,
            language="zh",
        )
        return [label.code for label in sheet.labels]

    assert made(2) == ["9787112263103"] * 2 + ["A-01"] * 2 + ["书店"] * 2
    assert made(0) == ["9787112263103", "A-01", "书店"]


@pytest.mark.parametrize("query", ["", "item=", "item=999999999", "item=x&place=nowhere", "item=99999999999"])
def test_without_a_choice_the_page_says_what_to_do(keeper: FlaskClient, query: str) -> None:
    answer = keeper.get(f"{FILE}?{query}", follow_redirects=True)
    assert answer.request.path == PAGE
    assert "请先勾选" in answer.text


@pytest.mark.parametrize("login", ["employee", "customer_service_officer"])
def test_others_do_not_find_it(
    app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient], login: str
) -> None:
    browser = sign_in(app.test_client(), login)
    assert (browser.get(PAGE).status_code, browser.get(FILE).status_code) == (404, 404)


def test_buyers_and_auditors_do(app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> None:
    for login in ("buyer", "auditor"):
        assert sign_in(app.test_client(), login).get(PAGE).status_code == 200
