"""Prints wait for the token and the time stamps that the settings ask for, and are never sealed by less."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.lib.clock import now
from portal.models import OutboxRow, Record
from portal.services import sealing
from portal.storage.token import Token
from tests.authority import Clock, make_clock, served
from tests.jobs.test_prints import finished, in_production, pdf, stored
from tests.softhsm import Box, box

__all__ = ["finished", "pdf"]
SignIn = Callable[[FlaskClient, str], FlaskClient]
WAITING = {
    "stamp": ("没有取得可信的时间戳，办结记录的 PDF 等待", "没有取得可信的时间戳，请在服务器上"),
    "token": ("保管私钥的密码设备不能签章，办结记录的 PDF 等待", "保管私钥的密码设备不能签章，请在服务器上"),
}


@pytest.fixture
def clock() -> Iterator[Clock]:
    """An authority of time."""
    with served(make_clock(now())) as made:
        yield made


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[Box]:
    """One token, empty."""
    with box(tmp_path) as made:
        yield made


def given(app: Flask, **values: Any) -> None:
    """Other settings."""
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=values)


def with_token(app: Flask, token: Token) -> None:
    given(
        app, seal_pkcs11_module=token.module, seal_pkcs11_token=token.label, seal_pkcs11_key=token.key,
        seal_pkcs11_pin=token.pin,
    )  # fmt: skip


def waiting(record: int) -> OutboxRow:
    """The row of the print, which is not stored yet."""
    assert db.session.get_one(Record, record, populate_existing=True).pdf_id is None
    return db.session.scalars(
        sa.select(OutboxRow).where(OutboxRow.kind == "print", OutboxRow.done_at.is_(None))
    ).one()


def wake() -> None:
    """The time until the next try has passed."""
    with transaction():
        db.session.execute(sa.update(OutboxRow).values(next_try_at=now()))


def signatures(record: int) -> list[str]:
    """The kinds of signatures in the stored print."""
    return [str(one.sig_object_type) for one in PdfFileReader(BytesIO(stored(record))).embedded_signatures]


def told(client: FlaskClient, what: str) -> None:
    """The overview and the outbox say why prints wait."""
    overview, row = WAITING[what]
    assert overview in client.get("/admin/").text
    assert row in client.get("/admin/outbox").text


@pytest.mark.proves("F21")
@pytest.mark.parametrize("level", ["b-t", "b-lta"])
def test_a_print_waits_for_its_time_stamp(
    app: Flask, finished: int, clock: Clock, client: FlaskClient, sign_in: SignIn, tmp_path: Path, level: str
) -> None:
    sign_in(client, "administrator")
    given(app, tsa_url=clock.url, tsa_trust=str(clock.trust(tmp_path)), seal_level=level)
    clock.answer = lambda _question: (503, "text/plain", b"")
    assert worker.drain() == 0
    assert waiting(finished).error == "StampFailed: away"
    assert waiting(finished).stopped_at is None
    told(client, "stamp")
    clock.answer = lambda _question: (200, "text/html", b"<h1>")
    wake()
    assert worker.drain() == 0
    assert waiting(finished).error == "StampFailed: wrong"
    clock.answer = None
    wake()
    assert worker.drain() == 1
    assert signatures(finished) == ["/Sig", "/DocTimeStamp"][: 1 + (level == "b-lta")]
    assert sealing.trouble(now())[0] == ""
    assert "时间戳" not in client.get("/admin/").text


def test_other_prints_wait_with_it(app: Flask, finished: int, clock: Clock) -> None:
    given(app, tsa_url=clock.url)
    clock.answer = lambda _question: (503, "text/plain", b"")
    with transaction():
        db.session.add_all(
            OutboxRow(kind="print", facts={"record": finished}, created_at=now(), next_try_at=now())
            for _row in range(9)
        )
    assert worker.drain() == 0
    assert len(clock.asked) <= worker.AT_ONCE


def test_a_print_waits_for_the_token(
    app: Flask, finished: int, tokens: Box, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, "administrator")
    token = tokens.key("ec")
    with_token(app, token)
    in_production(app)
    assert worker.drain() == 0
    assert waiting(finished).error == "Unfit: no certificate"
    assert "单位证书不能使用" in client.get("/admin/").text
    with transaction():
        sealing.make(now=now())
    given(app, seal_pkcs11_pin="000000")
    for why, label in (("pin", token.label), ("no token", "nowhere")):
        given(app, seal_pkcs11_token=label)
        wake()
        assert worker.drain() == 0
        assert waiting(finished).error == f"TokenAway: {why}"
        told(client, "token")
    with_token(app, token)
    wake()
    assert worker.drain() == 1
    assert signatures(finished) == ["/Sig"]
    assert sealing.trouble(now())[0] == ""


def test_who_asks_for_time_stamps_gets_no_print_without_a_seal(
    app: Flask, finished: int, clock: Clock
) -> None:
    in_production(app)
    given(app, tsa_url=clock.url)
    assert worker.drain() == 0
    assert waiting(finished).error == "Unfit: no certificate"
    assert sealing.trouble(now())[0] == "no certificate"
