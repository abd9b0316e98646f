"""Notices that leave the portal: to whom, in which words, once, and what becomes of those that cannot be sent."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.notices import GROUP
from portal.domain.permissions import person_key
from portal.extensions import db
from portal.jobs import messages, outbox
from portal.lib.clock import ZONE, now
from portal.mail import smtp
from portal.models import GroupRobot, Notice, NoticeChoice, OutboxRow, Person, Record, RecordReader
from portal.services import notices
from tests import desk, tables
from tests.conftest import both_databases
from tests.post_office import MailServer, Services

SignIn = Callable[[FlaskClient, str], FlaskClient]
KEY = "0123abcd4567efgh"


@pytest.fixture
def mailing(app: Flask, post: MailServer) -> MailServer:
    """The portal has a mail server."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update=post.settings())
    return post


def id_of(login: str) -> int:
    return db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()


def tell(login: str, kind: str = "task", number: str = "", at: datetime | None = None, **facts: Any) -> None:
    """Tells one person, about a record if a number is given."""
    with transaction():
        record = db.session.scalar(sa.select(Record.id).where(Record.number == number)) if number else None
        facts = facts or {"text": {"zh": "请核实。", "en": "Please check."}}
        notices.tell([person_key(id_of(login))], kind, now=at or now(), record_id=record, **facts)


def choose(login: str, kind_group: str, mail: str, robot: str = "off") -> None:
    with transaction():
        db.session.merge(NoticeChoice(person_id=id_of(login), group=kind_group, mail=mail, robot=robot))


def speak(login: str, language: str) -> None:
    with transaction():
        db.session.execute(sa.update(Person).where(Person.login == login).values(language=language))


def rows(kind: str = "mail") -> list[OutboxRow]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == kind).order_by(OutboxRow.id)))


def wake() -> None:
    """The pauses are over."""
    with transaction():
        db.session.execute(sa.update(OutboxRow).values(next_try_at=now() - timedelta(seconds=1)))


# What is written


@pytest.mark.proves("F21")
@both_databases
def test_a_notice_and_its_mail_are_one_write(context: Flask, mailing: MailServer) -> None:
    def half() -> None:
        with transaction():
            notices.tell([person_key(id_of("buyer"))], "task", now=now(), text="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half()
    assert rows() == []
    tell("buyer")
    (row,) = rows()
    notice = db.session.get_one(Notice, row.facts["notice"])
    assert (notice.person_id, row.facts["person"]) == (id_of("buyer"), id_of("buyer"))
    assert outbox.drain() == 1
    assert len(mailing.letters) == 1


def test_each_of_several_people_gets_their_own(context: Flask, mailing: MailServer) -> None:
    with transaction():
        keys = [person_key(id_of(login)) for login in ("buyer", "foreman", "auditor")]
        notices.tell(keys, "task", now=now(), text={"zh": "请核实。", "en": "Please check."})
    for row in rows():
        assert db.session.get_one(Notice, row.facts["notice"]).person_id == row.facts["person"]
    assert outbox.drain() == 3
    assert {one["To"].addresses[0].addr_spec for one in mailing.letters} == {
        f"{login}@huaheng.example" for login in ("buyer", "foreman", "auditor")
    }


@pytest.mark.parametrize(
    ("group", "kind"), [("turn", "task"), ("finished", "finished"), ("other", "never_heard_of")]
)
@pytest.mark.parametrize("way", ["off", "once", "digest"])
def test_each_group_goes_the_way_that_was_chosen(
    context: Flask, mailing: MailServer, group: str, kind: str, way: str
) -> None:
    choose("buyer", group, way)
    tell("buyer", kind)
    notice = db.session.scalars(sa.select(Notice).where(Notice.kind == kind)).one()
    assert (len(rows()), notice.for_digest) == (int(way == "once"), way == "digest")


@pytest.mark.parametrize("group", GROUP)
def test_who_has_chosen_nothing_hears_as_the_group_says(
    context: Flask, mailing: MailServer, group: str
) -> None:
    choose("buyer", next(one for one in GROUP if one != group), "off")
    kinds = {"turn": "task", "late": "overdue", "watch": "escalated", "returned": "returned"}
    kinds |= {"finished": "finished", "talk": "comment", "other": "told"}
    tell("buyer", kinds[group])
    notice = db.session.scalars(sa.select(Notice).where(Notice.kind == kinds[group])).one()
    assert len(rows()) == int(GROUP[group].mail == "once")
    assert notice.for_digest is (GROUP[group].mail == "digest")


def test_without_a_mail_server_nothing_is_asked_for(context: Flask) -> None:
    with transaction():
        db.session.add(GroupRobot(person_id=id_of("buyer"), address=f"wecombot://{KEY}"))
    tell("buyer")
    tell("buyer", "finished")
    assert (rows(), rows("robot")) == ([], []), "the demo tells nobody outside"
    assert not db.session.scalar(sa.select(Notice.id).where(Notice.for_digest))
    assert messages.prepare_digests() == 0


def test_who_has_no_address_or_has_left_gets_nothing(context: Flask, mailing: MailServer) -> None:
    with transaction():
        db.session.execute(sa.update(Person).where(Person.login == "buyer").values(email=""))
    tell("buyer")
    assert rows() == []
    tell("foreman")
    with transaction():
        db.session.execute(sa.update(Person).where(Person.login == "foreman").values(active=False))
    tell("foreman")
    assert len(rows()) == 1, "the one of before"
    assert outbox.drain() == 1
    assert mailing.letters == []


# What is said


def test_a_letter_is_in_its_readers_language_and_names_number_title_and_step(
    app: Flask, mailing: MailServer
) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context():
        outbox.drain()
        speak("purchasing_manager", "en")
        with transaction():
            db.session.execute(sa.delete(Notice))
        mailing.letters.clear()
        title = db.session.scalars(sa.select(Record.title).where(Record.number == number)).one()
        tell("purchasing_manager", "task", number, step="purchasing_approval")
        tell("buyer", "returned", number, reason="价格太高")
        assert outbox.drain() == 2
    by_name = {one["To"].addresses[0].addr_spec.partition("@")[0]: one for one in mailing.letters}
    english, chinese = by_name["purchasing.manager"], by_name["buyer"]
    assert english["Subject"].startswith("[华衡制造建设集团] Purchase order")
    assert number in english["Subject"]
    for kind in ("plain", "html"):
        said = english.get_body((kind,)).get_content()
        assert title in said
        assert "Dear" in said
        assert "等您办理" not in said
    said = chinese.get_body(("plain",)).get_content()
    assert "被退回，请更正后重新提交" in said
    assert "价格太高" not in said, "what people write stays in the portal"


def test_who_may_no_longer_read_the_record_gets_no_title(app: Flask, mailing: MailServer) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context():
        with transaction():
            db.session.execute(sa.delete(OutboxRow))
        title = db.session.scalars(sa.select(Record.title).where(Record.number == number)).one()
        tell("purchasing_manager", "task", number, step="purchasing_approval")
        with transaction():
            record = db.session.scalars(sa.select(Record.id).where(Record.number == number)).one()
            db.session.execute(sa.delete(RecordReader).where(RecordReader.record_id == record))
        assert outbox.drain() == 1
    said = mailing.letters[0].get_body(("plain",)).get_content()
    assert number in said
    assert title not in said
    assert f"/records/{number}" not in unquote(said)


def test_the_link_opens_the_task_after_the_sign_in_and_changes_nothing(
    app: Flask, client: FlaskClient, sign_in: SignIn, mailing: MailServer
) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context():
        outbox.drain()
    letter = next(one for one in mailing.letters if number in one["Subject"])
    link = re.search(
        r"https://portal\.example(/sign-in\?next=\S+)", letter.get_body(("plain",)).get_content()
    )
    assert link is not None
    before = tables.hashes(app)
    page = client.get(link[1])
    assert page.status_code == 200
    assert f'name="next" value="/records/{number}"' in page.text
    assert tables.changed(before, tables.hashes(app)) == []
    answer = client.post(
        "/sign-in",
        data={"login": "purchasing_manager", "password": "demo-2026", "next": f"/records/{number}"},
    )
    assert answer.location == f"/records/{number}"
    before = tables.hashes(app)
    shown = client.get(link[1], follow_redirects=True)
    assert shown.request.path == f"/purchasing/purchase-orders/{number}"
    assert 'name="_task"' in shown.text
    assert tables.changed(before, tables.hashes(app)) == [], "a scanner that opens links does nothing"


def test_what_was_read_meanwhile_is_not_mailed(context: Flask, mailing: MailServer) -> None:
    tell("buyer")
    with transaction():
        db.session.execute(sa.update(Notice).values(read_at=now()))
    assert outbox.drain() == 1
    assert mailing.letters == []


# Once, and again


def test_later_means_later_and_no_means_no(context: Flask, mailing: MailServer) -> None:
    mailing.answers = ["451 busy"]
    tell("buyer")
    assert outbox.drain() == 0
    (row,) = rows()
    assert row.error == "TriedLater: 451 busy"
    assert (row.stopped_at, row.done_at) == (None, None)
    wake()
    assert outbox.drain() == 1
    assert len(mailing.letters) == 1
    mailing.answers = ["550 no such user"]
    tell("foreman")
    assert outbox.drain() == 0
    row = rows()[-1]
    assert row.error == "AddressRefused: 550 no such user"
    assert row.stopped_at is not None
    wake()
    assert outbox.drain() == 0, "nobody tries again by themselves"


@pytest.mark.proves("F21")
def test_a_server_that_is_away_is_knocked_at_once_for_all(
    context: Flask, mailing: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _notice in range(9):
        tell("buyer")
    knocks = []

    def away(*_place: Any, **_more: Any) -> Any:
        knocks.append(1)
        raise ConnectionRefusedError("nobody there")

    with monkeypatch.context() as patched:
        patched.setattr(smtp.smtplib.SMTP, "connect", away)
        assert outbox.drain() == 0
    assert len(knocks) == outbox.AT_ONCE, "the others need not find out by themselves"
    assert {row.stopped_at for row in rows()} == {None}
    assert min(row.next_try_at for row in rows()) > now()
    wake()
    assert outbox.drain() == 9
    assert len(mailing.letters) == 9


@pytest.mark.proves("R35", "F21")
def test_a_worker_that_dies_after_sending_repeats_the_same_message(
    context: Flask, mailing: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell("buyer")

    class Killed(BaseException):
        """The process ends here."""

    def die(*_row: Any, **_more: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(outbox.outbox, "done", die)
        with pytest.raises(Killed):
            outbox.drain()
    assert len(mailing.letters) == 1
    assert outbox.drain() == 0, "its lease still runs"
    wake()
    assert outbox.drain() == 1
    first, second = mailing.letters
    assert first["Message-ID"] == second["Message-ID"]
    wake()
    assert outbox.drain() == 0


@pytest.mark.proves("F21")
@both_databases
def test_two_workers_at_once_send_each_letter_once(app: Flask, mailing: MailServer) -> None:
    with app.app_context():
        for _notice in range(12):
            tell("buyer")
        db.session.remove()
    start = threading.Barrier(2)
    done: list[int] = []

    def work() -> None:
        with app.app_context():
            start.wait(10)
            done.append(outbox.drain())
            db.session.remove()

    workers = [threading.Thread(target=work) for _worker in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert sum(done) == 12
    assert len({letter["Message-ID"] for letter in mailing.letters}) == len(mailing.letters) == 12


# The daily mail

MONDAY = datetime(2026, 5, 11, 7, 0, tzinfo=ZONE)


def day(number: int, hour: int, minute: int = 0) -> datetime:
    """A moment so many days after Monday, on the company's clock."""
    return MONDAY + timedelta(days=number, hours=hour - 7, minutes=minute)


def prepared(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return messages.prepare_digests()


def posted(at: datetime) -> int:
    with time_machine.travel(at, tick=False):
        return outbox.drain()


@both_databases
def test_one_mail_a_day_at_its_hour(context: Flask, mailing: MailServer) -> None:
    tell("buyer", "finished", at=day(0, 7))
    tell("buyer", "comment", at=day(0, 7, 30))
    tell("foreman", "finished", at=day(0, 7))
    assert prepared(day(0, 7, 59)) == 0
    assert prepared(day(0, 8)) == 2
    assert prepared(day(0, 8)) == 0
    tell("buyer", "finished", at=day(0, 8, 30))
    assert prepared(day(0, 9)) == 0, "that is for tomorrow"
    assert posted(day(0, 9)) == 2
    (letter,) = [one for one in mailing.letters if "buyer@" in one["To"]]
    assert letter["Subject"] == "[华衡制造建设集团] 2026-05-11 的通知：2 条"
    assert letter.get_body(("plain",)).get_content().count("请核实。") == 2
    assert prepared(day(1, 8)) == 1
    assert posted(day(1, 8)) == 1
    assert mailing.letters[-1]["Subject"].endswith("2026-05-12 的通知：1 条")
    assert len({one["Message-ID"] for one in mailing.letters}) == 3


def test_days_of_standing_still_make_one_mail(context: Flask, mailing: MailServer) -> None:
    for number in range(3):
        tell("buyer", "finished", at=day(number, 10))
    assert prepared(day(4, 7)) == 0, "before the hour nothing goes out"
    assert prepared(day(4, 11)) == 1
    assert prepared(day(4, 12)) == 0
    assert posted(day(4, 12)) == 1
    (letter,) = mailing.letters
    assert letter["Subject"].endswith("2026-05-15 的通知：3 条")


def test_what_was_read_or_is_no_longer_wished_for_is_left_out(context: Flask, mailing: MailServer) -> None:
    for kind in ("finished", "voided", "comment"):
        tell("buyer", kind, at=day(0, 7))
    with transaction():
        db.session.execute(sa.update(Notice).where(Notice.kind == "voided").values(read_at=now()))
    choose("buyer", "talk", "off")
    choose("buyer", "finished", "once")  # from now on: what waits already comes as it was to
    assert prepared(day(0, 8)) == 1
    assert posted(day(0, 8)) == 1
    (letter,) = mailing.letters
    assert letter["Subject"].endswith("1 条")
    choose("buyer", "finished", "digest")
    tell("buyer", "finished", at=day(0, 12))
    assert prepared(day(1, 8)) == 1
    with transaction():
        db.session.execute(sa.update(Notice).values(read_at=now()))
    assert posted(day(1, 8)) == 1
    assert len(mailing.letters) == 1, "there was nothing left to say"


def test_a_long_digest_says_that_there_is_more(
    context: Flask, mailing: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages.letters, "LONGEST", 3)
    for _notice in range(5):
        tell("buyer", "finished", at=day(0, 7))
    prepared(day(0, 8))
    posted(day(0, 8))
    said = mailing.letters[0].get_body(("plain",)).get_content()
    assert mailing.letters[0]["Subject"].endswith("3+ 条")
    assert said.count("请核实。") == 3
    assert "还有更多" in said


# Robots


@pytest.fixture
def robotic(app: Flask, services: Services) -> Services:
    """The portal may tell robots; it has no mail server."""
    settings = app.config["SETTINGS"]
    more = {"portal_mode": "production", "public_url": "https://portal.example"}
    app.config["SETTINGS"] = settings.model_copy(update=more)
    return services


@pytest.mark.parametrize(
    ("address", "path"),
    [
        (f"wecombot://{KEY}", "/cgi-bin/webhook/send"),
        (f"dingtalk://SEC12345678@{KEY}", "/robot/send"),
        (f"feishu://{KEY}", "/open-apis/bot/v2/hook/"),
    ],
)
def test_a_robot_tells_number_and_step_and_no_title(
    app: Flask, robotic: Services, address: str, path: str
) -> None:
    with app.app_context():
        with transaction():
            db.session.add(GroupRobot(person_id=id_of("purchasing_manager"), address=address))
        db.session.remove()
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context():
        title = db.session.scalars(sa.select(Record.title).where(Record.number == number)).one()
        assert rows() == []
        assert len(rows("robot")) == 1
        assert outbox.drain() == 1
    ((got, said),) = robotic.got
    assert got.startswith(path)
    text = said["text"]["content"] if "text" in said else said["content"]["text"]
    assert text.startswith("【华衡制造建设集团】采购订货单")
    assert number in text
    assert "采购部经理审批" in text
    assert f"https://portal.example/sign-in?next=/records/{number}" in text
    assert title not in text


def test_a_robot_that_refuses_stops_and_one_that_is_busy_goes_on(context: Flask, robotic: Services) -> None:
    with transaction():
        db.session.add(GroupRobot(person_id=id_of("buyer"), address=f"wecombot://{KEY}"))
    robotic.answers = [
        (200, {"errcode": 45009, "errmsg": "freq"}),
        (200, {"errcode": 93000, "errmsg": "invalid"}),
    ]
    tell("buyer")
    assert outbox.drain() == 0
    assert rows("robot")[0].stopped_at is None
    wake()
    assert outbox.drain() == 0
    (row,) = rows("robot")
    assert row.stopped_at is not None
    assert row.error == "RobotRefused: wecombot: 93000 invalid"
    choose("buyer", "turn", "once", "off")
    tell("buyer")
    assert len(rows("robot")) == 1
