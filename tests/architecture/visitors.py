"""A portal with a record, five visitors who try every address, and a way back to how it was before each try."""

from __future__ import annotations

import base64
import io
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.domain.prints import GROUPS
from portal.extensions import db
from portal.jobs import witnesses
from portal.lib import spoken_codes
from portal.lib.clock import now, today
from portal.models import (
    CompanySetting,
    Notice,
    OutboxRow,
    Person,
    Posting,
    PostingDepartment,
    Record,
    RoleGrant,
    SignInSession,
    Task,
)
from portal.queries import prints, public_requests, revisions
from portal.queries.actors import actor
from portal.services import outside, record_prints
from portal.services import revisions as texts
from tests.conftest import make_app
from tests.kept import Kept
from tests.walk import DRAWING, Walker

ROOMS = ("customer-service", "engineering", "design", "purchasing", "warehouse", "quality")
# The owner has filled in the record that the addresses name; the employee has neither a role nor a record.
PEOPLE = {
    "stranger": "",
    "employee": "employee",
    "auditor": "auditor",
    "administrator": "administrator",
    "owner": "customer_service_officer",
}
DOCUMENT, PICTURE = "PU-P-02", "scheme.png"
KEYS = {
    "/admin/departments": "quality",
    "/admin/limits": "purchase_order_limit",
    "/registers": "stock_list",
    "/obligations": "O65",
    "/quality/kpi": "complaints",
}
KEYS |= dict.fromkeys(("/<department>/charts", f"/{ROOMS[0]}/charts"), "open")


@dataclass
class Site:
    """The portal, a browser for each visitor, and what stands for the variables of addresses."""

    app: Flask
    browsers: dict[str, FlaskClient]
    cookies: dict[str, str]
    values: dict[str, str]

    def path(self, rule: str) -> str:
        """The address that a rule gives for the record and its things."""
        at = rule.replace("<department>", ROOMS[0])
        for start, key in KEYS.items():
            if rule.startswith(start):
                at = at.replace("<key>", key)
        at = re.sub(r"(\w+)/<int:id>", lambda found: f"{found[1]}/{self.values.get(found[1], '1')}", at)
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: self.values[found[1]], at)

    def keep(self) -> None:
        """Remembers the database as it is."""
        Kept(self.app).keep()

    def reset(self) -> None:
        """Puts the database back."""
        Kept(self.app).reset()
        for name, cookie in self.cookies.items():
            self.browsers[name].set_cookie("portal", cookie)


def found(folder: Path, template: Path) -> Site:
    """Furnishes a copy of the small company."""
    shutil.copytree(template, folder)
    site = furnished(make_app(folder))
    site.keep()
    return site


def furnished(app: Flask) -> Site:
    """Puts into the portal a complaint with its first turn open, a briefing that waits for its customer,
    a notice for everybody, the public page, a checkpoint of the trail."""
    with app.app_context(), transaction():
        opened = CompanySetting(key=public_requests.SETTING, value=public_requests.ON, changed_at=now())
        db.session.add(opened)
    walker = Walker(app)
    complaint, briefing = walker.open("CS-51"), walker.open("EN-18")
    posting = _posting(app, walker)
    while not _outside(app):
        assert walker.sign(briefing)
    browsers = {name: _browser(app, login) for name, login in PEOPLE.items()}
    values = {
        "slug": "complaints",
        "number": complaint,
        "kind": "person",
        "key": "overdue_tracking",
        "posting": posting,
    }
    values |= {
        "day": "2026-12-24",
        "which": "days",
        "code": "C0001",
        "supplier": "S0001",
        "project": "P0001",
        "stage": "schedule",
        "item": "I0001",
        "product": "P0001",
        "filename": "favicon.svg",
        "document": DOCUMENT,
        "revision": _draft(app, browsers["owner"]),
        "name": PICTURE,
        "file": "1",  # of a document without a text, which this one is not
        **_ids(app),
        "files": _file(browsers["owner"]),
        **_print(app, complaint),
    }
    with app.app_context():
        witnesses.keep_tree()
    cookies = {name: _cookie(browser) for name, browser in browsers.items() if PEOPLE[name]}
    return Site(app, browsers, cookies, values)


def _draft(app: Flask, browser: FlaskClient) -> str:
    """The number of a revision of a document in force that the owner is writing, with a picture."""
    with app.app_context(), transaction():
        owner = db.session.scalars(sa.select(Person).where(Person.login == PEOPLE["owner"])).unique().one()
        current = revisions.effective(DOCUMENT, today())
        assert current is not None
        kept = {name: getattr(current, name) for name in (*texts.COPIED, "document_id")}
        texts.add(DOCUMENT, "1.1", kept, author=owner.id, now=now())
    picture = io.BytesIO(base64.b64decode(DRAWING.partition(",")[2]))
    answer = browser.post(
        f"/documents/{DOCUMENT}/1.1/pictures", data={"file": (picture, PICTURE, "image/png")}
    )
    assert answer.status_code == 200, answer.text
    return "1.1"


def _print(app: Flask, number: str) -> dict[str, str]:
    """A print of the record, by its id and by the code on it."""
    with app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        code = spoken_codes.new(GROUPS)
        record_prints.keep_original(record, "zh", code, b"%PDF-1.7", now=now())
        return {"prints": str(prints.of_record(record.id)[0].id), "paper": code}


def _posting(app: Flask, walker: Walker) -> str:
    """The number of a notice that stands for everybody, who all have to confirm it."""
    number = walker.walk("IC-09")
    with app.app_context(), transaction():
        db.session.execute(sa.delete(PostingDepartment))
        db.session.execute(sa.update(Posting).values(everybody=True, front=True, confirm=True))
    return number


def _browser(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    if login:
        assert client.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD}).status_code == 303
    return client


def _cookie(browser: FlaskClient) -> str:
    """The cookie that keeps a visitor signed in."""
    kept = browser.get_cookie("portal")
    assert kept is not None
    return kept.value


def _outside(app: Flask) -> Task | None:
    with app.app_context():
        return db.session.scalars(sa.select(Task).where(Task.outside != "", Task.state == "open")).first()


def _ids(app: Flask) -> dict[str, str]:
    """Ids of people and their things, and the token of an outside signer's link."""
    waiting = _outside(app)
    assert waiting is not None
    with app.app_context():
        with transaction():
            people = {one.login: one for one in db.session.scalars(sa.select(Person)).unique()}
            token = outside.make_link(waiting.id, actor(people["foreman"], today()), "钱外宾", now=now())
            guard = people["security_guard"]
            grant = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == guard.id)).one()
            turn = sa.select(Task.id).where(
                Task.form_code == "CS-51", Task.state == "open", Task.kind == "sign"
            )
            session = sa.select(SignInSession.id).where(
                SignInSession.person_id == people["customer_service_officer"].id
            )
            notice = sa.select(Notice.id).where(
                Notice.person_id == people["customer_service_officer"].id, Notice.record_id.is_not(None)
            )
            facts = {"person": guard.id, "notice": 0, "record": None}
            failed = {
                "attempts": 1,
                "failed_at": now(),
                "stopped_at": now(),
                "error": "AddressRefused: 550 unknown",
            }
            unsent = OutboxRow(kind="mail", facts=facts, created_at=now(), next_try_at=now(), **failed)
            db.session.add(unsent)
            db.session.flush()
            ids = {
                "token": token,
                "notices": str(db.session.scalars(notice).first()),
                "outbox": str(unsent.id),
                "people": str(guard.id),
                "grants": str(grant.id),
                "tasks": str(db.session.scalars(turn).first()),
                "sessions": str(db.session.scalars(session).first()),
            }
        db.session.remove()
    return ids


def _file(browser: FlaskClient) -> str:
    """The id of a picture that the owner has put up and not yet used."""
    picture = io.BytesIO(base64.b64decode(DRAWING.partition(",")[2]))
    answer = browser.post("/files", data={"file": (picture, "现场.png"), "name": "evidence"})
    named = re.search(r'value="(\d+)"', answer.text)
    assert named is not None, answer.text
    return named[1]
