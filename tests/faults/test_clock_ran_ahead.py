"""The clock ran ahead for a while and is right again: nobody stays shut out, and no work waits until it comes there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.domain.prints import AN_HOUR
from portal.extensions import db
from portal.lib.relying_party import RelyingParty
from portal.models import OutboxRow, Person, PublicRequest, RecordPrint, SignInSession, StoredFile
from portal.queries import prints, public_requests
from portal.services import guessing, outbox, passkey_questions, sessions, upload_quota
from portal.services.passkey_questions import About
from tests.books import Books

pytestmark = pytest.mark.both_databases
NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
AHEAD = NOW + timedelta(days=400)
HERE = "10.0.0.1"


@pytest.mark.proves("F13")
def test_wrong_passwords_of_next_year_shut_nobody_out(context: Flask) -> None:
    for _try in range(guessing.PER_ACCOUNT):
        with transaction():
            guessing.note_failure("buyer", HERE, now=AHEAD)
            guessing.note_wrong_code("buyer", HERE, now=AHEAD)
    with pytest.raises(guessing.TooManyAttempts):
        guessing.slow_guessing("buyer", HERE, now=AHEAD)
    guessing.slow_guessing("buyer", HERE, now=NOW)
    guessing.slow_codes("buyer", now=NOW)
    with transaction():
        guessing.note_failure("buyer", HERE, now=NOW)


@pytest.mark.proves("F13")
def test_uploads_of_next_year_do_not_use_up_today_s(context: Flask) -> None:
    megabytes = context.config["SETTINGS"].upload_day_megabytes
    with transaction():
        given = {"name": "a.pdf", "type": "application/pdf", "sha256": "0" * 64, "uploaded_by_id": 1}
        db.session.add(StoredFile(**given, size=megabytes << 20, uploaded_at=AHEAD))
    with pytest.raises(upload_quota.QuotaUsed):
        upload_quota.require("b.pdf", 1000, 1, now=AHEAD)
    upload_quota.require("b.pdf", 1000, 1, now=NOW)


@pytest.mark.proves("F13")
def test_nor_do_copies_and_requests_from_outside(context: Flask, books: Books) -> None:
    record = books.record("CS-51", state="finished", closed_at=NOW)
    with transaction():
        for number in range(AN_HOUR):
            db.session.add(
                RecordPrint(
                    record_id=record.id, copy=number + 1, language="zh", code=f"{number}", asked_by_id=1, asked_at=AHEAD
                )
            )  # fmt: skip
        db.session.add(PublicRequest(**request(AHEAD)))
    assert prints.asked_within(1, timedelta(hours=1), AHEAD) == AN_HOUR
    assert prints.asked_within(1, timedelta(hours=1), NOW) == 0
    assert (public_requests.sent_from(HERE, AHEAD), public_requests.sent_within_a_day(AHEAD)) == (1, 1)
    assert (public_requests.sent_from(HERE, NOW), public_requests.sent_within_a_day(NOW)) == (0, 0)


def request(at: datetime) -> dict[str, object]:
    """The row of something that was sent from outside."""
    needed = [
        c
        for c in PublicRequest.__table__.columns
        if not c.nullable and c.default is None and not c.primary_key
    ]
    blank = {c.name: "" for c in needed if isinstance(c.type, sa.Text)}
    return {**blank, "address": HERE, "sent_at": at}


@pytest.mark.proves("F13")
def test_work_put_off_until_next_year_is_done_now(context: Flask) -> None:
    with transaction():
        late = outbox.add("mail", now=AHEAD, notice=1)
        soon = outbox.add("mail", now=NOW + outbox.LONGEST_PAUSE, notice=2)
        db.session.flush()
        ids = late.id, soon.id
    assert outbox.waiting(NOW)
    with transaction():
        assert [row.id for row in outbox.lease(NOW)] == [ids[0]]
    assert not outbox.waiting(NOW), "leased, and the other waits for its time"
    found = db.session.get_one(OutboxRow, ids[0], populate_existing=True)
    assert found.next_try_at == NOW + outbox.LEASE


@pytest.mark.proves("F13")
def test_a_password_of_tomorrow_does_not_let_sign_today(context: Flask) -> None:
    person = db.session.scalars(sa.select(Person).where(Person.login == "buyer")).unique().one()
    session = SignInSession(person_id=person.id, started_at=NOW, confirmed_at=NOW + timedelta(days=1))
    assert not sessions.is_confirmed(session, now=NOW, minutes=10)
    session.confirmed_at = NOW - timedelta(minutes=9)
    assert sessions.is_confirmed(session, now=NOW, minutes=10)


@pytest.mark.proves("F13")
def test_a_question_of_tomorrow_is_not_answered_today(context: Flask) -> None:
    about = About(RelyingParty("portal.example", "https://portal.example"), "browser", "subject")
    with transaction():
        challenge = passkey_questions.ask(1, about, now=AHEAD)
    with transaction():
        assert not passkey_questions.take(challenge, 1, about, now=NOW)
        passkey_questions.ask(1, about, now=NOW)
    with transaction():
        assert not passkey_questions.take(challenge, 1, about, now=AHEAD), "thrown away"
