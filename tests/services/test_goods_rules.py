"""Rules of goods over several records: batches, promises, the issue of goods, orders of one requisition, corrections."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from portal.domain.effects import OrdersStock, PostsReceivable, PostsStock
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.models import Customer, Draft, OrderEntry, Record, StockEntry, StockItem, StoragePlace, Supplier
from portal.queries import batches, goods, promised
from portal.services import corrections, effects, master
from tests.services import balanced_books
from tests.services.engine_forms import OneRole
from tests.services.goods_house import PAPER, House, Wrong, link, ref
from tests.services.office import NOW, TODAY, Office

PLACE = "A-01"
LOOKS = {"stock_list_checked": True, "journal_checked": True}


@pytest.fixture
def house(office: Office) -> House:
    return House(NOW)


@pytest.fixture
def bolt(house: House) -> StockItem:
    """Three batches at A-01: five, four and three."""
    item = master.create("stock_item", name="螺栓", unit="件")
    for batch, quantity in (("B2", 5), ("B1", 4), ("", 3)):
        enter(house, item, quantity, batch)
    return item


def enter(house: House, item: StockItem, quantity: int, batch: str, place: str = PLACE) -> Record:
    record = house.entry(item, Decimal(quantity), place, batch)
    house.checked(record, Decimal(quantity))
    house.posted(record, Decimal(2))
    return record


def post(office: Office, record: Record, *wanted: Any) -> None:
    effects.carry_out(wanted, record, by=office.id("warehouse_keeper"), now=NOW)
    db.session.flush()


def lines(record: Record) -> list[tuple[str, Decimal]]:
    """Batch and quantity of each line that a record has put into the journal."""
    query = sa.select(StockEntry.batch, StockEntry.quantity).where(StockEntry.record_id == record.id)
    return [(batch, quantity) for batch, quantity in db.session.execute(query.order_by(StockEntry.id))]


# Batches


def test_what_goes_out_takes_the_oldest_batches_first(office: Office, bolt: StockItem) -> None:
    record = office.submit(OneRole)
    post(office, record, PostsStock("out", bolt.id, PLACE, Decimal(-7)))
    assert lines(record) == [("B2", -5), ("B1", -2)]
    assert batches.at(bolt.id, PLACE) == {"B1": 2, "": 3}
    balanced_books.check([bolt.id])


def test_a_named_batch_is_taken_alone_and_never_below_nothing(office: Office, bolt: StockItem) -> None:
    record = office.submit(OneRole)
    post(office, record, PostsStock("out", bolt.id, PLACE, Decimal(-3), batch="B1"))
    assert batches.at(bolt.id, PLACE) == {"B2": 5, "B1": 1, "": 3}
    with pytest.raises(Refusal, match="B1"), db.session.begin_nested():
        post(office, record, PostsStock("out", bolt.id, PLACE, Decimal(-2), batch="B1"))
    assert batches.at(bolt.id, PLACE) == {"B2": 5, "B1": 1, "": 3}


def test_what_is_put_back_returns_to_its_batches_the_last_first(office: Office, bolt: StockItem) -> None:
    record = office.submit(OneRole)
    post(office, record, PostsStock("out", bolt.id, PLACE, Decimal(-7)))
    post(office, record, PostsStock("reversal", bolt.id, PLACE, Decimal(3)))
    assert batches.at(bolt.id, PLACE) == {"B2": 1, "B1": 4, "": 3}
    post(office, record, PostsStock("reversal", bolt.id, PLACE, Decimal(4)))
    assert batches.at(bolt.id, PLACE) == {"B2": 5, "B1": 4, "": 3}


def test_a_batch_that_has_left_cannot_be_taken_back_from_the_others(house: House, bolt: StockItem) -> None:
    entry = db.session.scalars(sa.select(Record).where(Record.form_code == "WH-02").order_by(Record.id)).all()
    house.sign(house.write_off(bolt, PLACE, Decimal(5)), must_scrap=True, supervisor_opinion="属实")
    right = house.anew(
        entry[-3], lines=[{"item": ref(bolt), "quantity": Decimal(4), "unit": "件", "batch": "B2"}]
    )
    house.checked(right, Decimal(4))
    with pytest.raises(Refusal, match="B2"), db.session.begin_nested():
        house.posted(right, Decimal(3))
    assert batches.at(bolt.id, PLACE) == {"B1": 4, "": 3}


def test_an_entry_of_which_some_has_left_is_corrected_to_no_less_than_that(
    house: House, bolt: StockItem
) -> None:
    entry = db.session.scalars(sa.select(Record).where(Record.form_code == "WH-02").order_by(Record.id)).all()
    house.sign(house.write_off(bolt, PLACE, Decimal(3)), must_scrap=True, supervisor_opinion="属实")
    right = house.anew(
        entry[-3], lines=[{"item": ref(bolt), "quantity": Decimal(4), "unit": "件", "batch": "B2"}]
    )
    house.checked(right, Decimal(4))
    house.posted(right, Decimal(3))
    assert lines(right) == [("B2", 4), ("B2", -5)]
    assert batches.at(bolt.id, PLACE) == {"B2": 1, "B1": 4, "": 3}
    balanced_books.check([bolt.id])
    balanced_books.check_record(right)


def test_a_count_takes_what_is_missing_from_the_oldest_and_adds_what_is_over_without_a_batch(
    house: House, bolt: StockItem
) -> None:
    for counted, left in ((Decimal(11), {"B2": 4, "B1": 4, "": 3}), (Decimal(12), {"B2": 4, "B1": 4, "": 4})):
        record = house.count((bolt, PLACE, counted))
        house.sign(record, **LOOKS, verdict="rejected", reject_reason="重点")
        house.again(record)
        house.sign(record, **LOOKS, verdict="approved")
        house.sign(record, updated_on=TODAY)
        assert batches.at(bolt.id, PLACE) == left
        balanced_books.check([bolt.id])
        balanced_books.check_record(record)


# Promises, and goods that are handed out


def needed(house: House, item: StockItem, quantity: int) -> Record:
    record = house.requisition((item, Decimal(quantity)))
    house.sign(record)
    return record


def test_what_is_promised_to_one_is_short_for_the_next(house: House, bolt: StockItem) -> None:
    first = needed(house, bolt, 8)
    house.sign(first, stock_meets_demand=True)
    assert promised.reserved([bolt.id]) == {bolt.id: 8}
    assert promised.reserved([bolt.id], but={first.id}) == {bolt.id: 0}
    second = needed(house, bolt, 6)
    with pytest.raises(Wrong, match="还有缺口"):
        house.sign(second, stock_meets_demand=True)
    house.sign(second, stock_meets_demand=False)
    (line,) = balanced_books.answers(second)["stock_lines"]
    assert (line["on_hand"], line["reserved"], line["shortage"]) == (12, 8, 2)


def test_goods_are_handed_out_and_no_longer_promised(house: House, bolt: StockItem) -> None:
    record = needed(house, bolt, 7)
    house.sign(record, stock_meets_demand=True)
    assert record.step == "issue"
    assert record.due_at is not None
    assert record.due_at.date() == TODAY + timedelta(days=9)
    house.sign(record, receiver=house.office.ref("employee"))
    assert record.state == "finished"
    assert goods.balance(bolt.id, PLACE) == 5
    assert lines(record) == [("B2", -5), ("B1", -2)]
    assert promised.reserved([bolt.id]) == {bolt.id: 0}
    balanced_books.check_record(record)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(PLACE, 6)], "须等于需求数量"),
        ([(PLACE, 8)], "须等于需求数量"),
        ([("B-01", 7)], "超过库存"),
        ([(PLACE, 5), ("B-01", 2)], "超过库存"),
    ],
)
def test_just_what_is_needed_is_handed_out_from_where_it_lies(
    house: House, bolt: StockItem, rows: list[tuple[str, int]], said: str
) -> None:
    record = needed(house, bolt, 7)
    house.sign(record, stock_meets_demand=True)
    item = Ref(bolt.id, bolt.label)
    given = [{"item": item, "place": place, "quantity": Decimal(quantity)} for place, quantity in rows]
    with pytest.raises(Wrong, match=said):
        house.sign(record, issued_lines=given, receiver=house.office.ref("employee"))
    assert goods.balance(bolt.id, PLACE) == 12


def test_several_places_are_proposed_when_one_does_not_hold_enough(house: House, bolt: StockItem) -> None:
    enter(house, bolt, 4, "B5", "B-01")
    record = needed(house, bolt, 14)
    house.sign(record, stock_meets_demand=True)
    house.sign(record, receiver=house.office.ref("employee"))
    assert (goods.balance(bolt.id, PLACE), goods.balance(bolt.id, "B-01")) == (0, 2)


def test_what_is_being_counted_is_not_handed_out(house: House, bolt: StockItem) -> None:
    record = needed(house, bolt, 2)
    house.sign(record, stock_meets_demand=True)
    count = house.count((bolt, PLACE, Decimal(12)))
    row = {"item": Ref(bolt.id, bolt.label), "place": PLACE, "quantity": Decimal(2)}
    with pytest.raises(Wrong, match=count.number):
        house.sign(record, issued_lines=[row], receiver=house.office.ref("employee"))


def test_the_warehouse_says_when_it_cannot_and_the_buyer_looks_again(house: House, bolt: StockItem) -> None:
    record = needed(house, bolt, 7)
    house.sign(record, stock_meets_demand=True)
    house.refuse(record)
    assert (record.state, record.step) == ("running", "stock_check")
    assert promised.reserved([bolt.id]) == {bolt.id: 0}


def test_a_corrected_issue_is_promised_only_what_is_more(house: House, bolt: StockItem) -> None:
    wrong = needed(house, bolt, 7)
    house.sign(wrong, stock_meets_demand=True)
    house.sign(wrong, receiver=house.office.ref("employee"))
    (line,) = balanced_books.answers(wrong)["lines"]
    right = house.anew(wrong, lines=[{**line, "quantity": Decimal(9)}])
    house.sign(right)
    house.sign(right, stock_meets_demand=True)
    assert promised.reserved([bolt.id]) == {bolt.id: 2}
    row = {"item": Ref(bolt.id, bolt.label), "place": PLACE, "quantity": Decimal(9)}
    house.sign(right, issued_lines=[row], receiver=house.office.ref("employee"))
    assert goods.balance(bolt.id, PLACE) == 3
    for record in (wrong, right):
        balanced_books.check_record(record)
    balanced_books.check([bolt.id])


def test_a_corrected_issue_proposes_what_comes_back_with_it(house: House, bolt: StockItem) -> None:
    wrong = needed(house, bolt, 12)
    house.sign(wrong, stock_meets_demand=True)
    house.sign(wrong, receiver=house.office.ref("employee"))
    assert goods.balance(bolt.id, PLACE) == 0
    (line,) = balanced_books.answers(wrong)["lines"]
    right = house.anew(wrong, lines=[{**line, "quantity": Decimal(11)}])
    house.sign(right)
    house.sign(right, stock_meets_demand=True)
    house.sign(right, receiver=house.office.ref("employee"))
    assert goods.balance(bolt.id, PLACE) == 1


def test_nothing_is_put_into_a_place_that_was_closed(house: House, bolt: StockItem) -> None:
    record = house.entry(bolt, Decimal(2), "B-01", "")
    house.checked(record, Decimal(2))
    place = db.session.scalars(sa.select(StoragePlace).where(StoragePlace.code == "B-01")).one()
    place.active = False
    db.session.flush()
    with pytest.raises(Refusal, match="库位B-01已停用"), db.session.begin_nested():
        house.posted(record, Decimal(2))
    place.active = True
    house.posted(record, Decimal(2))
    assert goods.balance(bolt.id, "B-01") == 2


# Orders of one requisition


def short(house: House, item: StockItem, quantity: int) -> Record:
    """A requisition for what is not there, finished."""
    record = needed(house, item, quantity)
    house.sign(record, stock_meets_demand=False)
    house.sign(record)
    return record


def test_a_corrected_requisition_orders_only_what_no_order_of_it_has(house: House, bolt: StockItem) -> None:
    wrong = short(house, bolt, 22)
    house.order(link(wrong), (bolt, Decimal(6)), price=Decimal(1))
    right = house.anew(wrong)
    house.sign(right)
    house.sign(right, stock_meets_demand=False)
    house.sign(right)
    drafts = sa.select(Draft).where(Draft.form_code == "PU-04", Draft.source_id == right.id)
    (draft,) = db.session.scalars(drafts)
    assert [line["quantity"] for line in draft.answers["lines"]] == ["4"]


def test_r54_orders_and_rows_of_one_requisition_share_its_shortage(house: House, bolt: StockItem) -> None:
    requisition = link(short(house, bolt, 22))  # ten more than there are
    with pytest.raises(Wrong, match="超过缺口 10"):
        house.order(requisition, (bolt, Decimal(6)), (bolt, Decimal(5)), price=Decimal(1))
    first = house.order(requisition, (bolt, Decimal(6)), price=Decimal(1))
    with pytest.raises(Wrong, match="超过缺口 4"):
        house.order(requisition, (bolt, Decimal(5)), price=Decimal(1))
    house.order(requisition, (bolt, Decimal(3)), (bolt, Decimal(1)), price=Decimal(1))
    with pytest.raises(Wrong, match="其他订货单订足"):
        house.order(requisition, (bolt, Decimal(1)), price=Decimal(1))
    house.withdraw(first)
    house.void(first)
    house.order(requisition, (bolt, Decimal(6)), price=Decimal(1))


# Corrections


def ordered(house: House, item: StockItem, quantity: int) -> Record:
    record = house.order(link(short(house, item, 112)), (item, Decimal(quantity)), price=Decimal(3))
    house.sign(record)
    house.sign(record, supplier_accepts=True, promised_date=TODAY)
    return record


def corrected(house: House, wrong: Record, quantity: int) -> Record:
    """An order corrected to another quantity."""
    (line,) = balanced_books.answers(wrong)["lines"]
    right = house.anew(wrong, lines=[{**line, "quantity": Decimal(quantity)}])
    house.sign(right)
    house.sign(right, supplier_accepts=True, promised_date=TODAY)
    return right


def received(house: House, order: Record, item: StockItem, quantity: int, word: str = "short") -> Record:
    """Goods that were handed over to the warehouse, all of them good."""
    note = house.receipt(link(order), item, Decimal(quantity), "B7", word)
    house.sign(note)
    house.inspection(link(note), item, Decimal(quantity), Decimal(0))
    house.sign(note)
    house.sign(note, transferred_at=NOW)
    assert note.state == "finished"
    return note


def test_what_named_a_corrected_order_counts_for_the_one_that_stands(house: House, bolt: StockItem) -> None:
    wrong = ordered(house, bolt, 10)
    received(house, wrong, bolt, 4)
    right = corrected(house, wrong, 12)
    assert bolt.on_order == 8
    for order in (wrong, right):
        assert goods.outstanding(order.id) == {bolt.id: 8}
    with pytest.raises(Wrong, match="数量差异"):
        house.receipt(link(right), bolt, Decimal(9), "B8", "agrees")
    received(house, wrong, bolt, 8, "agrees")
    assert bolt.on_order == 0
    assert goods.outstanding(right.id) == {bolt.id: 0}


def test_an_order_is_not_corrected_to_less_than_has_come(house: House, bolt: StockItem) -> None:
    wrong = ordered(house, bolt, 10)
    received(house, wrong, bolt, 4)
    with pytest.raises(Wrong, match="已有 4 到货"):
        corrected(house, wrong, 3)
    corrected(house, wrong, 4)
    assert bolt.on_order == 0


def test_a_corrected_receipt_keeps_its_inspection_and_what_was_entered(house: House, bolt: StockItem) -> None:
    order = ordered(house, bolt, 10)
    wrong = received(house, order, bolt, 4)
    (sheet,) = db.session.scalars(sa.select(Record).where(Record.form_code == "PU-06"))
    entry = house.entry(bolt, Decimal(3), PLACE, "B7", link(wrong), link(sheet))
    house.checked(entry, Decimal(3))
    house.posted(entry, Decimal(3))
    left = sa.select(Draft).where(Draft.form_code.in_(("PU-06", "WH-02"))).order_by(Draft.id.desc())
    before = len(db.session.scalars(left).all())

    right = house.anew(wrong, delivery_note_no="SH2")
    house.sign(right)
    assert len(db.session.scalars(left).all()) == before, "it was inspected already"
    house.sign(right)
    assert balanced_books.answers(right)["inspection"].id == sheet.id
    house.sign(right, transferred_at=NOW)
    assert right.state == "finished"
    draft = db.session.scalars(left).first()
    assert draft is not None
    assert [row["quantity"] for row in draft.answers["lines"]] == ["1"], "only what was not entered yet"
    assert bolt.on_order == 6
    for note in (wrong, right):
        names = link(note), link(sheet)
        with pytest.raises(Wrong, match="不能超过"):
            house.entry(bolt, Decimal(2), PLACE, "B7", *names)
    last = house.entry(bolt, Decimal(1), PLACE, "B7", link(right), link(sheet))
    house.checked(last, Decimal(1))
    house.posted(last, Decimal(3))
    assert goods.balance(bolt.id, PLACE) == 16
    balanced_books.check([bolt.id])


def test_a_receipt_corrected_to_another_quantity_wants_its_inspection_corrected_first(
    house: House, bolt: StockItem
) -> None:
    wrong = received(house, ordered(house, bolt, 10), bolt, 4)
    (sheet,) = db.session.scalars(sa.select(Record).where(Record.form_code == "PU-06"))
    (line,) = balanced_books.answers(wrong)["lines"]
    right = house.anew(wrong, lines=[{**line, "delivered": Decimal(5)}])
    house.sign(right)
    with pytest.raises(Wrong, match="请先更正检验单"):
        house.sign(right)
    (found,) = balanced_books.answers(sheet)["lines"]
    better = {**found, "delivered": Decimal(5), "good": Decimal(5)}
    house.anew(sheet, receipt=link(right), lines=[better])
    with pytest.raises(Wrong, match="请选择更正后的检验单"):
        house.sign(right, inspection=link(sheet))
    house.sign(right)
    house.sign(right, transferred_at=NOW)
    assert bolt.on_order == 5


def written_off(house: House, record: Record) -> None:
    house.sign(record, must_scrap=True, supervisor_opinion="属实")


def test_a_correction_that_is_given_up_brings_back_what_it_took_back(house: House, bolt: StockItem) -> None:
    wrong = house.write_off(bolt, PLACE, Decimal(6))
    written_off(house, wrong)
    house.sign(
        wrong, removed_on=TODAY, removal_way="destroyed", witness=house.office.ref("finance_supervisor")
    )
    for _again in range(2):
        right = house.anew(wrong, lines=[house.damaged(bolt, PLACE, Decimal(2))])
        written_off(house, right)
        assert goods.balance(bolt.id, PLACE) == 10
        house.send_back(right)
        house.void(right)
        assert goods.balance(bolt.id, PLACE) == 6
        assert batches.at(bolt.id, PLACE) == {"B1": 3, "": 3}
        for record in (wrong, right):
            balanced_books.check_record(record)
        balanced_books.check([bolt.id])
    last = house.anew(wrong, lines=[house.damaged(bolt, PLACE, Decimal(1))])
    written_off(house, last)
    assert goods.balance(bolt.id, PLACE) == 11


def test_a_return_signed_anew_counts_as_it_says_then_and_given_up_not_at_all(
    house: House, bolt: StockItem
) -> None:
    first, second = db.session.scalars(sa.select(Supplier).order_by(Supplier.id).limit(2))
    line = {"item": ref(bolt), "quantity": Decimal(5), "reason": "锈蚀"}
    about = {"supplier": Ref(first.id, first.label), "order": PAPER, "return_stage": "receipt"}
    taken = {"taken_back_on": TODAY, "supplier_answer": "同意"}
    record = house.submit("PU-07", "buyer", **about, lines=[line], claim="replacement", wanted_by=TODAY)
    house.sign(record)
    house.sign(record, **taken)
    assert (first.returns, bolt.on_order) == (1, 5)
    other = Ref(second.id, second.label)
    for supplier, claim, counted, on_order in (
        (about["supplier"], "supply_again", (1, 0), 3),
        (other, "refund", (0, 1), 0),
        (other, "replacement", (0, 1), 3),
    ):
        house.send_back(record)
        house.again(record, lines=[{**line, "quantity": Decimal(3)}], supplier=supplier, claim=claim)
        house.sign(record)
        house.sign(record, **taken)
        assert ((first.returns, second.returns), bolt.on_order) == (counted, on_order)
    house.send_back(record)
    house.void(record)
    assert (first.returns, second.returns, bolt.on_order) == (0, 0, 0)
    kinds = sa.select(OrderEntry.kind).where(OrderEntry.record_id == record.id).order_by(OrderEntry.id)
    assert list(db.session.scalars(kinds)) == ["order", "reversal", "reversal", "order", "reversal"]


def test_a_correction_of_a_return_that_is_given_up_leaves_the_first_one_counted(
    house: House, bolt: StockItem
) -> None:
    first, second = db.session.scalars(sa.select(Supplier).order_by(Supplier.id).limit(2))
    line = {"item": ref(bolt), "quantity": Decimal(5), "reason": "锈蚀"}
    about = {"supplier": Ref(first.id, first.label), "order": PAPER, "return_stage": "receipt"}
    taken = {"taken_back_on": TODAY, "supplier_answer": "同意"}
    record = house.submit("PU-07", "buyer", **about, lines=[line], claim="replacement", wanted_by=TODAY)
    for answers in ({}, taken, {"settled_how": "已换货"}):
        house.sign(record, **answers)
    right = house.anew(record, supplier=Ref(second.id, second.label))
    house.sign(right)
    house.sign(right, **taken)
    assert (first.returns, second.returns) == (0, 1)
    house.send_back(right)
    house.void(right)
    assert (first.returns, second.returns, bolt.on_order) == (1, 0, 5)


def test_a_correction_is_not_given_up_while_what_it_gave_back_has_left(house: House, bolt: StockItem) -> None:
    wrong = house.write_off(bolt, PLACE, Decimal(6))
    written_off(house, wrong)
    house.sign(
        wrong, removed_on=TODAY, removal_way="destroyed", witness=house.office.ref("finance_supervisor")
    )
    right = house.anew(wrong, lines=[house.damaged(bolt, PLACE, Decimal(2))])
    written_off(house, right)
    written_off(house, house.write_off(bolt, PLACE, Decimal(10)))
    house.send_back(right)
    with pytest.raises(Refusal, match="不足以出库"), db.session.begin_nested():
        house.void(right)
    db.session.refresh(right)
    assert right.state == "returned"


def test_orders_and_accounts_come_back_too(office: Office, bolt: StockItem) -> None:
    customer: Customer = master.create("customer", name="甲公司")
    wrong = office.submit(OneRole)
    owed = PostsReceivable(customer.id, wrong.id, Decimal(100), due_on=TODAY)
    post(office, wrong, OrdersStock(bolt.id, Decimal(-5)), owed)
    db.session.add(
        OrderEntry(
            kind="order",
            item_id=bolt.id,
            quantity=Decimal(9),
            balance=Decimal(9),
            record_id=wrong.id,
            posted_by_id=wrong.applicant_id,
            posted_at=NOW,
        )
    )
    bolt.on_order = Decimal(9)
    post(office, wrong, OrdersStock(bolt.id, Decimal(-5)))
    for login in ("quality_manager", "general_manager"):
        office.sign(wrong, login)
    right = office.submit(OneRole)
    right.corrects_id = wrong.id
    post(office, right, OrdersStock(bolt.id, Decimal(0)), PostsReceivable(customer.id, wrong.id, Decimal(0)))
    assert (bolt.on_order, customer.arrears) == (9, 0)
    corrections.withdraw(right.id, office.actor("buyer"), reason="x", now=NOW)
    corrections.void(right.id, office.actor("buyer"), reason="x", now=NOW)
    assert (bolt.on_order, customer.arrears) == (4, 100)


def test_what_moved_while_a_count_was_filed_sends_it_back(house: House, bolt: StockItem) -> None:
    record = house.count((bolt, PLACE, Decimal(12)))
    entry = db.session.scalars(sa.select(StockEntry).where(StockEntry.item_id == bolt.id)).first()
    assert entry is not None
    late = {"kind": "out", "item_id": bolt.id, "place": PLACE, "quantity": Decimal(-4)}
    db.session.add(
        StockEntry(
            **late,
            unit_cost=Decimal(2),
            batch="B2",
            balance=Decimal(8),
            record_id=entry.record_id,
            posted_by_id=entry.posted_by_id,
            posted_at=NOW,
        )
    )
    balance = goods.balance(bolt.id, PLACE)
    db.session.execute(
        sa.text("UPDATE stock_balances SET quantity = quantity - 40000 WHERE item_id = :id"), {"id": bolt.id}
    )
    db.session.expire_all()
    assert goods.balance(bolt.id, PLACE) == balance - 4
    with pytest.raises(Wrong, match="已变为 8"):
        house.sign(record, **LOOKS, verdict="approved")


def test_a_member_of_the_team_does_not_review_the_count(house: House, bolt: StockItem) -> None:
    record = house.count((bolt, PLACE, Decimal(12)))
    house.withdraw(record)
    house.again(record, team=f"钱库、{house.office.person('warehouse_supervisor').name}")
    house.choose = lambda people: house.office.id("warehouse_supervisor")
    with pytest.raises(Wrong, match="不能审核自己参加的盘点"):
        house.sign(record, **LOOKS, verdict="approved")
    house.choose = lambda people: house.office.id("warehouse_supervisor_2")
    house.sign(record, **LOOKS, verdict="approved")
    assert record.step == "update"
