"""People who buy, inspect, store and hand out goods: the forms of goods filled in and signed through the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.base import Sheet
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.models import Customer, Department, Person, Product, Record, StockItem, Supplier, Task
from portal.queries import history
from portal.queries.actors import Actor, actor
from portal.queries.books import SHOP
from portal.queries.pick import record_label
from portal.services import corrections, drafts, records, route, signing, tasks
from portal.services.signatures import Hand
from tests.services.office import Office

PAPER = Ref(None, "纸质")
FILE = {"id": 1, "name": "a.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
PHOTO = {**FILE, "name": "a.jpg", "type": "image/jpeg"}
PLACES = ("A-01", "B-01", SHOP)
_keys = count(1)


class Wrong(Refusal):
    """A sheet that does not pass, as its page would say."""


class House:
    """Fills in and signs forms of goods in the session at hand; `choose` picks one of several people."""

    def __init__(self, now: datetime, choose: Callable[[list[int]], int] = min) -> None:
        self.now, self.choose = now, choose
        self.office = Office()
        self.office.now = now
        self.people: dict[int, Actor] = {}
        self.hold = False  # whether the records that a sheet names are locked first, as its page does

    @property
    def today(self) -> date:
        """The day of all that happens here."""
        return self.now.date()

    def actor(self, person_id: int) -> Actor:
        """Somebody with today's rights."""
        if person_id not in self.people:
            self.people[person_id] = actor(db.session.get_one(Person, person_id), self.today)
        return self.people[person_id]

    def named(self, login: str) -> Actor:
        """Somebody by login."""
        return self.actor(self.office.id(login))

    def filled(self, sheet: Sheet, record: Record | None = None) -> Any:
        """The sheet, if it passes.

        Raises:
            Wrong: it does not.
        """
        if self.hold:
            records.hold(sheet, record)
        if not sheet.validate():
            rows = [
                error
                for field in sheet
                for row in getattr(field, "rows", ())
                for error in row.errors.values()
            ]
            raise Wrong(f"{sheet.errors} {rows}")
        return sheet

    def submit(self, code: str, login: str, **answers: Any) -> Record:
        """A new record."""
        by = self.named(login)
        sheet = self.filled(FORMS[code](answers=answers, context={"@now": self.now}, person=by))
        return records.submit(sheet, by, key=f"goods-{code}-{next(_keys)}-{id(self)}", now=self.now)

    def anew(self, wrong: Record, **other: Any) -> Record:
        """A finished record filed once more to correct it, with other answers over those that it has."""
        form, by = FORMS[wrong.form_code], self.actor(wrong.applicant_id)
        given = {**load(fields(form()), history.content(wrong).answers), **other}
        context = {"@corrects": wrong.id, "@now": self.now}
        sheet = self.filled(form(answers=given, context=context, person=by))
        key = f"goods-anew-{next(_keys)}-{id(self)}"
        draft = drafts.start(form.code, by, key, {}, title="", now=self.now, corrects=wrong.id)
        return records.submit(sheet, by, key=key, now=self.now, draft=draft)

    def again(self, record: Record, **other: Any) -> Record:
        """The next version of a record that was returned or withdrawn."""
        form, by = route.form_of(record), self.actor(record.applicant_id)
        given = {**load(fields(form()), history.content(record).answers), **other}
        sheet = self.filled(form(answers=given, context=route.known(record, now=self.now), person=by), record)
        return corrections.correct(record.id, sheet, by, reason="更正", seen=record.version, now=self.now)

    def turn(self, record: Record) -> Task | None:
        """The open turn of a record."""
        query = (
            sa.select(Task)
            .where(Task.record_id == record.id, Task.kind == "sign", Task.state == "open")
            .order_by(Task.id)
            .execution_options(populate_existing=True)
        )
        return db.session.scalars(query).first()

    def hand(self, record: Record, task: Task) -> tuple[Actor, Hand]:
        """Who takes a turn, and what comes with the signature."""
        barred = [one.person_id for one in task.exclusions]
        able = tasks.able([holder.key for holder in task.holders], barred, self.now)
        by = self.actor(self.choose(sorted(able)))
        values: dict[str, Any] = {}
        if task.outside:
            values = {"outside_name": "王五", "outside_way": "device", "drawn_id": self.office.drawing()}
        return by, self.office.hand(record, **values)

    def sign(self, record: Record, **answers: Any) -> None:
        """Signs the record's open turn with these answers; a stage of which nothing is said is filled as it proposes."""
        task = self.turn(record)
        if task is None:
            raise Wrong(f"{record.number} waits for nobody")
        by, hand = self.hand(record, task)
        fills = route.form_of(record).signoff.step(task.step).fills
        sheet = None
        if fills is not None:
            known = route.known(record, now=self.now)
            proposed = fills(context=known, person=by).proposal()
            sheet = self.filled(fills(answers={**proposed, **answers}, context=known, person=by), record)
        signing.sign(task.id, by, hand, sheet, now=self.now)

    def send_back(self, record: Record, to: str = "applicant") -> None:
        """Whose turn it is returns the record."""
        task = self.turn(record)
        if task is None:
            raise Wrong(f"{record.number} waits for nobody")
        by, hand = self.hand(record, task)
        signing.send_back(task.id, by, hand, to, now=self.now)

    def refuse(self, record: Record) -> None:
        """Whose turn it is refuses the record."""
        task = self.turn(record)
        if task is None:
            raise Wrong(f"{record.number} waits for nobody")
        by, hand = self.hand(record, task)
        signing.refuse(task.id, by, hand, now=self.now)

    def withdraw(self, record: Record) -> None:
        """The applicant takes the record back."""
        corrections.withdraw(record.id, self.actor(record.applicant_id), reason="x", now=self.now)

    def void(self, record: Record) -> None:
        """The applicant gives the record up."""
        corrections.void(record.id, self.actor(record.applicant_id), reason="x", now=self.now)

    # The forms, each with what it needs and nothing more

    def entry(
        self,
        item: StockItem,
        quantity: Decimal,
        place: str,
        batch: str,
        receipt: Ref = PAPER,
        inspection: Ref = PAPER,
    ) -> Record:
        """WH-02 for goods that came, with or without the records of their coming."""
        line = {"item": ref(item), "quantity": quantity, "unit": "件", "batch": batch}
        return self.submit(
            "WH-02",
            "warehouse_keeper",
            receipt=receipt,
            inspection=inspection,
            supplier=self.supplier(),
            lines=[line],
            arrived_at=self.now,
            handed_by=self.office.ref("buyer"),
            storage_place=place,
        )

    def checked(self, record: Record, good: Decimal, bad: Decimal = Decimal(0)) -> None:
        """The keeper's check of an entry of one item."""
        (line,) = route.known(record)["lines"]
        row = {"item": line["item"], "good": good, "bad": bad, "reason": "锈蚀" if bad else None}
        verdict = "pass" if not bad else "partly" if good else "fail"
        self.sign(record, checked_lines=[row], keeper_verdict=verdict)

    def posted(self, record: Record, cost: Decimal) -> None:
        """The entry into the books."""
        (line,) = route.known(record)["checked_lines"]
        row = {"item": line["item"], "quantity": line["good"], "cost": cost}
        self.sign(record, posted_on=self.today, unit_costs=[row])

    def requisition(self, *needed: tuple[StockItem, Decimal]) -> Record:
        """PU-03."""
        department = db.session.scalars(sa.select(Department).where(Department.key == "warehouse")).one()
        lines = [
            {
                "item": ref(item),
                "name": item.name,
                "quantity": quantity,
                "unit": "件",
                "needed_by": self.today + timedelta(days=9),
            }
            for item, quantity in needed
        ]
        return self.submit(
            "PU-03",
            "employee",
            department=Ref(department.id, department.name),
            category="parts",
            lines=lines,
            urgency="normal",
            purpose="生产领用",
        )

    def order(self, requisition: Ref, *wanted: tuple[StockItem, Decimal], price: Decimal) -> Record:
        """PU-04."""
        lines = [
            {"item": ref(item), "name": item.name, "quantity": quantity, "unit": "件", "unit_price": price}
            for item, quantity in wanted
        ]
        return self.submit(
            "PU-04",
            "buyer",
            supplier=self.supplier(),
            requisition=requisition,
            lines=lines,
            delivery_date=self.today + timedelta(days=9),
            delivery_place="库房",
            payment_terms="月结",
            quality_terms="附合格证",
            price_compared=True,
        )

    def receipt(self, order: Ref, item: StockItem, quantity: Decimal, batch: str, difference: str) -> Record:
        """PU-05."""
        line = {"item": ref(item), "delivered": quantity, "batch": batch, "packing": True}
        return self.submit(
            "PU-05",
            "buyer",
            supplier=self.supplier(),
            order=order,
            delivery_note_no="SH1",
            received_at=self.now,
            lines=[line],
            note_scan=[FILE],
            short_or_over=difference,
        )

    def inspection(self, receipt: Ref, item: StockItem, good: Decimal, bad: Decimal) -> Record:
        """PU-06."""
        line = {"item": ref(item), "delivered": good + bad, "sample": min(good + bad, Decimal(1))}
        line |= {"standard": "图纸", "measured": "见记录", "good": good, "bad": bad}
        line |= {"reason": "锈蚀" if bad else None}
        return self.submit(
            "PU-06",
            "quality_inspector",
            receipt=receipt,
            supplier=self.supplier(),
            lines=[line],
            certificate_seen=True,
            inspected_at=self.now,
            inspector=self.office.ref("quality_inspector"),
            verdict="pass" if not bad else "partly" if good else "fail",
        )

    def delivery(self, contract: Ref, product: Product, quantity: Decimal) -> Record:
        """CS-31."""
        customer = db.session.scalars(sa.select(Customer).where(Customer.code == "C0001")).one()
        return self.submit(
            "CS-31",
            "salesperson",
            customer=Ref(customer.id, customer.label),
            contract_or_order=contract,
            delivery_address="湖州市织里镇",
            site_contact="钱卫红",
            site_phone="0572-5550101",
            wanted_from=self.now + timedelta(days=2),
            goods=[{"product": Ref(product.id, product.label), "quantity": quantity, "unit": "台"}],
        )

    def sale(self, item: StockItem, quantity: Decimal) -> Record:
        """WH-14."""
        row = {"item": ref(item), "quantity": int(quantity), "price": Decimal("28.50")}
        return self.submit("WH-14", "cashier", sold_at=self.now, books=[row], payment_way="cash")

    def count(self, *counted: tuple[StockItem, str, Decimal]) -> Record:
        """WH-06."""
        lines = [self.counted(*one) for one in counted]
        return self.submit(
            "WH-06",
            "warehouse_keeper",
            count_kind="monthly_spot",
            count_date=self.today,
            frozen_at=self.now,
            places="、".join({place for _item, place, _counted in counted}),
            team="钱库、李库",
            lines=lines,
        )

    @staticmethod
    def counted(item: StockItem, place: str, quantity: Decimal) -> dict[str, Any]:
        """A line of a count."""
        return {"item": ref(item), "place": place, "counted": quantity, "reason": "漏记"}

    def write_off(self, item: StockItem, place: str, quantity: Decimal) -> Record:
        """WH-17."""
        return self.submit(
            "WH-17",
            "warehouse_keeper",
            stock_plan=PAPER,
            list_date=self.today,
            lines=[self.damaged(item, place, quantity)],
            photos=[PHOTO],
        )

    @staticmethod
    def damaged(item: StockItem, place: str, quantity: Decimal) -> dict[str, Any]:
        """A line of a write-off list."""
        return {"item": ref(item), "place": place, "quantity": quantity, "cause": "storage", "usable": False}

    @staticmethod
    def supplier() -> Ref:
        """The first supplier."""
        row = db.session.scalars(sa.select(Supplier).order_by(Supplier.id)).first()
        assert row is not None
        return Ref(row.id, row.label)


def ref(row: StockItem) -> Ref:
    """An item as an answer."""
    return Ref(row.id, row.label)


def link(record: Record) -> Ref:
    """A record as an answer."""
    return Ref(record.id, record_label(record))


def stage(record: Record) -> Mapping[str, Any]:
    """All answers of a record so far."""
    return route.known(record)
