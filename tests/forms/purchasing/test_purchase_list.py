"""PU-09 and PU-11: what a bookseller brings, and what goes back to it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from book_people import KNOWN, NEW, SELLER, TODAY, Shop
from flask import Flask

from portal.extensions import db
from portal.lib.clock import today
from portal.models import Draft, Supplier

OTHER_SELLER = "德清恒通管业有限公司 S0002"
TOMORROW = (today() + timedelta(days=1)).isoformat()


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop(app)


def back(listed: str, quantity: str = "2", **other: str) -> dict[str, str]:
    """What a rejected list is filled in with."""
    fields = {"bookseller": SELLER, "purchase_list": listed, "returned_on": TODAY, "claim": "refund"}
    row = {"title": "书", "book_no": NEW.isbn, "quantity": quantity, "reason": "破损"}
    fields |= {f"books-0-{name}": value for name, value in row.items()}
    return {**fields, "reject_stage": "buyer_s_acceptance", **other}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("978-7-112-05510-5", "校验位不对"),
        ("15040·4567", "统一书号"),
        ("一二三", "13 位或 10 位"),
    ],
)
def test_a_wrong_number_is_refused_with_what_to_do(shop: Shop, written: str, said: str) -> None:
    status, text = shop.list((written, "3"))
    assert (status, said in text) == (422, True), text


def test_every_way_of_writing_a_number_is_kept_as_one(shop: Shop) -> None:
    hyphens = f"ISBN ９７８-{KNOWN.isbn[3:4]}-{KNOWN.isbn[4:7]}-{KNOWN.isbn[7:12]}-{KNOWN.isbn[12]}"
    status, text = shop.list((hyphens, "3"), (KNOWN.isbn, "4"))
    assert (status, "同一书号只能有一行" in text) == (422, True), text
    assert shop.list((hyphens, "3"))[0] == 303


def test_a_list_is_taken_in_once_and_not_from_the_future(shop: Shop) -> None:
    _status, number = shop.list()
    status, text = shop.list()
    assert (status, f"已由 {number} 登记" in text) == (422, True), text
    assert shop.list(bookseller=OTHER_SELLER)[0] == 303
    status, text = shop.list(list_no="XH-2", arrived_on=TOMORROW)
    assert (status, "不能晚于今天" in text) == (422, True), text


def test_only_booksellers_of_the_approved_list_bring_books(shop: Shop) -> None:
    _status, number = shop.list()
    shop.judge(number)
    shop.walker.sign(number, received_quantity="15")
    for code, status in (("S0001", "removed"), ("S0002", "rejected")):
        with shop.app.app_context():
            db.session.execute(sa.update(Supplier).where(Supplier.code == code).values(status=status))
            db.session.commit()
    for seller in (SELLER, OTHER_SELLER):
        status, text = shop.list(bookseller=seller, list_no="XH-2")
        assert (status, "不在合格供应商名录中" in text) == (422, True), text
    status, text = shop.anew(number, "buyer", **shop.list_fields(bookseller=OTHER_SELLER))
    assert (status, "不在合格供应商名录中" in text) == (422, True), text
    with shop.app.app_context():
        key = db.session.scalars(sa.select(Draft.key).where(Draft.corrects_id.is_not(None))).one()
    right = {"_key": key, **shop.list_fields()}
    assert shop.submit("PU-09", "buyer", **right)[0] == 303, "the books came when the seller was on the list"


def test_a_corrected_list_opens_slips_only_for_what_no_slip_has(shop: Shop) -> None:
    listed = shop.accepted(bad=2)
    assert shop.entry(listed, (KNOWN.isbn, "8"), (NEW.isbn, "3"))[0] == 303
    assert shop.submit("PU-11", "buyer", **back(listed, "1"))[0] == 303
    _status, again = shop.anew(listed, "buyer", **shop.list_fields())
    shop.judge(again, bad=2)
    shop.walker.sign(again, received_quantity="13")
    (slip,) = [one["books"] for one in shop.drafts("WH-12") if again in str(one["purchase_list"])]
    assert [(row["book_no"], row["quantity"]) for row in slip] == [(KNOWN.isbn, 2)]
    (rejected,) = [one["books"] for one in shop.drafts("PU-11") if again in str(one["purchase_list"])]
    assert [(row["book_no"], row["quantity"]) for row in rejected] == [(NEW.isbn, 1)]


def test_an_order_is_this_bookseller_s(shop: Shop) -> None:
    order = shop.walker.walk("PU-04")
    outcomes = {seller: shop.list(bookseller=seller, order=order) for seller in (SELLER, OTHER_SELLER)}
    assert sorted(status for status, _text in outcomes.values()) == [303, 422]
    assert any("不是向这家书商订的货" in text for _status, text in outcomes.values())


def test_every_copy_is_good_or_bad_for_a_reason(shop: Shop) -> None:
    _status, number = shop.list()
    for wrong, said in (
        ({"accepted_books-1-rejected": "1"}, "须等于单上数量"),
        ({"accepted_books-1-accepted": "4", "accepted_books-1-rejected": "1"}, "请选择原因"),
        ({"accepted_books-1-reason": "damaged"}, "不必选择原因"),
    ):
        with pytest.raises(AssertionError, match=said):
            shop.judge(number, **wrong)
    assert shop.judge(number)
    with pytest.raises(AssertionError, match="验收合格 15 册"):
        shop.walker.sign(number, received_quantity="14")
    shop.walker.refuse(number, "少一册")
    assert shop.walker.step(number) == "acceptance"


def test_what_passed_goes_to_the_cataloguer_and_what_did_not_back(shop: Shop) -> None:
    number = shop.accepted(bad=2)
    (slip,) = shop.drafts("WH-12")
    assert slip["purchase_list"]["text"].startswith(number)
    assert [(row["book_no"], row["quantity"]) for row in slip["books"]] == [(KNOWN.isbn, 10), (NEW.isbn, 3)]
    (rejected,) = shop.drafts("PU-11")
    assert [(row["book_no"], row["quantity"], row["reason"]) for row in rejected["books"]] == [
        (NEW.isbn, 2, "破损")
    ]
    assert rejected["reject_stage"] == "buyer_s_acceptance"


def test_when_all_is_good_nothing_goes_back(shop: Shop) -> None:
    shop.accepted()
    assert (len(shop.drafts("WH-12")), shop.drafts("PU-11")) == (1, [])


def test_when_nothing_is_good_the_list_ends_with_the_buyer(shop: Shop) -> None:
    _status, number = shop.list((NEW.isbn, "5"))
    shop.walker.sign(
        number,
        **{
            "accepted_books-0-accepted": "0",
            "accepted_books-0-rejected": "5",
            "accepted_books-0-reason": "edition",
        },
    )
    assert shop.walker.state(number) == "finished"
    assert (shop.drafts("WH-12"), len(shop.drafts("PU-11"))) == ([], 1)


def test_what_came_of_an_order_is_on_order_no_longer(shop: Shop) -> None:
    requisition = shop.walker.requisition()
    fields = {
        "supplier": SELLER,
        "requisition": requisition,
        "delivery_date": TOMORROW,
        "delivery_place": "书店",
    }
    line = {"item": KNOWN.isbn, "name": "书", "quantity": "12", "unit": "册", "unit_price": "100"}
    fields |= {f"lines-0-{name}": value for name, value in line.items()}
    terms = {"payment_terms": "月结", "quality_terms": "完好", "price_compared": "yes"}
    status, order = shop.submit("PU-04", "buyer", **fields, **terms)
    assert status == 303, order
    while shop.walker.sign(order, supplier_accepts="yes", promised_date=TOMORROW):
        pass
    item = shop.item(KNOWN.isbn)
    assert item is not None
    on_order = item.on_order
    for list_no, left in (("XH-1", 2), ("XH-2", 0)):  # ten come, then ten more than the order has left
        _status, number = shop.list(list_no=list_no, order=order)
        shop.judge(number)
        shop.walker.sign(number, received_quantity="15")
        again = shop.item(KNOWN.isbn)
        assert again is not None
        assert again.on_order == on_order - 12 + left


def test_only_buyers_take_lists_in(shop: Shop) -> None:
    assert shop.submit("PU-09", "cataloguer", **shop.list_fields())[0] == 403


def test_no_more_goes_back_than_was_found_bad(shop: Shop) -> None:
    listed = shop.accepted(bad=2)
    for wrong, said in (
        ({"books-0-quantity": "3"}, "还可退 2 册"),
        ({"books-0-book_no": KNOWN.isbn}, "还可退 0 册"),
        ({"reject_stage": "keeper_s_acceptance"}, "还可退 0 册"),
        ({"bookseller": OTHER_SELLER}, "书商与采购单上的书商不一致"),
    ):
        status, text = shop.submit("PU-11", "buyer", **back(listed, **wrong))
        assert (status, said in text) == (422, True), text
    assert shop.submit("PU-11", "buyer", **back(listed, "1"))[0] == 303
    status, text = shop.submit("PU-11", "buyer", **back(listed))
    assert (status, "还可退 1 册" in text) == (422, True), text


def test_nothing_goes_back_of_an_open_list(shop: Shop) -> None:
    _status, number = shop.list()
    status, text = shop.submit("PU-11", "buyer", **back(number))
    assert (status, "还没有验收完" in text) == (422, True), text


def test_a_return_counts_once_and_a_correction_takes_it_back(shop: Shop) -> None:
    listed, before = shop.accepted(bad=2), shop.returns()
    _status, number = shop.submit("PU-11", "buyer", **back(listed, claim="replacement"))
    shop.walker.refuse(number)
    assert (shop.walker.state(number), shop.returns()) == ("returned", before)
    assert shop.correct(number, "buyer", **back(listed, claim="replacement"))[0] == 303
    shop.walker.sign(number)
    with pytest.raises(AssertionError, match="不能早于退回日期"):
        shop.walker.sign(number, taken_back_on="2026-01-01")
    assert shop.returns() == before
    shop.walker.sign(number)
    assert (shop.walker.state(number), shop.returns()) == ("finished", before + 1)
    status, again = shop.anew(number, "buyer", **back(listed, "1"))
    assert status == 303, again
    while shop.walker.sign(again):
        pass
    assert (shop.walker.state(again), shop.returns()) == ("finished", before + 1)
