"""The daily mail with the last checkpoint: to auditors only, once a day, as it was signed."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox, witnesses
from portal.lib.clock import ZONE
from portal.models import OutboxRow, Person, RoleGrant
from portal.queries import audit_tree
from portal.services import audit
from tests.conftest import both_databases
from tests.post_office import MailServer

HOUR = datetime(2026, 5, 12, 8, 0, tzinfo=ZONE)


@pytest.fixture
def mailing(app: Flask, post: MailServer) -> MailServer:
    """The portal has a mail server."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update=post.settings())
    return post


@pytest.fixture
def note(context: Flask) -> str:
    """The note of the checkpoint that there is."""
    witnesses.keep_tree()
    last = audit_tree.last()
    assert last is not None
    db.session.rollback()
    return last.note


def asked(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return witnesses.ask_letters()


def posted(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return outbox.drain()


def to(mailing: MailServer) -> list[str]:
    return [letter["To"].addresses[0].addr_spec for letter in mailing.letters]


@both_databases
def test_each_auditor_gets_one_a_day(context: Flask, mailing: MailServer, note: str) -> None:
    assert asked(HOUR - timedelta(minutes=1)) == 0
    assert asked(HOUR + timedelta(minutes=3)) == 1
    assert asked(HOUR + timedelta(hours=9)) == 0
    assert posted(HOUR + timedelta(hours=10)) == 1
    assert to(mailing) == ["auditor@huaheng.example"]
    assert asked(HOUR + timedelta(days=1)) == 1, "and one tomorrow"


def test_it_carries_the_checkpoint_as_it_was_signed(context: Flask, mailing: MailServer, note: str) -> None:
    asked(HOUR)
    posted(HOUR)
    (letter,) = mailing.letters
    assert "审计追踪检查点第 1 号" in letter["Subject"]
    (file,) = letter.iter_attachments()
    assert file.get_filename() == "checkpoint-1.txt"
    kept = context.config["SETTINGS"].portal_data / "kept.txt"
    kept.write_bytes(file.get_payload(decode=True))
    said = letter.get_body(("plain",)).get_content()
    key = context.test_cli_runner().invoke(args=["audit", "key"]).output.strip()
    assert key in said.replace("\r\n", "\n").replace("\n", "")
    answer = context.test_cli_runner().invoke(args=["audit", "verify", "--checkpoint", str(kept)])
    assert answer.exit_code == 0, answer.output
    assert "is its beginning" in answer.output


def test_in_english_for_who_reads_english(context: Flask, mailing: MailServer, note: str) -> None:
    with transaction():
        db.session.execute(sa.update(Person).where(Person.login == "auditor").values(language="en"))
    asked(HOUR)
    posted(HOUR)
    assert "Checkpoint 1 of the audit trail" in mailing.letters[0]["Subject"]


def test_nothing_without_a_mail_server(context: Flask, note: str) -> None:
    assert asked(HOUR) == 0
    assert db.session.scalar(sa.select(OutboxRow.id).where(OutboxRow.kind == "checkpoint")) is None


def test_nothing_before_the_first_checkpoint(context: Flask, mailing: MailServer) -> None:
    assert asked(HOUR) == 0


def test_who_has_no_address_gets_none(context: Flask, mailing: MailServer, note: str) -> None:
    with transaction():
        db.session.execute(sa.update(Person).where(Person.login == "auditor").values(email=""))
    assert asked(HOUR) == 0


def test_who_audits_no_more_gets_none(context: Flask, mailing: MailServer, note: str) -> None:
    assert asked(HOUR) == 1
    with transaction():
        db.session.execute(sa.delete(RoleGrant).where(RoleGrant.role == "auditor"))
    assert posted(HOUR) == 1
    assert mailing.letters == []


def test_what_was_asked_again_carries_the_newest(context: Flask, mailing: MailServer, note: str) -> None:
    asked(HOUR)
    with transaction():
        audit.note("a", at=HOUR, by=None, stream="trial")
    witnesses.keep_tree()
    posted(HOUR)
    (file,) = mailing.letters[0].iter_attachments()
    assert file.get_filename() == "checkpoint-2.txt"
