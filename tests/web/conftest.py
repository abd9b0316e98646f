"""A desk in the portal: sheets filled as their stories tell, posted as a browser would."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.demo.stories import STORIES
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import Draft, Record, Signature
from tests.walk import Walker, multi, pairs

Pairs = list[tuple[str, str]]


@dataclass
class Desk:
    """Everybody's browsers, and looks into the books."""

    app: Flask
    walker: Walker

    def browser(self, login: str) -> FlaskClient:
        """The signed-in browser of a person."""
        return self.walker.browser(login)

    def told(self, code: str, login: str = "", **other: str) -> Pairs:
        """A sheet as its story fills it, some answers put otherwise."""
        with self.app.app_context():
            world = self.walker._world(login or self.walker.opener(FORMS[code]))
            found = pairs(FORMS[code](answers=STORIES[code].opening(world)))
            db.session.commit()
        return [(name, text) for name, text in found if name not in other] + list(other.items())

    def post(self, login: str, path: str, data: Pairs, **headers: str) -> TestResponse:
        """Posts pairs as a form does."""
        return self.browser(login).post(path, data=multi(data), headers=headers)

    def whose(self, number: str) -> str:
        """The login of somebody whose turn it is."""
        with self.app.app_context():
            _record, task = self.walker._turn(number)
            assert task is not None
            return self.walker._signer(task)

    def turn(self, login: str, number: str) -> dict[str, str]:
        """What the page of a record holds for the person's turn: task and what was seen."""
        page = self.browser(login).get(f"/records/{number}", follow_redirects=True).text
        return {name: value(page, name) for name in ("_task", "_seen")}

    def record(self, number: str) -> Record:
        """The record's row."""
        return self.one(sa.select(Record).where(Record.number == number))

    def signatures(self, number: str) -> list[str]:
        """The acts on a record, one after the other."""
        query = sa.select(Signature.act).join(Record).where(Record.number == number).order_by(Signature.id)
        return self.all(query)

    def filed(self, code: str) -> int:
        """How many records of a form there are."""
        return self.one(sa.select(sa.func.count()).select_from(Record).where(Record.form_code == code))

    def drafts(self, key: str) -> int:
        """How many drafts have the key."""
        return self.one(sa.select(sa.func.count()).select_from(Draft).where(Draft.key == key))

    def one(self, query: Any) -> Any:
        """The one answer to a query."""
        with self.app.app_context():
            found = db.session.scalars(query).unique().one()
            db.session.remove()
        return found

    def all(self, query: Any) -> list[Any]:
        """All answers to a query."""
        with self.app.app_context():
            found = list(db.session.scalars(query))
            db.session.remove()
        return found


@pytest.fixture
def desk(app: Flask) -> Desk:
    """The desk of everybody in the small company."""
    return Desk(app, Walker(app))


def value(page: str, name: str) -> str:
    """What an input of a page holds."""
    found = re.search(rf'<input[^>]*\bname="{re.escape(name)}"[^>]*\bvalue="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""


def alerts(page: str) -> str:
    """What a page complains about."""
    found = re.findall(r'role="alert".*?</(?:p|div)>', page, re.S)
    return re.sub(r"<[^>]+>|\s+", " ", html.unescape(" ".join(found)))
