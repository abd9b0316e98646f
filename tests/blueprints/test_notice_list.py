"""The bell and the list behind it: how many are new, what each leads to, read one by one or all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.clock import now
from portal.models import Draft, Notice, Person, Record, RecordReader, Task
from portal.services import notices, reading, stuck
from tests import desk, tables
from tests.conftest import both_databases
from tests.walk import Walker

SignIn = Callable[[FlaskClient, str], FlaskClient]
Cast = dict[str, Person]
OPENING = re.compile(r'action="(/notices/\d+/read)"')


def bell(page: str) -> str:
    """The number on the bell."""
    found = re.search(r'class="bell".*?</a>', page, re.S)
    assert found is not None
    count = re.search(r'class="count"[^>]*>([^<]+)<', found[0])
    return count[1] if count else ""


def tell(
    app: Flask, person: Person, kind: str = "told", many: int = 1, number: str = "", **facts: object
) -> None:
    with app.app_context(), transaction():
        record = db.session.scalar(sa.select(Record.id).where(Record.number == number)) if number else None
        said = facts or {"text": {"zh": "请核实。", "en": "Please check."}}
        for _one in range(many):
            notices.tell([person_key(person.id)], kind, now=now(), record_id=record, **said)


def unread(app: Flask, person: Person) -> int:
    with app.app_context():
        query = sa.select(sa.func.count()).where(Notice.person_id == person.id, Notice.read_at.is_(None))
        return db.session.scalar(query) or 0


@pytest.mark.parametrize(("many", "told"), [(0, ""), (1, "1"), (99, "99"), (100, "99+"), (130, "99+")])
def test_the_bell_counts_on_every_page(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast, many: int, told: str
) -> None:
    tell(app, cast["employee"], many=many)
    tell(app, cast["buyer"])
    browser = sign_in(client, "employee")
    for path in ("/", "/notices", "/registers/", "/account/phrases", "/purchasing/"):
        assert bell(browser.get(path).text) == told, path
    assert 'class="bell"' not in app.test_client().get("/sign-in").text


def test_the_bell_costs_one_query_of_the_index(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    tell(app, cast["employee"], many=130)
    browser = sign_in(client, "employee")
    browser.get("/account/phrases")
    with desk.counted(app) as queries:
        browser.get("/account/phrases")
    (asked,) = [query for query in queries if "notices" in query]
    with app.app_context(), db.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (1,) * asked.count("?"))
        told = " ".join(str(row) for row in plan)
    assert "USING COVERING INDEX ix_notices_person_id_read_at_id" in told


def test_the_newest_stands_first_page_by_page(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    for number in range(45):
        tell(app, cast["employee"], text=f"消息 {number:02d}")
    browser = sign_in(client, "employee")
    page = browser.get("/notices").text
    assert re.findall(r"消息 \d\d", page) == [f"消息 {number:02d}" for number in range(44, 4, -1)]
    following = re.search(r'href="(/notices\?before=\d+)"', page)
    assert following is not None
    last = browser.get(following[1]).text
    assert re.findall(r"消息 \d\d", last) == [f"消息 {number:02d}" for number in range(4, -1, -1)]
    assert 'href="/notices" rel="prev"' in last


def test_read_and_unread(app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    tell(app, cast["employee"], text="旧的")
    with app.app_context(), transaction():
        db.session.execute(sa.update(Notice).values(read_at=now()))
    tell(app, cast["employee"], text="新的")
    browser = sign_in(client, "employee")
    only, everything = browser.get("/notices").text, browser.get("/notices?show=all").text
    assert ("新的" in only, "旧的" in only) == (True, False)
    assert ("新的" in everything, "旧的" in everything) == (True, True)
    assert everything.count('<li class="unread">') == 1


@both_databases
def test_opening_marks_as_read_and_leads_to_the_record(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    number, _other = desk.start(app, "PU-04", "buyer", 2)
    browser = sign_in(client, "purchasing_manager")
    page = browser.get("/notices").text
    assert "等您办理：采购部经理审批" in page
    before = unread(app, cast["purchasing_manager"])
    entry = next(part for part in page.split("<li")[1:] if number in part)
    opening = OPENING.search(entry)
    assert opening is not None
    assert sign_in(app.test_client(), "foreman").post(opening[1]).status_code == 404, "nobody reads another's"
    assert unread(app, cast["purchasing_manager"]) == before
    answer = browser.post(opening[1])
    assert (answer.status_code, answer.location) == (303, f"/records/{number}")
    assert unread(app, cast["purchasing_manager"]) == before - 1


def test_all_are_read_at_once_and_only_ones_own(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    tell(app, cast["employee"], many=3)
    tell(app, cast["buyer"], many=2)
    browser = sign_in(client, "employee")
    assert "全部标为已读" in browser.get("/notices").text
    assert browser.post("/notices/read").location == "/notices"
    assert (unread(app, cast["employee"]), unread(app, cast["buyer"])) == (0, 2)
    page = browser.get("/notices").text
    assert "全部标为已读" not in page
    assert "没有未读通知" in page


def test_looking_changes_nothing(app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    desk.start(app, "PU-04", "buyer")
    tell(app, cast["purchasing_manager"])
    browser = sign_in(client, "purchasing_manager")
    page = browser.get("/notices").text
    before = tables.hashes(app)
    for path in ("/notices", "/notices?show=all", "/account/notices", *OPENING.findall(page)):
        browser.get(path)
    assert tables.changed(before, tables.hashes(app)) == []


def test_a_stuck_step_leads_to_where_it_is_given_to_somebody(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        task = db.session.scalars(sa.select(Task).where(Task.record_id == record.id)).one()
        stuck.stop(task, record, now=datetime.now(UTC))
    browser = sign_in(client, "administrator")
    page = browser.get("/notices").text
    entry = next(part for part in page.split("<li")[1:] if "没有人可以办理" in part)
    assert number in entry
    assert '<small class="muted">' not in entry.split("</form>")[0], "administrators do not read the record"
    opening = OPENING.search(entry)
    assert opening is not None
    assert browser.post(opening[1]).location == "/admin/stuck"


def test_a_draft_leads_to_the_form_until_it_is_taken_up(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        source = db.session.scalars(sa.select(Record.id).where(Record.number == number)).one()
        draft = Draft(
            form_code="PU-05", source_id=source, key="prepared", answers={}, title="备好", updated_at=now()
        )
        db.session.add(draft)
    tell(app, cast["buyer"], "draft", 2, number, form="PU-05", draft="prepared")
    browser = sign_in(client, "buyer")
    page = browser.get("/notices").text
    first, second = [
        OPENING.search(part)[1]
        for part in page.split("<li")[1:]
        if "草稿已备好" in part  # type: ignore[index]
    ]
    assert browser.post(first).location == "/purchasing/goods-receipts/new?draft=prepared"
    with app.app_context(), transaction():
        db.session.execute(sa.delete(Draft).where(Draft.key == "prepared"))
    assert browser.post(second).location == f"/records/{number}"


def test_what_speaks_of_no_record_leads_to_its_page(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    form = {
        "substitute": cast["buyer_2"].number,
        "starts_on": f"{now():%Y-%m-%d}",
        "ends_on": f"{now() + timedelta(days=2):%Y-%m-%d}",
        "reason": "年假",
    }
    assert sign_in(client, "buyer").post("/account/substitutes", data=form).status_code == 303
    browser = sign_in(app.test_client(), "buyer_2")
    (opening,) = OPENING.findall(browser.get("/notices").text)
    assert browser.post(opening).location == "/account/substitutes"


def test_who_may_no_longer_read_a_record_sees_no_title_and_no_way_to_it(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    browser = sign_in(client, "purchasing_manager")
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        id, title = record.id, record.title
        db.session.remove()
    assert f'<small class="muted">{title}</small>' in browser.get("/notices").text
    with app.app_context(), transaction():
        db.session.execute(sa.delete(RecordReader).where(RecordReader.record_id == id))
    page = browser.get("/notices").text
    entry = next(part for part in page.split("<li")[1:] if number in part)
    assert title not in entry
    assert "notice-link" not in entry
    opening = OPENING.search(entry)
    assert opening is not None
    assert browser.post(opening[1]).location == "/notices"


def test_a_turn_that_is_done_is_no_news_any_more(app: Flask, cast: Cast) -> None:
    walker = Walker(app)
    number = walker.open("CS-51")
    with app.app_context():
        told = db.session.scalars(
            sa.select(Notice).where(Notice.kind == "task", Notice.read_at.is_(None))
        ).all()
        before = {notice.id: notice.person_id for notice in told}
    assert walker.sign(number)
    with app.app_context():
        signer = db.session.scalars(
            sa.select(Task.done_by_id).join(Record).where(Record.number == number, Task.state == "done")
        ).first()
        read = set(
            db.session.scalars(sa.select(Notice.id).where(Notice.id.in_(before), Notice.read_at.is_not(None)))
        )
    assert read
    assert read == {id for id, person in before.items() if person == signer}


def test_settling_leaves_other_news_of_the_record(app: Flask, cast: Cast) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        db.session.execute(sa.delete(Notice))
    for kind in ("task", "urged", "comment", "finished"):
        tell(app, cast["buyer"], kind, 1, number, who="赵敏", text="好")
    with app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record.id).where(Record.number == number)).one()
        reading.settle(record, cast["buyer"].id, now=now())
    with app.app_context():
        left = db.session.scalars(sa.select(Notice.kind).where(Notice.read_at.is_(None))).all()
    assert sorted(left) == ["comment", "finished"]
