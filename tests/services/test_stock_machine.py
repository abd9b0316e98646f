"""The books of the warehouse against a second opinion: whatever people do with goods, on both databases, they balance.

A machine (Hypothesis) orders, receives, inspects, enters, promises, issues, delivers, counts, writes off, corrects and
gives up, through the forms and services that the pages use, and compares the books with a model after each step.
PORTAL_STOCK_STEPS=2000 makes it go that many steps on each database.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.models import Product, Record, StockBalance, StockItem
from portal.queries import batches, promised
from portal.queries.books import SHOP
from portal.services import master
from tests.books import Books
from tests.services import balanced_books
from tests.services.goods_house import PLACES, House, link, ref
from tests.services.goods_model import Impossible, Model, Order
from tests.services.office import NOW, TODAY

STEPS = int(os.environ.get("PORTAL_STOCK_STEPS", "0"))
AMOUNTS = st.integers(1, 12).map(Decimal)
HALVES = st.integers(1, 30).map(lambda n: Decimal(n) / 2)
COSTS = st.integers(1, 900).map(lambda n: Decimal(n) / 100)
LOTS = st.sampled_from(["", "B1", "B2", "B3"])
PLACED = st.sampled_from(PLACES)
OVER = ("finished", "refused", "voided")


class Goods(RuleBasedStateMachine):
    """The portal and the model side by side."""

    app: ClassVar[Flask]
    contract: ClassVar[Ref]

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.model = Model()
        turns = count()
        self.house = House(NOW, choose=lambda people: people[next(turns) % len(people)])
        self.records: dict[int, Record] = {}
        self.needs: dict[int, tuple[int, Decimal]] = {}  # requisition -> item, shortage not ordered yet
        self.bought: dict[int, int] = {}  # order -> its requisition
        self.notes: dict[int, int] = {}  # goods received note -> its order
        self.sent: dict[int, tuple[int | None, dict[int, Decimal]]] = {}  # delivery -> what it was promised
        self.sheets: dict[
            int, tuple[int, Decimal, Decimal]
        ] = {}  # inspection -> its note, good, to be entered

    @initialize()
    def begin(self) -> None:
        """Two things that are bought, and one that is sold."""
        self.lift = db.session.scalars(sa.select(Product).where(Product.code == "M0001")).one()
        sold = db.session.get_one(StockItem, self.lift.item_id)
        self.items = [master.create("stock_item", name=name, unit="件") for name in ("甲", "乙")]
        self.items.append(sold)
        for balance in db.session.scalars(sa.select(StockBalance).where(StockBalance.item_id == sold.id)):
            self.model.stock[sold.id, balance.place] = batches.at(sold.id, balance.place)

    # How a step is tried

    def attempt(self, act: Callable[[], Any], expected: Callable[[], Any] = lambda: None) -> bool:
        """Whether the portal does it; it does just what the model can do, too."""
        before, refusal, impossible = deepcopy(self.model), None, None
        try:
            with db.session.begin_nested():
                act()
                db.session.flush()
        except Refusal as error:
            refusal = error
        try:
            expected()
        except Impossible as error:
            impossible = error
        assert (refusal is None) == (impossible is None), (str(refusal), impossible)
        if refusal is not None:
            self.model = before
        return refusal is None

    def made(self, make: Callable[[], Record], possible: bool = True) -> Record | None:
        """The record, where the rules allow it; they do just when it is possible."""
        found: list[Record] = []
        if self.attempt(lambda: found.append(make()), lambda: self.refuse_unless(possible)):
            self.records[found[0].id] = found[0]
        return found[0] if found and found[0].id in self.records else None

    @staticmethod
    def refuse_unless(possible: bool) -> None:
        """The model's no."""
        if not possible:
            raise Impossible

    def at(self, code: str, step: str) -> list[Record]:
        """The records of a form that wait at a step."""
        return [one for one in self.records.values() if (one.form_code, one.step) == (code, step)]

    def finished(self, *codes: str) -> list[Record]:
        """The finished records of these forms that nothing corrects or is about to."""
        taken = {one.corrects_id for one in self.records.values() if one.state not in ("refused", "voided")}
        return [
            one
            for one in self.records.values()
            if one.form_code in codes and one.state == "finished" and one.id not in taken
        ]

    def item(self, id: int) -> StockItem:
        """One of the three."""
        return next(item for item in self.items if item.id == id)

    # Goods come

    @rule(n=st.integers(0, 2), place=PLACED, batch=LOTS, quantity=HALVES, cost=COSTS)
    def come_on_paper(self, n: int, place: str, batch: str, quantity: Decimal, cost: Decimal) -> None:
        """Goods whose coming was noted on paper."""
        item = self.items[n]
        record = self.made(lambda: self.house.entry(item, quantity, place, batch))
        assert record is not None
        self.house.checked(record, quantity)
        self.attempt(
            lambda: self.house.posted(record, cost),
            lambda: self.model.move(record.id, item.id, place, quantity, batch),
        )

    @rule(n=st.integers(0, 1), quantity=AMOUNTS, more=st.integers(0, 9).map(Decimal), buys=st.booleans())
    def are_needed(self, n: int, quantity: Decimal, more: Decimal, buys: bool) -> None:
        """A requisition; what is short is bought, what is not is promised."""
        item = self.items[n]
        if buys:
            quantity += self.model.on_hand(item.id) + self.model.on_order(item.id) + more
        record = self.made(lambda: self.house.requisition((item, quantity)))
        assert record is not None
        self.house.sign(record)
        there = self.model.on_hand(item.id) + self.model.on_order(item.id) - self.model.reserved(item.id)
        short = max(Decimal(0), quantity - there)
        self.house.sign(record, stock_meets_demand=not short)
        (line,) = self.house_answers(record)["stock_lines"]
        assert (line["shortage"], line["reserved"]) == (short, self.model.reserved(item.id))
        if short:
            self.house.sign(record)
            self.needs[record.id] = (item.id, short)
        else:
            self.model.promised[record.id] = (None, {item.id: quantity})

    def house_answers(self, record: Record) -> dict[str, Any]:
        """All that was answered."""
        return dict(balanced_books.answers(record))

    @precondition(lambda self: self.needs)
    @rule(data=st.data(), quantity=AMOUNTS, price=COSTS, twice=st.booleans())
    def are_ordered(self, data: st.DataObject, quantity: Decimal, price: Decimal, twice: bool) -> None:
        """An order for what is short, in one row or two; never more of it than is left of the shortage."""
        requisition = data.draw(st.sampled_from(list(self.needs)))
        id, left = self.needs[requisition]
        rows = [(self.item(id), quantity)] * (2 if twice else 1)
        whole = quantity * len(rows)
        named = link(self.records[requisition])
        order = self.made(lambda: self.house.order(named, *rows, price=price), whole <= left)
        if order is None:
            return
        self.needs[requisition] = (id, left - whole)
        self.bought[order.id] = requisition
        self.house.sign(order)
        self.house.sign(order, supplier_accepts=True, promised_date=TODAY)
        self.model.orders[order.id] = Order(id, whole)

    @precondition(lambda self: self.at_hand())
    @rule(data=st.data(), quantity=AMOUNTS, batch=LOTS)
    def are_delivered(self, data: st.DataObject, quantity: Decimal, batch: str) -> None:
        """The supplier brings some of an order."""
        order_id = data.draw(st.sampled_from(self.at_hand()))
        order, record = self.model.orders[order_id], self.records[order_id]
        waiting = sum((self.brought(note) for note in self.under_way(order_id)), Decimal(0))
        left = max(order.left - waiting, Decimal(0))
        if not left:
            return
        quantity = min(quantity, left)
        word = "agrees" if quantity == left else "short"
        note = self.made(
            lambda: self.house.receipt(link(record), self.item(order.item), quantity, batch, word)
        )
        assert note is not None
        self.house.sign(note)
        self.notes[note.id] = order_id

    def at_hand(self) -> list[int]:
        """Orders that stand."""
        return [order for order in self.model.orders if order in {one.id for one in self.finished("PU-04")}]

    def under_way(self, order: int) -> list[Record]:
        """Goods received notes of an order that have not taken anything off what is on order."""
        came = self.model.orders[order].came
        return [self.records[id] for id, of in self.notes.items() if of == order and id not in came]

    def brought(self, note: Record) -> Decimal:
        """What a note says was brought."""
        return Decimal(self.house_answers(note)["lines"][0]["delivered"])

    @precondition(lambda self: self.at("PU-05", "inspection_result"))
    @rule(
        data=st.data(),
        bad=st.integers(0, 12).map(Decimal),
        disposal=st.sampled_from(["return", "concession"]),
    )
    def are_inspected_and_handed_over(self, data: st.DataObject, bad: Decimal, disposal: str) -> None:
        """Passed, partly passed or failed."""
        note = data.draw(st.sampled_from(self.at("PU-05", "inspection_result")))
        order = self.model.orders[self.notes[note.id]]
        quantity = self.brought(note)
        bad = min(bad, quantity)
        sheet = self.made(
            lambda: self.house.inspection(link(note), self.item(order.item), quantity - bad, bad)
        )
        assert sheet is not None
        if bad:
            self.house.sign(sheet, disposal=disposal)
        self.house.sign(note)
        good = quantity if disposal == "concession" else quantity - bad
        if note.state != "finished":
            self.house.sign(note, transferred_at=NOW)
            self.sheets[sheet.id] = (note.id, good, good)
        order.came[note.id] = quantity

    @precondition(lambda self: any(left for _note, _good, left in self.sheets.values()))
    @rule(data=st.data(), quantity=AMOUNTS, place=PLACED, cost=COSTS, bad=st.integers(0, 3).map(Decimal))
    def are_entered(
        self, data: st.DataObject, quantity: Decimal, place: str, cost: Decimal, bad: Decimal
    ) -> None:
        """The keeper checks what was handed over and enters what is good; never more than passed the inspection."""
        sheet_id = data.draw(st.sampled_from([id for id, one in self.sheets.items() if one[2]]))
        note_id, good, left = self.sheets[sheet_id]
        item = self.item(self.model.orders[self.notes[note_id]].item)
        names = link(self.records[note_id]), link(self.records[sheet_id])
        record = self.made(lambda: self.house.entry(item, quantity, place, "B9", *names), quantity <= left)
        if record is None:
            return
        self.sheets[sheet_id] = (note_id, good, left - quantity)
        bad = min(bad, quantity)
        self.house.checked(record, quantity - bad, bad)
        if bad:
            self.house.sign(record, reject_confirmed=True, supervisor_opinion="属实")
        if record.state != "finished":
            self.attempt(
                lambda: self.house.posted(record, cost),
                lambda: self.model.move(record.id, item.id, place, quantity - bad, "B9"),
            )

    # Goods go

    @precondition(lambda self: self.at("PU-03", "issue"))
    @rule(data=st.data(), part=st.integers(0, 12).map(Decimal), place=PLACED)
    def are_issued(self, data: st.DataObject, part: Decimal, place: str) -> None:
        """What was promised is handed out, from one place or two; or the warehouse says that it cannot."""
        record = data.draw(st.sampled_from(self.at("PU-03", "issue")))
        _corrects, asked = self.model.promised[record.id]
        ((item, needed),) = asked.items()
        part = min(part, needed)
        other = next(one for one in PLACES if one != place)
        rows = {(item, where): some for where, some in ((place, part), (other, needed - part)) if some}
        if self.attempt(
            lambda: self.house.sign(record, issued_lines=self.rows(rows), receiver=self.receiver()),
            lambda: self.taken_out(record, rows),
        ):
            del self.model.promised[record.id]

    def receiver(self) -> Ref:
        """Who gets the goods."""
        return self.house.office.ref("employee")

    def rows(self, wanted: dict[tuple[int, str], Decimal]) -> list[dict[str, Any]]:
        """Rows of item, place and quantity."""
        return [
            {"item": ref(self.item(item)), "place": place, "quantity": quantity}
            for (item, place), quantity in wanted.items()
        ]

    def taken_out(self, record: Record, wanted: dict[tuple[int, str], Decimal]) -> None:
        """The model's side of goods that leave, of a correction without what the first one took."""
        if record.corrects_id and record.id not in self.model.taken_back:
            self.model.take_back(record.id, record.corrects_id)
        self.model.settle(record.id, wanted)

    @rule(quantity=st.integers(1, 4).map(Decimal))
    def are_sold(self, quantity: Decimal) -> None:
        """A delivery is applied for, and with it promised."""
        record = self.made(lambda: self.house.delivery(self.contract, self.lift, quantity))
        assert record is not None
        self.model.promised[record.id] = (None, {self.items[2].id: quantity})
        self.house.sign(record, credit_ok=True)

    @precondition(lambda self: self.at("CS-31", "warehouse_issue"))
    @rule(data=st.data(), less=st.integers(0, 2).map(Decimal), place=PLACED)
    def are_sent(self, data: st.DataObject, less: Decimal, place: str) -> None:
        """The warehouse lets goods go to the customer."""
        record = data.draw(st.sampled_from(self.at("CS-31", "warehouse_issue")))
        item, asked = self.items[2], self.model.promised[record.id][1]
        quantity = max(asked[item.id] - less, Decimal(1))
        wanted = {(item.id, place): quantity}
        rows = [{**row, "product": Ref(self.lift.id, self.lift.label)} for row in self.rows(wanted)]
        if self.attempt(
            lambda: self.house.sign(record, issued_goods=rows, issued_on=NOW),
            lambda: self.taken_out(record, wanted),
        ):
            self.sent[record.id] = self.model.promised.pop(record.id)  # what was left out is promised no more

    @precondition(lambda self: self.at("CS-31", "delivery_receipt"))
    @rule(data=st.data(), takes=st.booleans())
    def are_received(self, data: st.DataObject, takes: bool) -> None:
        """The customer signs for them, or sends the sheet back to the warehouse."""
        record = data.draw(st.sampled_from(self.at("CS-31", "delivery_receipt")))
        if takes:
            self.house.sign(record, delivered_on=TODAY, receiver="钱卫红")
        else:
            self.house.refuse(record)
            self.model.promised[record.id] = self.sent.pop(record.id)

    @rule(n=st.integers(0, 2), quantity=AMOUNTS)
    def are_sold_over_the_counter(self, n: int, quantity: Decimal) -> None:
        """The cashier sells what lies in the shop; it leaves the books at once."""
        item, found = self.items[n], list[Record]()
        if self.attempt(
            lambda: found.append(self.house.sale(item, quantity)),
            lambda: self.model.move(found[0].id if found else 0, item.id, SHOP, -quantity),
        ):
            self.records[found[0].id] = found[0]

    @precondition(lambda self: self.at("WH-14", "door_release"))
    @rule(data=st.data(), match=st.booleans(), keeps=st.booleans(), quantity=AMOUNTS)
    def are_let_out(self, data: st.DataObject, match: bool, keeps: bool, quantity: Decimal) -> None:
        """The guard lets the customer out, or sends them back: the slip is put right, or nothing is bought."""
        record = data.draw(st.sampled_from(self.at("WH-14", "door_release")))
        self.house.sign(record, books_match=match)
        if match:
            return
        (row,) = self.house_answers(record)["books"]
        if keeps:
            other = [{**row, "quantity": int(quantity)}]
            key = (row["item"].id, SHOP)
            done = self.attempt(
                lambda: self.house.again(record, books=other),
                lambda: self.settled(record, {key: quantity}),
            )
        if not (keeps and done):
            self.attempt(lambda: self.house.void(record), lambda: self.settled(record, {}))

    @rule(n=st.integers(0, 2), place=PLACED, quantity=HALVES)
    def are_damaged(self, n: int, place: str, quantity: Decimal) -> None:
        """A list of goods to be written off."""
        item = self.items[n]
        possible = quantity <= self.model.balance(item.id, place)
        self.made(lambda: self.house.write_off(item, place, quantity), possible)

    @precondition(lambda self: self.at("WH-17", "supervisor_review"))
    @rule(data=st.data(), scrap=st.booleans())
    def are_written_off(self, data: st.DataObject, scrap: bool) -> None:
        """The supervisor, and above the limit both others, take them off the books, or the list goes back."""
        record = data.draw(st.sampled_from(self.at("WH-17", "supervisor_review")))
        wanted = self.listed(record)

        def approve() -> None:
            self.house.sign(record, must_scrap=scrap, supervisor_opinion="属实")
            while record.step == "finance_gm":
                self.house.sign(record)

        if scrap:
            self.attempt(approve, lambda: self.taken_out(record, wanted))
        elif self.attempt(approve, lambda: self.settled(record, {})):
            self.give_up_or_again(record, data)

    def settled(self, record: Record, wanted: dict[tuple[int, str], Decimal]) -> None:
        """The model's side of a sheet that settles anew."""
        self.model.settle(record.id, wanted)

    def listed(self, record: Record) -> dict[tuple[int, str], Decimal]:
        """What a write-off list lists."""
        (row,) = self.house_answers(record)["lines"]
        return {(row["item"].id, row["place"]): row["quantity"]}

    @precondition(lambda self: self.at("WH-17", "removal"))
    @rule(data=st.data(), back=st.booleans())
    def are_removed(self, data: st.DataObject, back: bool) -> None:
        """They are destroyed; or the list, booked already, goes back to be put right or given up."""
        record = data.draw(st.sampled_from(self.at("WH-17", "removal")))
        if back:
            self.house.send_back(record)
            self.give_up_or_again(record, data)
        else:
            witness = self.house.office.ref("finance_supervisor")
            self.house.sign(record, removed_on=TODAY, removal_way="destroyed", witness=witness)

    def give_up_or_again(self, record: Record, data: st.DataObject) -> None:
        """A list in its applicant's hands is given up, or filed again with another quantity, if so much is there."""
        ((key, _listed),) = self.listed(record).items()
        if data.draw(st.booleans()):
            self.attempt(lambda: self.house.void(record), lambda: self.given_up(record))
            return
        quantity = data.draw(HALVES)
        own = {record.id, record.corrects_id or 0}
        gone = sum(
            (-line[3] for id in own for line in self.model.posted.get(id, ()) if line[:2] == key), Decimal(0)
        )
        line = self.house.damaged(self.item(key[0]), key[1], quantity)
        self.attempt(
            lambda: self.house.again(record, lines=[line]),
            lambda: self.refuse_unless(quantity <= self.model.balance(*key) + gone),
        )

    def given_up(self, record: Record) -> None:
        """The model's side of a record that is given up."""
        if record.corrects_id:
            self.model.restore(record.id, record.corrects_id)
        else:
            self.model.settle(record.id, {})

    # Goods are counted

    @rule(n=st.integers(0, 2), place=PLACED, quantity=HALVES)
    def are_counted(self, n: int, place: str, quantity: Decimal) -> None:
        """A count, from which on nothing of it moves there."""
        key = (self.items[n].id, place)
        free = key not in self.model.frozen
        record = self.made(lambda: self.house.count((self.items[n], place, quantity)), free)
        if record is not None:
            self.model.frozen[key] = record.id

    @precondition(lambda self: self.at("WH-06", "supervisor_review"))
    @rule(data=st.data(), approves=st.booleans(), gives_up=st.booleans(), quantity=HALVES)
    def are_reviewed(self, data: st.DataObject, approves: bool, gives_up: bool, quantity: Decimal) -> None:
        """The supervisor approves it, or it is counted again or given up."""
        record = data.draw(st.sampled_from(self.at("WH-06", "supervisor_review")))
        (row,) = self.house_answers(record)["lines"]
        beyond = abs(row["difference"]) * 100 > row["book"] * Decimal("0.5")
        first = self.house_answers(record)["count_round"] == 1
        looks = {"stock_list_checked": True, "journal_checked": True}
        if approves:
            self.attempt(
                lambda: self.house.sign(record, **looks, verdict="approved"),
                lambda: self.refuse_unless(not (beyond and first)),
            )
            return
        self.house.sign(record, **looks, verdict="rejected", reject_reason="重新查询")
        if gives_up:
            assert self.attempt(lambda: self.house.void(record), lambda: self.thawed(record))
        else:
            line = self.house.counted(self.item(row["item"].id), row["place"], quantity)
            assert self.attempt(lambda: self.house.again(record, lines=[line]))

    @precondition(lambda self: self.at("WH-06", "update"))
    @rule(data=st.data())
    def are_put_right(self, data: st.DataObject) -> None:
        """The books follow the count."""
        record = data.draw(st.sampled_from(self.at("WH-06", "update")))
        (row,) = self.house_answers(record)["lines"]
        key = (row["item"].id, row["place"])

        own = self.model.posted.get(record.corrects_id or 0, ())
        wrongly = sum((line[3] for line in own if line[:2] == key), Decimal(0))
        difference = row["counted"] - (self.model.balance(*key) - wrongly)

        def adjust() -> None:
            self.model.move(record.id, *key, difference)

        def put_right() -> None:
            if record.corrects_id:
                self.model.replace(record.id, record.corrects_id, adjust)
            else:
                adjust()
            self.thawed(record)

        self.attempt(lambda: self.house.sign(record, updated_on=TODAY), put_right)

    def thawed(self, record: Record) -> None:
        """The model's side of a count that is over."""
        self.model.frozen = {key: id for key, id in self.model.frozen.items() if id != record.id}

    # Mistakes

    @precondition(lambda self: self.finished("WH-17", "WH-02", "PU-03", "WH-06", "PU-04"))
    @rule(data=st.data(), quantity=HALVES)
    def were_booked_wrongly(self, data: st.DataObject, quantity: Decimal) -> None:
        """A finished record is corrected by another of its form, which goes its way like any other."""
        wrong = data.draw(st.sampled_from(self.finished("WH-17", "WH-02", "PU-03", "WH-06", "PU-04")))
        getattr(self, f"correct_{wrong.form_code[:2]}{wrong.form_code[3:]}".lower())(wrong, quantity)

    def correct_wh17(self, wrong: Record, quantity: Decimal) -> None:
        """Another quantity."""
        ((key, _listed),) = self.listed(wrong).items()
        gone = sum((-line[3] for line in self.model.posted.get(wrong.id, ())), Decimal(0))
        line = self.house.damaged(self.item(key[0]), key[1], quantity)
        possible = quantity <= self.model.balance(*key) + gone
        self.made(lambda: self.house.anew(wrong, lines=[line]), possible)

    def correct_wh02(self, wrong: Record, quantity: Decimal) -> None:
        """Another quantity of what came on paper, or nothing of it at all."""
        answers = self.house_answers(wrong)
        if answers["receipt"].id is not None or answers["keeper_verdict"] == "fail":
            return
        (line,) = answers["lines"]
        place, batch, item = answers["storage_place"], line["batch"] or "", line["item"].id
        record = self.made(lambda: self.house.anew(wrong, lines=[{**line, "quantity": quantity}]))
        assert record is not None
        nothing = quantity > 12
        self.house.checked(record, Decimal(0) if nothing else quantity, quantity if nothing else Decimal(0))

        def enter() -> None:
            if not nothing:
                self.model.move(record.id, item, place, quantity, batch)

        def replace() -> None:
            self.model.replace(record.id, wrong.id, enter)

        if nothing:
            done = self.attempt(
                lambda: self.house.sign(record, reject_confirmed=True, supervisor_opinion="属实"), replace
            )
        else:
            done = self.attempt(lambda: self.house.posted(record, Decimal("1.23")), replace)
        if not done:
            self.house.send_back(record)
            assert self.attempt(lambda: self.house.void(record))

    def correct_pu03(self, wrong: Record, quantity: Decimal) -> None:
        """Another demand, as far as the stock meets it; else it is given up."""
        if not self.house_answers(wrong)["stock_meets_demand"]:
            return
        (line,) = self.house_answers(wrong)["lines"]
        item = line["item"].id
        record = self.made(lambda: self.house.anew(wrong, lines=[{**line, "quantity": quantity}]))
        assert record is not None
        self.house.sign(record)
        gone = sum((-line[3] for line in self.model.posted.get(wrong.id, ())), Decimal(0))
        there = self.model.on_hand(item) + gone + self.model.on_order(item) - self.model.reserved(item)
        if quantity > there:
            self.house.send_back(record)
            assert self.attempt(lambda: self.house.void(record))
            return
        self.house.sign(record, stock_meets_demand=True)
        self.model.promised[record.id] = (wrong.id, {item: quantity})

    def correct_wh06(self, wrong: Record, quantity: Decimal) -> None:
        """Another count."""
        (row,) = self.house_answers(wrong)["lines"]
        key = (row["item"].id, row["place"])
        line = self.house.counted(self.item(key[0]), key[1], quantity)
        record = self.made(lambda: self.house.anew(wrong, lines=[line]), key not in self.model.frozen)
        if record is not None:
            self.model.frozen[key] = record.id

    def correct_pu04(self, wrong: Record, quantity: Decimal) -> None:
        """Another quantity, no less than has come; what has come counts for the new order."""
        order, requisition = self.model.orders[wrong.id], self.bought[wrong.id]
        if self.under_way(wrong.id):
            return
        id, left = self.needs[requisition]
        line = self.house_answers(wrong)["lines"][0]
        came = sum(order.came.values(), Decimal(0))
        possible = came <= quantity <= left + order.ordered
        record = self.made(lambda: self.house.anew(wrong, lines=[{**line, "quantity": quantity}]), possible)
        if record is None:
            return
        self.house.sign(record)
        self.house.sign(record, supplier_accepts=True, promised_date=date(2026, 6, 1))
        del self.model.orders[wrong.id]
        self.model.orders[record.id] = Order(id, quantity, order.came)
        self.needs[requisition] = (id, left + order.ordered - quantity)
        self.bought[record.id] = requisition
        self.notes = {note: record.id if of == wrong.id else of for note, of in self.notes.items()}

    # What must be true

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        """Batches, goods on order, promises and freezes."""
        if not hasattr(self, "items"):
            return
        ids = [item.id for item in self.items]
        reserved = promised.reserved(ids)
        for id in ids:
            for place in PLACES:
                lots = {batch: left for batch, left in self.model.stock.get((id, place), {}).items() if left}
                assert batches.at(id, place) == lots, (id, place)
            assert reserved[id] == self.model.reserved(id), id
            assert db.session.get_one(StockItem, id, populate_existing=True).on_order == self.model.on_order(
                id
            )
        held = sa.select(StockBalance).where(
            StockBalance.item_id.in_(ids), StockBalance.frozen_by_id.is_not(None)
        )
        found = {(one.item_id, one.place): one.frozen_by_id for one in db.session.scalars(held)}
        assert found == self.model.frozen

    @invariant()
    def the_books_add_up(self) -> None:
        """Balances, journals and costs; each record stands in them once."""
        if not hasattr(self, "items"):
            return
        balanced_books.check(item.id for item in self.items)
        for record in self.records.values():
            balanced_books.check_record(record)

    def teardown(self) -> None:
        """All of it is taken back."""
        db.session.rollback()
        db.session.remove()
        self.context.pop()


@pytest.mark.both_databases
@pytest.mark.timeout(0 if STEPS else 180)
def test_the_books_balance_whatever_is_done_with_goods(app: Flask, books: Books) -> None:
    Goods.app, Goods.contract = app, contract(books)
    bounds = settings(
        max_examples=max(1, STEPS // 50) if STEPS else 3,
        stateful_step_count=50 if STEPS else 20,
        deadline=None,
        database=None,
        derandomize=not STEPS,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Goods, settings=bounds)


def contract(books: Books) -> Ref:
    """An accepted contract with the first customer for a thousand of the first product."""
    product = books.one(sa.select(Product.id).where(Product.code == "M0001"))
    rows = [{"product": {"id": product, "text": "M0001"}, "quantity": "1000"}]
    record = books.record(
        "CS-34",
        answers={"customer": {"id": books.customer(), "text": "C0001"}, "products": rows},
        stages={"acceptance": {"accepted_on": "2026-05-08"}},
    )
    return Ref(record.id, record.number)
