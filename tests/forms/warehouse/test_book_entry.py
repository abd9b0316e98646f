"""WH-12: new books are catalogued and enter both books at once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from book_people import NEW, OTHER, TODAY, Shop
from flask import Flask

from portal.extensions import db
from portal.forms.book_fields import CLASS
from portal.lib.clock import today
from portal.models import Person, Record, RoleGrant
from portal.queries import pick

AGREE = {"slip_and_books_agree": "yes", "keeper_verdict": "pass"}


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop(app)


def damaged(quantity: str = "2", number: str = NEW.isbn) -> dict[str, str]:
    """What the keeper writes who finds damaged copies."""
    rows = {"damaged_books-0-book_no": number, "damaged_books-0-quantity": quantity}
    return {**AGREE, "keeper_verdict": "fail", **rows, "damaged_books-0-reason": "受潮"}


def slip(shop: Shop) -> str:
    """An entry slip, catalogued."""
    status, number = shop.entry(shop.accepted())
    assert status == 303, number
    assert shop.walker.sign(number)
    return number


def test_a_pass_enters_both_books_and_makes_the_new_title(shop: Shop) -> None:
    number, before = slip(shop), shop.there()
    assert (shop.moves(number), shop.item(NEW.isbn)) == ([], None)
    shop.walker.sign(number)
    assert shop.walker.state(number) == "finished"
    assert shop.moves(number) == [("in", Decimal(10)), ("in", Decimal(5))]
    assert (shop.there(), shop.there(NEW.isbn)) == (before + 10, Decimal(5))
    made: Any = shop.item(NEW.isbn)
    assert (made.code, made.category, made.unit, made.unit_cost) == (NEW.isbn, "图书", "册", Decimal(46))
    assert made.facts == {**NEW.facts, "price": "46.00"}
    assert {one["slip_no"] for one in shop.posted("entry_ledger")} >= {number}
    entered = [one for one in shop.posted("entry_ledger") if one["slip_no"] == number]
    assert [(one["quantity"], one["price"]) for one in entered] == [("10", "46.00"), ("5", "46.00")]
    with shop.app.app_context():
        assert [label for _id, label, _note in pick.search("stock_item", NEW.isbn, None)] == [made.label]


def test_two_new_titles_of_one_slip_are_two_items(shop: Shop) -> None:
    _status, listed = shop.list((NEW.isbn, "5"), (OTHER.isbn, "7"))
    rows = {f"accepted_books-{at}-accepted": many for at, many in enumerate(("5", "7"))}
    zeros = {
        f"accepted_books-{at}-{name}": v for at in (0, 1) for name, v in (("rejected", "0"), ("reason", ""))
    }
    shop.walker.sign(listed, **rows, **zeros)
    shop.walker.sign(listed, received_quantity="12")
    status, number = shop.entry(listed, (NEW.isbn, "5"), (OTHER.isbn, "7"))
    assert status == 303, number
    while shop.walker.sign(number):
        pass
    assert (shop.there(NEW.isbn), shop.there(OTHER.isbn)) == (Decimal(5), Decimal(7))


def test_no_more_is_entered_than_passed(shop: Shop) -> None:
    listed = shop.accepted(bad=2)
    status, text = shop.entry(listed, (NEW.isbn, "4"))
    assert (status, "还有 3 册" in text) == (422, True), text
    assert shop.entry(listed, (NEW.isbn, "2"))[0] == 303
    status, text = shop.entry(listed, (NEW.isbn, "2"))
    assert (status, "还有 1 册" in text) == (422, True), text
    _status, open_list = shop.list(list_no="XH-2")
    status, text = shop.entry(open_list, (NEW.isbn, "1"))
    assert (status, "还没有验收" in text) == (422, True), text


def test_the_keeper_is_not_the_cataloguer(shop: Shop) -> None:
    with shop.app.app_context():
        cataloguer = db.session.scalars(sa.select(Person).where(Person.login == "cataloguer")).unique().one()
        grant = RoleGrant(person_id=cataloguer.id, role="warehouse_keeper", starts_on=today())
        db.session.add(grant)
        db.session.commit()
    number = slip(shop)
    with shop.app.app_context():
        _record, task = shop.walker._turn(number)
        assert task is not None
        assert cataloguer.id in [one.person_id for one in task.exclusions]
        assert shop.walker._signer(task) != "cataloguer"


def test_a_wrong_slip_goes_back_to_the_cataloguer_unposted(shop: Shop) -> None:
    number = slip(shop)
    shop.walker.sign(number, slip_and_books_agree="no")
    assert (shop.walker.step(number), shop.moves(number)) == ("cataloguing", [])
    shop.walker.sign(number)
    shop.walker.refuse(number, "架位写错")
    assert shop.walker.step(number) == "cataloguing"
    assert shop.drafts("PU-11") == []


def test_damaged_books_go_to_the_buyer_and_off_the_slip(shop: Shop) -> None:
    number = slip(shop)
    for wrong, said in (
        (damaged("6"), "只有 5 册"),
        (damaged("1", OTHER.isbn), "入库单上没有这种图书"),
        ({**AGREE, "keeper_verdict": "fail"}, "至少需要 1 行"),
    ):
        with pytest.raises(AssertionError, match=said):
            shop.walker.sign(number, **wrong)
    shop.walker.sign(number, **damaged())
    assert (shop.walker.state(number), shop.moves(number)) == ("returned", [])
    (draft,) = shop.drafts("PU-11")
    assert (draft["reject_stage"], draft["books"][0]["quantity"]) == ("keeper_s_acceptance", 2)
    with shop.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        listed = record.cells["purchase_list"].partition(" ")[0]
    full = shop.entry_fields(listed)
    status, text = shop.correct(number, "cataloguer", **full)
    assert (status, "还有 3 册" in text) == (422, True), text
    assert shop.correct(number, "cataloguer", **{**full, "books-1-quantity": "3"})[0] == 303
    shop.walker.sign(number)
    shop.walker.sign(number, **damaged("1"))  # the keeper finds one more
    assert [one["books"][0]["quantity"] for one in shop.drafts("PU-11")] == [2, 1]
    assert shop.correct(number, "cataloguer", **{**full, "books-1-quantity": "2"})[0] == 303
    while shop.walker.sign(number):
        pass
    assert (shop.walker.state(number), shop.there(NEW.isbn)) == ("finished", Decimal(2))


def test_a_correction_takes_the_books_out_again(shop: Shop) -> None:
    number, before = slip(shop), shop.there()
    shop.walker.sign(number)
    with shop.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        listed = record.cells["purchase_list"].partition(" ")[0]
    fields = {**shop.entry_fields(listed), "books-0-quantity": "9"}
    status, again = shop.anew(number, "cataloguer", **fields)
    assert status == 303, again
    while shop.walker.sign(again):
        pass
    assert (shop.there(), shop.there(NEW.isbn)) == (before + 9, Decimal(5))


@pytest.mark.parametrize(
    "written", ["TU7-62", "TP311.561", "I247.57", "K825.6=76", "D924(711)", "TP312C", "R"]
)
def test_class_numbers_of_the_chinese_library_classification(written: str) -> None:
    assert CLASS.fullmatch(written)


@pytest.mark.parametrize("written", ["L12", "TZ1", "TU7123", "建筑", "7-62", "TU.7", "TU7-", ""])
def test_what_is_no_class_number(written: str) -> None:
    assert not CLASS.fullmatch(written)


def test_a_class_number_is_asked_for_and_taken_in_plain_letters(shop: Shop) -> None:
    status, number = shop.entry(shop.accepted(), (NEW.isbn, "5"))
    assert status == 303
    with pytest.raises(AssertionError, match="分类号"):
        shop.walker.sign(number, **{"catalogue_lines-0-class_no": "建筑"})
    shop.walker.sign(number, **{"catalogue_lines-0-class_no": "ｔｕ７５５"})
    shop.walker.sign(number)
    made: Any = shop.item(NEW.isbn)
    assert made.facts["class_no"] == "TU755"


def test_nothing_is_entered_before_it_was_received(shop: Shop) -> None:
    number = slip(shop)
    with pytest.raises(AssertionError, match="不能早于接收日期"):
        shop.walker.sign(number, **AGREE, entered_on="2026-01-01")
    assert shop.walker.sign(number, **AGREE, entered_on=TODAY)
