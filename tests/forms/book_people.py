"""The people of the bookshop, and what they do over the portal's door."""

from __future__ import annotations

import base64
import io
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.demo.titles import titles
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.lib.clock import ZONE, today
from portal.models import Draft, LedgerEntry, Record, StockBalance, StockEntry, StockItem, Supplier
from portal.queries import books, ledgers, shop_books
from tests.walk import DRAWING, Walker, problems

SELLER = "浙北钢材供应有限公司 S0001"
KNOWN, NEW, OTHER = (
    titles()[0],
    titles()[6],
    titles()[7],
)  # the first lies in the shop when the books are opened
TODAY = today().isoformat()


class Shop:
    """A portal with the small company: fifty copies of one book lie in the shop."""

    def __init__(self, app: Flask) -> None:
        self.app, self.walker = app, Walker(app)
        picture = io.BytesIO(base64.b64decode(DRAWING.partition(",")[2]))
        sent = self.walker.browser("buyer").post("/files", data={"file": (picture, "单.png"), "name": "scan"})
        found = re.search(r'value="(\d+)"', sent.text)
        assert found is not None, sent.text
        self.scan = found[1]

    def submit(self, code: str, login: str, **fields: str) -> tuple[int, str]:
        """Fills a form in; gives the answer's code, and the number of the record or what is wrong."""
        address = f"{self.walker.address(FORMS[code])}new"
        return self._post(address, login, fields)

    def correct(self, number: str, login: str, **fields: str) -> tuple[int, str]:
        """Puts a returned record right."""
        with self.app.app_context():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            address, version = self.walker.address(FORMS[record.form_code]), str(record.version)
        about = {"_version": version, "_reason": "按实际更正"}
        return self._post(f"{address}{number}/correct", login, {**about, **fields})

    def void(self, number: str, login: str) -> int:
        """Gives a record up."""
        address = self.walker.address(FORMS[number[:5]])
        answer = self.walker.browser(login).post(
            f"{address}{number}/voidings", data={"_reason": "顾客不买了"}
        )
        return answer.status_code

    def anew(self, number: str, login: str, **fields: str) -> tuple[int, str]:
        """Reverses a finished record and fills it in anew."""
        address = self.walker.address(FORMS[number[:5]])
        self.walker.browser(login).post(f"{address}{number}/copies", data={"_corrects": "1"})
        with self.app.app_context():
            key = db.session.scalars(sa.select(Draft.key).where(Draft.corrects_id.is_not(None))).one()
        return self._post(f"{address}new", login, {"_key": key, **fields})

    def _post(self, address: str, login: str, fields: dict[str, str]) -> tuple[int, str]:
        answer = self.walker.browser(login).post(address, data={"_op": "submit", **fields})
        if answer.status_code == 303:
            return 303, answer.headers["Location"].rsplit("/", 1)[-1]
        return answer.status_code, problems(answer)

    def list_fields(self, *rows: tuple[str, str], **other: str) -> dict[str, str]:
        """What a purchase list of these books and quantities is filled in with."""
        fields = {"bookseller": SELLER, "list_no": "XH-1", "arrived_on": TODAY, "list_scan": self.scan}
        for at, (number, quantity) in enumerate(rows or ((KNOWN.isbn, "10"), (NEW.isbn, "5"))):
            row = {"title": "书", "book_no": number, "author": "某", "publisher": "某社", "price": "46"}
            fields |= {f"books-{at}-{name}": value for name, value in {**row, "quantity": quantity}.items()}
        return {**fields, **other}

    def list(self, *rows: tuple[str, str], **other: str) -> tuple[int, str]:
        """A purchase list."""
        return self.submit("PU-09", "buyer", **self.list_fields(*rows, **other))

    def judge(self, number: str, *, bad: int = 0, **other: str) -> bool:
        """The buyer accepts ten copies of the known title, and all of the new one but some."""
        rows = ({"accepted": 10, "rejected": 0, "reason": ""}, {"accepted": 5 - bad, "rejected": bad})
        rows[1]["reason"] = "damaged" if bad else ""
        fields = {
            f"accepted_books-{at}-{name}": str(v) for at, row in enumerate(rows) for name, v in row.items()
        }
        return self.walker.sign(number, **{**fields, **other})

    def accepted(self, *, bad: int = 0) -> str:
        """A finished purchase list: ten copies of a known title and five of a new one, some of these bad."""
        status, number = self.list()
        assert status == 303, number
        self.judge(number, bad=bad)
        self.walker.sign(number, received_quantity=str(15 - bad))
        assert self.walker.state(number) == "finished"
        return number

    def entry_fields(self, listed: str, *rows: tuple[str, str], **other: str) -> dict[str, str]:
        """What an entry slip is filled in with."""
        fields = {"purchase_list": listed, "bookseller": SELLER, "received_on": TODAY}
        for at, (number, quantity) in enumerate(rows or ((KNOWN.isbn, "10"), (NEW.isbn, "5"))):
            row = {"title": "书", "book_no": number, "quantity": quantity, "price": "46"}
            fields |= {f"books-{at}-{name}": value for name, value in row.items()}
        return {**fields, **other}

    def entry(self, listed: str, *rows: tuple[str, str], **other: str) -> tuple[int, str]:
        """An entry slip of a purchase list."""
        return self.submit("WH-12", "cataloguer", **self.entry_fields(listed, *rows, **other))

    def sale_fields(self, quantity: str = "2", **other: str) -> dict[str, str]:
        """What a payment slip of the book in the shop is filled in with."""
        moment = datetime.now(UTC).astimezone(ZONE).strftime("%Y-%m-%d 00:00")
        row = {"books-0-item": KNOWN.isbn, "books-0-quantity": quantity}
        return {"sold_at": moment, "payment_way": "cash", **row, **other}

    def sale(self, quantity: str = "2", **other: str) -> tuple[int, str]:
        """A payment slip."""
        return self.submit("WH-14", "cashier", **self.sale_fields(quantity, **other))

    def item(self, isbn: str) -> StockItem | None:
        """A title as the warehouse keeps it."""
        with self.app.app_context():
            return books.titles([isbn]).get(isbn)

    def there(self, isbn: str = KNOWN.isbn) -> Decimal:
        """How many of a book the shop has."""
        item = self.item(isbn)
        with self.app.app_context():
            found = db.session.get(StockBalance, (item.id, books.SHOP)) if item else None
            return found.quantity if found else Decimal(0)

    def moves(self, number: str) -> list[tuple[str, Decimal]]:
        """The lines of a record in the journal of the warehouse."""
        with self.app.app_context():
            query = sa.select(StockEntry).join(Record, Record.id == StockEntry.record_id)
            lines = db.session.scalars(query.where(Record.number == number).order_by(StockEntry.id))
            return [(line.kind, line.quantity) for line in lines]

    def posted(self, ledger: str) -> list[dict[str, Any]]:
        """The facts of the lines of a plain ledger."""
        with self.app.app_context():
            query = sa.select(LedgerEntry.facts).where(LedgerEntry.ledger == ledger).order_by(LedgerEntry.id)
            return list(db.session.scalars(query))

    def drafts(self, code: str) -> list[dict[str, Any]]:
        """What waits in drafts of a form."""
        with self.app.app_context():
            query = sa.select(Draft.answers).where(Draft.form_code == code, Draft.corrects_id.is_(None))
            return list(db.session.scalars(query.order_by(Draft.id)))

    def returns(self) -> int:
        """How often goods of the bookseller went back."""
        with self.app.app_context():
            return db.session.scalars(sa.select(Supplier.returns).where(Supplier.code == "S0001")).one()

    def takings(self) -> list[tuple[str, int, int, Decimal]]:
        """What was taken in a day: way of payment, slips, copies, money."""
        with self.app.app_context():
            rows = ledgers.page(shop_books.takings(), ledgers.Wanted(), "", 50).rows
            return [(row["way"], row["slips"], row["quantity"], row["amount"]) for row in rows]
