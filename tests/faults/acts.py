"""What people do in the portal, each ready to be sent, and what it leaves when it was done."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import outbox
from portal.lib.clock import today
from portal.models import (
    AuditEvent,
    Comment,
    DocumentReading,
    DocumentRevision,
    Draft,
    Notice,
    OwnKey,
    Person,
    PublicRequest,
    Record,
    RecordPrint,
    Signature,
    SignInSession,
    StoredFile,
    Substitution,
)
from tests.blueprints import test_public as public
from tests.blueprints.test_home import approvals
from tests.documents.library import NUMBER, Library
from tests.walk import DRAWING
from tests.web.conftest import Desk, value
from tests.web.test_findings import FILLED

OFFICER, MANAGER, COLLEAGUE = "customer_service_officer", "purchasing_manager", "purchasing_manager_2"
COMPLAINTS, ORDERS = "/customer-service/complaints/", "/purchasing/purchase-orders/"
SESSION = frozenset({"sign_in_sessions"})  # that the password was given is noted before the act begins
NEW = "grey-lantern-harbour-51"


@dataclass(frozen=True)
class Act:
    """A request that can be sent again and again, what it answers when done, and the rows that it leaves."""

    send: Callable[[], TestResponse]
    left: Any
    status: int = 303
    once: int = 1
    drawn: bool = False  # the page that answers is drawn after the write
    but: frozenset[str] = frozenset()  # tables that a failed try writes to on purpose


def posts(desk: Desk, login: str, path: str, data: dict[str, Any], left: Any, **more: Any) -> Act:
    """Somebody posts a form."""
    browser = desk.browser(login)
    return Act(lambda: browser.post(path, data=data), left, **more)


def rows(model: Any, *where: Any) -> Any:
    """How many rows there are."""
    return sa.select(sa.func.count()).select_from(model).where(*where)


def submit(desk: Desk, op: str = "submit", left: Any = None) -> Act:
    """Fills a complaint in and submits it."""
    data: dict[str, list[str]] = {"_op": [op], "_key": ["a-page"]}
    for name, text in desk.told("CS-51"):
        data.setdefault(name, []).append(text)
    return posts(
        desk,
        OFFICER,
        f"{COMPLAINTS}new",
        data,
        rows(Record, Record.form_code == "CS-51") if left is None else left,
    )


def save(desk: Desk) -> Act:
    """Saves a draft."""
    return submit(desk, "save", rows(Draft, Draft.key == "a-page"))


def decision(op: str, act: str, **given: str) -> Callable[[Desk], Act]:
    """Decides at an order's first step."""

    def prepare(desk: Desk) -> Act:
        number = desk.walker.open("PU-04")
        data = {"_op": op, "_opinion": "价格太高", **given, **desk.turn(MANAGER, number)}
        return posts(
            desk,
            MANAGER,
            f"{ORDERS}{number}/signatures",
            data,
            rows(Signature, Signature.act == act),
            but=SESSION,
        )

    return prepare


def _returned(desk: Desk) -> str:
    number = desk.walker.open("PU-04")
    data = {"_op": "return", "_opinion": "价格太高", **desk.turn(MANAGER, number)}
    assert desk.browser(MANAGER).post(f"{ORDERS}{number}/signatures", data=data).status_code == 303
    return number


def correct(desk: Desk) -> Act:
    """Submits a returned order again."""
    number = _returned(desk)
    data: dict[str, list[str]] = {"_op": ["submit"], "_version": ["1"], "_reason": ["已议价"]}
    for name, text in desk.told("PU-04"):
        data.setdefault(name, []).append(text)
    left = rows(Record, Record.number == number, Record.version == 2)
    return posts(desk, "buyer", f"{ORDERS}{number}/correct", data, left)


def void(desk: Desk) -> Act:
    """Gives a returned order up."""
    number = _returned(desk)
    return posts(
        desk,
        "buyer",
        f"{ORDERS}{number}/voidings",
        {"_reason": "不再需要"},
        rows(Record, Record.state == "voided"),
    )


def withdraw(desk: Desk) -> Act:
    """Takes an order back."""
    number = desk.walker.open("PU-04")
    left = rows(Record, Record.number == number, Record.state == "withdrawn")
    return posts(desk, "buyer", f"{ORDERS}{number}/withdrawals", {"_reason": "写错了"}, left)


def copy_to(desk: Desk) -> Act:
    """Lets somebody read an order."""
    number = desk.walker.open("PU-04")
    reader = desk.one(sa.select(Person.id).where(Person.login == "designer"))
    left = rows(Notice, Notice.kind == "copied")
    return posts(desk, "buyer", f"{ORDERS}{number}/readers", {"_person": str(reader)}, left)


def comment(desk: Desk) -> Act:
    """Says something."""
    number = desk.walker.open("PU-04")
    return posts(desk, MANAGER, f"{ORDERS}{number}/comments", {"_opinion": "请核对单价"}, rows(Comment))


def upload(desk: Desk) -> Act:
    """Hands a picture in."""
    data, browser = base64.b64decode(DRAWING.partition(",")[2]), desk.browser(OFFICER)

    def send() -> TestResponse:
        return browser.post("/files", data={"file": (io.BytesIO(data), "现场.png"), "name": "evidence"})

    return Act(send, rows(StoredFile, StoredFile.name == "现场.png"), status=200)


def approve(desk: Desk) -> Act:
    """Approves three orders at once."""
    for _one in range(3):
        desk.walker.open("PU-04")
    seen = approvals(desk.browser(MANAGER).get("/").text)
    assert len(seen) == 3
    data = {"task": [f"{id}:{where}" for id, where in seen.items()]}
    left = rows(Signature, Signature.act == "signed")
    return posts(desk, MANAGER, "/tasks/approve", data, left, status=200, once=3, drawn=True)


def delegate(desk: Desk) -> Act:
    """Hands one's turn over."""
    number = desk.walker.open("PU-04")
    with desk.app.app_context():
        name = db.session.scalars(sa.select(Person.number).where(Person.login == COLLEAGUE)).one()
    data = {"_act": "hand_over", "_reason": "出差", "_person": name, **desk.turn(MANAGER, number)}
    left = rows(AuditEvent, AuditEvent.kind == "handed_over")
    return posts(desk, MANAGER, f"{ORDERS}{number}/turns", data, left)


def substitute(desk: Desk) -> Act:
    """Names a substitute."""
    with desk.app.app_context():
        number = db.session.scalars(sa.select(Person.number).where(Person.login == "buyer_2")).one()
    data = {"substitute": number, "starts_on": f"{today()}", "ends_on": f"{today()}", "reason": "年假"}
    return posts(desk, "buyer", "/account/substitutes", data, rows(Substitution))


def release(desk: Desk) -> Act:
    """Signs a document's release to its end."""
    with desk.app.app_context(), transaction():
        library = Library()
        record = library.sent(library.begun())
        while record.step != "release":
            library.sign(record)
        number = record.number
    data = {
        "_op": "sign",
        "effective_on": f"{today()}",
        **desk.turn("document_controller", number),
    }
    left = rows(DocumentRevision, DocumentRevision.effective_on == today())
    return posts(desk, "document_controller", f"/quality/document-releases/{number}/signatures", data, left)


def confirm(desk: Desk) -> Act:
    """Says that a document is read."""
    with desk.app.app_context(), transaction():
        Library().load()
    left = rows(DocumentReading, DocumentReading.read_at.is_not(None))
    return posts(desk, "quality_inspector", f"/documents/{NUMBER}/receipt", {"number": "1.0"}, left)


def finding(desk: Desk) -> Act:
    """Notes what an audit has found."""
    number = desk.walker.open("PU-04")
    page = desk.browser("auditor").get(f"/trail/findings/new?record={number}").text
    hidden = {name: value(page.partition('action="/trail/findings"')[2], name) for name in ("_key", "record")}
    return posts(
        desk,
        "auditor",
        "/trail/findings",
        {**hidden, **FILLED},
        rows(AuditEvent, AuditEvent.kind == "finding_noted"),
    )


def copy(desk: Desk) -> Act:
    """Takes a copy of a finished complaint."""
    number = desk.walker.walk("CS-51")
    with desk.app.app_context():
        outbox.drain()
        db.session.remove()
    return posts(desk, OFFICER, f"{COMPLAINTS}{number}/prints", {"language": "zh"}, rows(RecordPrint))


def password(desk: Desk) -> Act:
    """Chooses another password."""
    left = rows(AuditEvent, AuditEvent.kind == "password_changed")
    return posts(desk, "buyer", "/account/password", {"old": DEMO_PASSWORD, "new": NEW, "again": NEW}, left)


def own_key(desk: Desk) -> Act:
    """Sets a key of one's own up."""
    seen = value(desk.browser(MANAGER).get("/account/key").text, "seen")
    return posts(desk, MANAGER, "/account/key", {"password": DEMO_PASSWORD, "seen": seen}, rows(OwnKey))


def sign_with_key(desk: Desk) -> Act:
    """Signs an order with a key of one's own, which the password opens."""
    assert own_key(desk).send().status_code == 303
    return decision("sign", "signed", _password=DEMO_PASSWORD)(desk)


def sign_in(desk: Desk) -> Act:
    """Signs in."""
    data = {"login": "buyer", "password": DEMO_PASSWORD}
    opened = rows(SignInSession)
    return Act(lambda: desk.app.test_client().post("/sign-in", data=data), opened)


def request(desk: Desk) -> Act:
    """A stranger asks for a repair."""
    assert public.switch(desk.walker, "yes", reason="试行网上受理").status_code == 303
    return Act(lambda: public.send(desk.app, address="127.0.0.1"), rows(PublicRequest))


ACTS: dict[str, Callable[[Desk], Act]] = {
    "submit": submit,
    "save": save,
    "sign": decision("sign", "signed"),
    "return": decision("return", "returned"),
    "refuse": decision("refuse", "refused"),
    "correct": correct,
    "void": void,
    "withdraw": withdraw,
    "comment": comment,
    "upload": upload,
    "approve": approve,
    "delegate": delegate,
    "substitute": substitute,
    "release": release,
    "confirm": confirm,
    "finding": finding,
    "copy": copy,
    "copy_to": copy_to,
    "password": password,
    "own_key": own_key,
    "sign_with_key": sign_with_key,
    "sign_in": sign_in,
    "request": request,
}
