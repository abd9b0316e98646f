"""The small company's people of sales at work: sheets checked by their rules, records signed to their end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.models import Customer, Draft, Person, Product, Record, StockItem, Task
from portal.queries import history
from portal.queries.actors import Actor, actor
from portal.queries.pick import record_label
from portal.services import corrections, drafts, records, route, signing, tasks
from portal.services.signatures import Hand

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)  # a Tuesday afternoon, the day after the company was founded
TODAY = date(2026, 5, 12)
LIFT, CART = "M0001", "M0002"  # 38,600 with six in stock; 26,800 and made to order
TAIHE, SCHOOL, DEALER = "C0001", "C0002", "C0003"  # two with a file, a new one without
_keys = count(1)


def days(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


class Shop:
    """Acts in the session at hand; nothing here commits."""

    now = NOW

    def actor(self, login: str) -> Actor:
        """The person with this login, with the rights of the day."""
        person = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
        return actor(person, TODAY)

    def person(self, login: str) -> Ref:
        """The person as an answer."""
        found = self.actor(login).person
        return Ref(found.id, found.label)

    def customer(self, code: str = TAIHE) -> Customer:
        """The customer's row as it is now."""
        return self._row(Customer, code)

    def product(self, code: str) -> Product:
        """The product's row as it is now."""
        return self._row(Product, code)

    def item(self, id: int | None) -> StockItem:
        """A stock item."""
        return db.session.get_one(StockItem, id)

    def ref(self, row: Any) -> Ref:
        """A row of master data, or a record, as an answer."""
        return Ref(row.id, record_label(row) if isinstance(row, Record) else row.label)

    def sheet(
        self, code: str, login: str = "salesperson", *, corrects: Record | None = None, **answers: Any
    ) -> Any:
        """A filled sheet, checked by its rules."""
        context = {"@now": self.now, "@corrects": corrects.id if corrects else None}
        form = FORMS[code](answers=answers, context=context, person=self.actor(login))
        form.validate()
        return form

    def page(self, code: str, login: str = "salesperson") -> dict[str, Any]:
        """What the empty page of a form begins with."""
        found = FORMS[code](context={"@now": self.now}, person=self.actor(login)).answers()
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def submit(self, code: str, login: str = "salesperson", **answers: Any) -> Record:
        """A new record of a sheet that is good."""
        form = self.sheet(code, login, **answers)
        assert not form.errors, form.errors
        corrects = answers.pop("corrects", None)
        by, draft = self.actor(login), None
        if corrects is not None:
            draft = drafts.start(
                code, by, f"shop-{next(_keys)}", {}, title="", now=self.now, corrects=corrects.id
            )
            db.session.flush()
        record = records.submit(form, by, key=f"shop-{next(_keys)}", now=self.now, draft=draft)
        db.session.flush()
        return record

    def correct(self, record: Record, login: str = "salesperson", **changed: Any) -> None:
        """The returned record once more, with these answers changed."""
        form, content = FORMS[record.form_code], history.content(record)
        given = {**load(fields(form()), content.answers), **changed}
        sheet: Any = form(answers=given, context=route.known(record, now=self.now), person=self.actor(login))
        assert sheet.validate(), sheet.errors
        by = self.actor(login)
        corrections.correct(record.id, sheet, by, reason="put right", seen=record.version, now=self.now)
        db.session.flush()

    def stage(self, record: Record, **answers: Any) -> Any:
        """The stage of the record's next turn, checked by its rules."""
        fills = FORMS[record.form_code].signoff.step(record.step).fills
        assert fills is not None
        sheet = fills(answers=answers, context=route.known(record, now=self.now))
        sheet.validate()
        return sheet

    def sign(self, record: Record, **answers: Any) -> Record:
        """The next turn is taken by somebody who may."""
        task, by, hand = self._turn(record)
        stage = None
        if FORMS[record.form_code].signoff.step(record.step).fills is not None:
            stage = self.stage(record, **answers)
            assert not stage.errors, stage.errors
        signing.sign(task.id, by, hand, stage, now=self.now)
        db.session.flush()
        return record

    def refuse(self, record: Record) -> Record:
        """The next turn says no."""
        task, by, hand = self._turn(record)
        signing.refuse(task.id, by, hand, now=self.now)
        db.session.flush()
        return record

    def send_back(self, record: Record) -> Record:
        """The next turn returns the record to its applicant."""
        task, by, hand = self._turn(record)
        signing.send_back(task.id, by, hand, "applicant", now=self.now)
        db.session.flush()
        return record

    def signers(self, record: Record) -> set[str]:
        """The logins of those whose turn it is."""
        task, _by, _hand = self._turn(record)
        able = tasks.able([one.key for one in task.holders], [], self.now)
        return {db.session.get_one(Person, id).login for id in able}

    def drafts(self, record: Record, code: str) -> list[Draft]:
        """The drafts of a form that the record has opened."""
        query = sa.select(Draft).where(Draft.source_id == record.id, Draft.form_code == code)
        return list(db.session.scalars(query.order_by(Draft.id)))

    def drafted(self, record: Record, code: str) -> dict[str, Any]:
        """The typed answers of the one draft of a form that the record has opened."""
        (draft,) = self.drafts(record, code)
        return load(fields(FORMS[code]()), draft.answers)

    def asked(self, record: Record) -> list[Task]:
        """The things to do about the record, besides its route."""
        return [task for task in history.open_tasks(record) if task.kind == "ask"]

    def order(self, *lines: tuple[str, int], code: str = SCHOOL, **changed: Any) -> dict[str, Any]:
        """The answers of an order for so many of these products at their uniform price."""
        prices = {LIFT: Decimal("38600.00"), CART: Decimal("26800.00")}
        return {
            "customer": self.ref(self.customer(code)),
            "order_date": TODAY,
            "lines": [
                {
                    "product": self.ref(self.product(product)),
                    "quantity": Decimal(quantity),
                    "price": prices[product],
                    "wanted_by": days(30),
                }
                for product, quantity in lines
            ],
            "delivery_address": "长兴县学府路 6 号",
            **changed,
        }

    def ordered(self, *lines: tuple[str, int], **changed: Any) -> Record:
        """An order that the customer has confirmed."""
        record = self.submit("CR-17", **self.order(*lines, **changed))
        self.sign(record)
        if record.step == "finance_release":
            self.sign(record, released=True)
        return self.sign(record, confirmed_on=TODAY)

    def _turn(self, record: Record) -> tuple[Task, Actor, Hand]:
        task = next(
            one for one in history.open_tasks(record) if one.kind in ("sign", "added") and one.state == "open"
        )
        barred = [one.person_id for one in task.exclusions]
        able = tasks.able([one.key for one in task.holders], barred, self.now)
        person = db.session.get_one(Person, min(able))
        seen = history.shown_hash(history.content(record), history.signatures(record))
        outsider = {"outside_name": "钱卫红", "outside_way": "device"} if task.outside else {}
        return task, actor(person, TODAY), Hand(seen=seen, opinion="同意", **outsider)

    def _row(self, model: Any, code: str) -> Any:
        return db.session.scalars(sa.select(model).where(model.code == code)).one()


def wrong(sheet: Any) -> set[str]:
    """The fields that a sheet is refused for."""
    return set(sheet.errors)


def wrong_in(sheet: Any, table: str, row: int = 0) -> set[str]:
    """The columns that a row is refused for."""
    return {field.short_name for field in getattr(sheet, table).rows[row] if field.errors}
