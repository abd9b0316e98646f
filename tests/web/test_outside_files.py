"""Files and an outside party's link: what comes with it is kept, and nothing that lies in the portal can be named by it."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Person, StoredFile, Task
from portal.queries.actors import actor
from portal.services import outside
from tests.walk import DRAWING
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def link(desk: Desk) -> str:
    """Where a customer seals a registration sheet."""
    number = desk.walker.open("CS-30")
    while desk.walker.step(number) != "customer_seal":
        assert desk.walker.sign(number, outside=False)
    with desk.app.app_context():
        with transaction():
            task = db.session.scalars(sa.select(Task).where(Task.outside != "", Task.state == "open")).one()
            login = desk.walker._signer(task)
            sender = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
            token = outside.make_link(task.id, actor(sender, today()), "钱女士", now=datetime.now(UTC))
        db.session.remove()
    return f"/s/{token}"


def signed(client: FlaskClient, link: str, **more: object):  # type: ignore[no-untyped-def]
    seen = re.search(r'name="_seen" value="(\w+)"', client.get(link).text)
    assert seen is not None
    drawn = {"_outside_name": "钱女士", "_seen": seen[1], "_hand-drawn": DRAWING}
    return client.post(link, data={**drawn, **more})


@pytest.mark.proves("S19")
def test_it_names_no_file_of_the_portal(desk: Desk, client: FlaskClient, link: str) -> None:
    for login in (OFFICER, "customer_service_supervisor"):
        sent = {"file": (io.BytesIO(PDF + login.encode()), f"机密-{login}.pdf")}
        assert desk.browser(login).post("/files", data=sent).status_code == 200
    for id in desk.all(sa.select(StoredFile.id)):
        for drawn in ({}, {"_hand-drawn": ""}):
            answer = signed(client, link, sealed_form=str(id), **drawn)
            assert answer.status_code == 422, id
            assert "机密" not in answer.text
            assert f"/files/{id}" not in answer.text


def test_what_comes_with_it_is_kept(desk: Desk, client: FlaskClient, link: str) -> None:
    wrong = signed(client, link, **{"sealed_form-upload": (io.BytesIO(b"<html>"), "盖章件.pdf")})
    assert (wrong.status_code, "内容与扩展名不符" in wrong.text) == (422, True)
    changed = {"_seen": "0" * 64, "sealed_form-upload": (io.BytesIO(PDF), "盖章件.pdf")}
    refused = signed(client, link, **changed)
    assert (refused.status_code, "盖章件.pdf" in refused.text) == (409, False), "it went with the write"
    answer = signed(client, link, **{"sealed_form-upload": (io.BytesIO(PDF), "盖章件.pdf")})
    assert "已签字，谢谢" in answer.text
    (kept,) = desk.all(sa.select(StoredFile).where(StoredFile.name == "盖章件.pdf"))
    assert desk.browser(OFFICER).get(f"/files/{kept.id}").data == PDF
