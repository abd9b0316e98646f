"""The whole way of goods, as the stories tell it: order, receipt, inspection, entry or return, count, write-off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa

from portal.demo.stories import purchasing, quality_goods, warehouse
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.lib.clock import ZONE
from portal.models import (
    CountEntry,
    Department,
    Draft,
    LedgerEntry,
    Person,
    Record,
    RoleGrant,
    StockBalance,
    StockEntry,
    StockItem,
    StoragePlace,
    Supplier,
    Task,
)
from portal.queries import goods, history, ledgers, master_books, stock_books
from portal.queries.actors import actor
from portal.services import corrections, drafts, records, route, signing
from portal.services.signatures import Hand

STORIES = {**purchasing.STORIES, **quality_goods.STORIES, **warehouse.STORIES}
NOW = datetime(2026, 5, 12, 2, 30, tzinfo=UTC)
ROLES = (
    "buyer",
    "purchasing_manager",
    "general_manager",
    "finance_supervisor",
    "administration_officer",
    "warehouse_keeper",
    "warehouse_supervisor",
    "quality_inspector",
    "quality_manager",
)


class Town:
    """The world of the stories: one person a role, six items at one place."""

    def __init__(self, seed: int) -> None:
        self.rng, self.now = Random(seed), NOW
        self.applicant = Ref(None, "")
        db.session.add(Department(id=1, key="warehouse", name="库房", name_en="Warehouse"))
        for id, role in enumerate(ROLES, 1):
            person = Person(
                id=id, login=role, number=f"E{id:03d}", name=role, department_id=1, created_at=NOW
            )
            db.session.add(person)
            db.session.add(RoleGrant(person_id=id, role=role, starts_on=date(2020, 1, 1)))
        db.session.add(StoragePlace(code="A-01"))
        for id in (1, 2):
            db.session.add(Supplier(id=id, code=f"S000{id}", name=f"供应商{id}", status="approved"))
        for id in range(1, 7):
            cost = Decimal("12.5") * id**3
            db.session.add(StockItem(id=id, code=f"I000{id}", name=f"材料{id}", unit="件", unit_cost=cost))
            db.session.flush()
            there = {"item_id": id, "place": "A-01", "quantity": Decimal(id * 120)}
            db.session.add(StockBalance(**there))
            opening = {"kind": "in", "unit_cost": cost, "balance": Decimal(id * 120), "record_id": 0}
            db.session.add(StockEntry(**there, **opening, posted_by_id=1, posted_at=NOW - timedelta(days=1)))
        db.session.flush()

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def person(self, role: str) -> Ref:
        person = db.session.scalars(sa.select(Person).where(Person.login == role)).one()
        return Ref(person.id, person.label)

    def one(self, kind: str) -> Ref:
        model = {"supplier": Supplier, "stock_item": StockItem}[kind]
        found = self.rng.choice(list(db.session.scalars(sa.select(model).order_by(model.id))))
        return Ref(found.id, found.label)

    def item_facts(self, item: Ref) -> Mapping[str, Any]:
        found = db.session.get_one(StockItem, item.id)
        there = goods.balance(found.id, "A-01")
        return {"unit": found.unit, "unit_cost": found.unit_cost, "place": "A-01", "quantity": there}

    def record(self, *codes: str) -> Ref | None:
        query = sa.select(Record.id).where(Record.form_code.in_(codes), Record.state == "finished")
        found = list(db.session.scalars(query.order_by(Record.id)))
        id = self.rng.choice(found) if found else None
        return Ref(id, goods.label(id)) if id else None

    def number(self, code: str) -> Ref:
        return self.record(code) or Ref(None, f"{code}-纸质-1")

    def answers_of(self, record: Ref) -> Mapping[str, Any]:
        return route.known(db.session.get_one(Record, record.id))

    def file(self, name: str) -> dict[str, Any]:
        return {"id": 1, "name": name, "type": "application/pdf", "sha256": "0", "size": 1}

    def photo(self, name: str) -> dict[str, Any]:
        return {"id": 2, "name": name, "type": "image/jpeg", "sha256": "0", "size": 1}

    def signature(self, name: str) -> dict[str, Any]:
        return {"id": 3, "name": name, "type": "image/png", "sha256": "0", "size": 1}

    def submit(self, code: str, **other: Any) -> Record:
        """Files the form as its story tells it; `other` answers go over the story's."""
        form = FORMS[code]
        by = self._acting(form.opened_by[0])
        self.applicant = Ref(by.id, by.person.label)
        sheet = form(answers={**STORIES[code].opening(self), **other}, context={"@now": self.now}, person=by)
        assert sheet.validate(), (code, sheet.errors)
        record = records.submit(sheet, by, key=f"{code}-{self.rng.random()}", now=self.now)
        db.session.flush()
        return record

    def anew(self, wrong: Record, **other: Any) -> Record:
        """Files a finished record once more to correct it; `other` answers go over those it has."""
        form, by = FORMS[wrong.form_code], self._acting(FORMS[wrong.form_code].opened_by[0])
        given = load(fields(form()), history.content(wrong).answers)
        sheet = form(answers={**given, **other}, context={"@corrects": wrong.id, "@now": self.now}, person=by)
        assert sheet.validate(), (wrong.number, sheet.errors)
        key = f"{wrong.number} anew"
        draft = drafts.start(form.code, by, key, {}, title="", now=self.now, corrects=wrong.id)
        record = records.submit(sheet, by, key=key, now=self.now, draft=draft)
        db.session.flush()
        return record

    def sign(self, record: Record, **other: Any) -> str:
        """Signs the step that waits; gives its key."""
        waiting = sa.select(Task).where(
            Task.record_id == record.id, Task.kind == "sign", Task.state == "open"
        )
        task = db.session.scalars(waiting).first()
        assert task is not None, (record.number, record.state)
        self.now += timedelta(minutes=20)
        key = task.step
        step = FORMS[record.form_code].signoff.step(key)
        party = step.by.parties[task.slot]
        by = self._acting("buyer" if party.kind == "outside" else party.key)
        known = route.known(record, now=self.now)
        stage = None
        if step.fills is not None:
            told = {**STORIES[record.form_code].stages[key](self, known), **other}
            stage = step.fills(answers=told, context=known, person=by)
            assert stage.validate(), (record.number, key, stage.errors)
        seen = history.shown_hash(history.content(record), history.signatures(record))
        signing.sign(task.id, by, Hand(seen=seen, outside_name="供方代表"), stage, now=self.now)
        db.session.flush()
        return key

    def finish(self, record: Record) -> Record:
        """Walks the rest of the route."""
        while record.state == "running":
            self.sign(record)
        assert record.state == "finished"
        return record

    def _acting(self, role: str) -> Any:
        return actor(db.session.get_one(Person, self.person(role).id), self.today)


@pytest.mark.parametrize("seed", range(12))
def test_every_story_runs_to_its_end(app_context: Any, seed: int) -> None:
    town = Town(seed)
    for _round in range(2):
        town.finish(town.submit("PU-04"))
        receipt = town.submit("PU-05")
        assert town.sign(receipt) == "purchasing_sign"
        town.finish(town.submit("PU-06"))
        town.finish(receipt)
        for code in ("WH-02", "PU-07", "WH-06", "WH-17"):
            town.finish(town.submit(code))


def test_stories_run_without_any_earlier_record(app_context: Any) -> None:
    town = Town(99)
    for code in ("WH-17", "WH-06", "WH-02", "PU-07", "PU-06", "PU-05", "PU-04"):
        town.finish(town.submit(code))


def test_journal_and_balances_agree_whatever_happened(app_context: Any) -> None:
    town = Town(7)
    for code in ("WH-02", "WH-17", "WH-06", "WH-02", "WH-06"):
        town.finish(town.submit(code))
    for balance in db.session.scalars(sa.select(StockBalance)):
        moved = sa.select(sa.func.sum(StockEntry.quantity)).where(StockEntry.item_id == balance.item_id)
        assert balance.quantity == db.session.scalar(moved)
        assert balance.frozen_by_id is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(CountEntry))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LedgerEntry))


def test_from_the_order_to_both_books_and_back_to_the_supplier(app_context: Any) -> None:
    town = Town(1)
    item = Ref(1, "材料1 I0001")
    on_order = lambda: db.session.get_one(StockItem, 1).on_order  # noqa: E731
    line = {"item": item, "name": "材料1", "quantity": Decimal(30), "unit": "件", "unit_price": Decimal(12)}
    order = town.finish(town.submit("PU-04", requisition=Ref(None, "纸质"), lines=[line]))
    assert on_order() == 30
    delivered = {"item": item, "delivered": Decimal(30), "batch": "B1", "packing": True}
    receipt = town.submit("PU-05", lines=[delivered], short_or_over="agrees")
    assert history.content(receipt).answers["order"]["id"] == order.id
    town.sign(receipt)
    (draft,) = db.session.scalars(sa.select(Draft).where(Draft.form_code == "PU-06"))
    assert draft.answers["receipt"]["id"] == receipt.id

    found = {
        "item": item,
        "delivered": Decimal(30),
        "sample": Decimal(3),
        "standard": "图纸",
        "measured": "偏差",
    }
    found |= {"good": Decimal(26), "bad": Decimal(4), "reason": "锈蚀"}
    sheet = town.submit("PU-06", lines=[found], verdict="partly")
    town.sign(sheet, disposal="return")
    supplier = db.session.get_one(Supplier, history.content(receipt).answers["supplier"]["id"])
    assert (supplier.inspected, supplier.passed) == (30, 26)

    town.finish(receipt)
    assert on_order() == 0
    drafts = {
        one.form_code: one.answers for one in db.session.scalars(sa.select(Draft)) if one.form_code != "PU-06"
    }
    assert drafts["WH-02"]["lines"][0]["quantity"] == "26"
    assert drafts["WH-02"]["receipt"]["id"] == receipt.id
    assert drafts["PU-07"]["lines"][0]["quantity"] == "4"

    entry = town.submit("WH-02")
    checked = [{"item": item, "good": Decimal(25), "bad": Decimal(1), "reason": "受潮"}]
    town.sign(entry, checked_lines=checked, keeper_verdict="partly")
    town.sign(entry, reject_confirmed=False)
    assert entry.step == "keeper_check"  # the supervisor disagrees
    town.sign(entry, checked_lines=checked, keeper_verdict="partly")
    assert town.sign(entry) == "supervisor_review"
    assert goods.balance(1, "A-01") == 120
    town.finish(entry)
    assert goods.balance(1, "A-01") == 145
    back = db.session.scalars(
        sa.select(Draft).where(Draft.form_code == "PU-07").order_by(Draft.id.desc())
    ).first()
    assert back is not None
    assert back.answers["order"]["id"] == order.id
    assert back.answers["warehouse_review"]["id"] == entry.id

    returned = town.finish(town.submit("PU-07", claim="replacement"))
    assert history.content(returned).answers["return_stage"] == "warehouse"
    assert on_order() == 1
    assert supplier.returns == 1


def test_a_corrected_check_stands_beside_its_correction_in_both_books(app_context: Any) -> None:
    town = Town(1)
    item = Ref(1, "材料1 I0001")
    paper = {"receipt": Ref(None, "纸质"), "inspection": Ref(None, "纸质"), "supplier": Ref(1, "供应商1")}
    line = {"item": item, "quantity": Decimal(26), "unit": "件", "batch": "B1"}
    wrong = town.finish(town.submit("WH-02", **paper, lines=[line], storage_place="A-01"))
    right = town.anew(wrong, lines=[{**line, "quantity": Decimal(20)}])
    assert entry_ledger() == [(wrong.number, "26", None)], "nothing is taken back before the correction ends"
    town.finish(right)
    assert goods.balance(1, "A-01") == 140
    assert entry_ledger() == [(right.number, "20", None), (wrong.number, "26", right.number)]
    again = town.finish(town.anew(right, lines=[{**line, "quantity": Decimal(21)}]))
    assert [line[2] for line in entry_ledger()] == [None, again.number, right.number]
    assert goods.balance(1, "A-01") == 141


def test_a_corrected_count_is_marked_by_its_correction(app_context: Any) -> None:
    town = Town(3)
    line = {"item": Ref(1, "材料1 I0001"), "place": "A-01", "counted": Decimal("119.5"), "reason": "漏记"}
    wrong = town.finish(town.submit("WH-06", lines=[line]))
    right = town.finish(town.anew(wrong, lines=[{**line, "counted": Decimal("119.6")}]))
    assert goods.balance(1, "A-01") == Decimal("119.6")
    rows = ledgers.page(stock_books.counts(), ledgers.Wanted(), "", 10).rows
    assert [(row["record"], row["before"], row["counted"], row["reversed_by"]) for row in rows] == [
        (right.number, 120, Decimal("119.6"), None),
        (wrong.number, 120, Decimal("119.5"), right.number),
    ]


@pytest.mark.parametrize("other", [1, 2])
def test_a_corrected_inspection_or_return_counts_once_for_its_supplier(app_context: Any, other: int) -> None:
    town = Town(1)
    first, second = Ref(1, "供应商1 S0001"), Ref(other, f"供应商{other} S000{other}")
    found = {"item": Ref(1, "材料1 I0001"), "delivered": Decimal(30), "sample": Decimal(3)}
    found |= {
        "standard": "图纸",
        "measured": "合格",
        "good": Decimal(26),
        "bad": Decimal(4),
        "reason": "锈蚀",
    }
    paper = {"receipt": Ref(None, "纸质"), "supplier": first, "lines": [found], "verdict": "partly"}
    wrong = town.submit("PU-06", **paper)
    town.sign(wrong, disposal="return")
    assert counted(1) == (30, 26, 0)
    better = {**found, "good": Decimal(30), "bad": Decimal(0), "reason": None}
    town.finish(town.anew(wrong, supplier=second, lines=[better], verdict="pass"))
    assert counted(other) == (30, 30, 0)
    back = {"order": Ref(None, "纸质"), "supplier": first, "return_stage": "receipt", "claim": "refund"}
    back |= {"inspection": None, "warehouse_review": None}
    returned = town.finish(town.submit("PU-07", **back))
    town.finish(town.anew(returned, supplier=second))
    assert counted(other) == (30, 30, 1)
    if other != 1:
        assert counted(1) == (0, 0, 0)


def counted(supplier: int) -> tuple[Decimal, Decimal, int]:
    """What the list of suppliers says of one."""
    row = db.session.get_one(Supplier, supplier)
    return row.inspected, row.passed, row.returns


def entry_ledger() -> list[tuple[str, str, str | None]]:
    """Record, quantity and the record that took it back, newest first."""
    rows = ledgers.page(master_books.entries("entry_ledger"), ledgers.Wanted(), "", 10).rows
    return [(row["record"], row["quantity"], row["reversed_by"]) for row in rows]


def test_a_rejected_count_is_counted_again_with_the_place_still_frozen(app_context: Any) -> None:
    town = Town(3)
    line = {"item": Ref(1, "材料1 I0001"), "place": "A-01", "counted": Decimal(110), "reason": "漏记"}
    count = town.submit("WH-06", lines=[line])
    assert goods.frozen(count.id) == {(1, "A-01")}
    town.sign(count, verdict="rejected", reject_reason="重新查询数据")
    assert (count.state, count.round) == ("returned", 2)
    by = actor(db.session.get_one(Person, count.applicant_id), town.today)
    again = FORMS["WH-06"](
        answers={**STORIES["WH-06"].opening(town), "lines": [{**line, "counted": Decimal(112)}]},
        context={"@record_id": count.id, "@round": count.round},
        person=by,
    )
    assert again.validate(), again.errors
    corrections.correct(count.id, again, by, reason="复盘", seen=count.version, now=town.now)
    town.finish(count)
    assert history.content(count).answers["count_round"] == 2
    assert goods.balance(1, "A-01") == 112
    assert goods.frozen(count.id) == set()


def test_a_list_sent_back_from_the_removal_is_taken_off_the_books_once(app_context: Any) -> None:
    town = Town(5)
    line = {"item": Ref(1, "材料1 I0001"), "place": "A-01", "cause": "storage", "usable": False}
    listed = town.submit("WH-17", lines=[{**line, "quantity": Decimal(120)}])
    town.sign(listed)
    assert goods.balance(1, "A-01") == 0
    keeper = actor(db.session.get_one(Person, listed.applicant_id), town.today)
    task = db.session.scalars(
        sa.select(Task).where(Task.record_id == listed.id, Task.step == "removal")
    ).one()
    seen = history.shown_hash(history.content(listed), history.signatures(listed))
    hand = Hand(seen=seen, opinion="数量有误")
    signing.send_back(task.id, keeper, hand, "applicant", now=town.now)
    opening = {**STORIES["WH-17"].opening(town), "lines": [{**line, "quantity": Decimal(4)}]}
    again = FORMS["WH-17"](answers=opening, context={"@record_id": listed.id, "@round": 2}, person=keeper)
    assert again.validate(), again.errors
    corrections.correct(listed.id, again, keeper, reason="更正", seen=listed.version, now=town.now)
    town.finish(listed)
    assert goods.balance(1, "A-01") == 116
    town.finish(town.anew(listed, lines=[{**line, "quantity": Decimal(118)}]))
    assert goods.balance(1, "A-01") == 2
