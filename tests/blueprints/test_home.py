"""The first page: what waits, several approvals at once, things to do."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import Draft, Person, Record, Signature, SignInSession, Substitution, Task
from portal.services import asks
from portal.services import tasks as acts
from tests import desk

SignIn = Callable[[FlaskClient, str], FlaskClient]
Cast = dict[str, Person]


def approvals(page: str) -> dict[str, str]:
    """The rows that may be approved at once: task id -> where its record stands."""
    return dict(re.findall(r'name="task" value="(\d+):([\d.]+)"', page))


def approve(client: FlaskClient, seen: dict[str, str], **more: str) -> str:
    data = {"task": [f"{id}:{where}" for id, where in seen.items()], **more}
    return client.post("/tasks/approve", data=data).text


def signed(app: Flask) -> int:
    """Signatures on records of the test's own."""
    with app.app_context():
        query = sa.select(sa.func.count(Signature.id)).join(Record, Record.id == Signature.record_id)
        return db.session.scalar(query.where(Record.key.startswith("desk-"))) or 0


def forget_password(app: Flask) -> None:
    """The password was given long ago."""
    with app.app_context(), transaction():
        db.session.execute(
            sa.update(SignInSession).values(confirmed_at=datetime.now(UTC) - timedelta(hours=5))
        )


def test_empty_desk_is_friendly(client: FlaskClient, sign_in: SignIn) -> None:
    page = sign_in(client, "employee").get("/")
    assert page.status_code == 200
    assert "没有等您办理的事项" in page.text


def test_task_says_what_who_and_when(app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    page = sign_in(client, "purchasing_manager").get("/").text
    assert f'{number}"' in page
    assert "采购订货单" in page
    assert "采购部经理审批" in page
    assert cast["buyer"].name in page
    assert "订单金额" in page  # what is approved in bulk is not approved blindly


def test_what_is_due_first_stands_first_and_late_shows(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    early, late = desk.start(app, "PU-04", "buyer", 2)
    with app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.number == late)).one()
        task = db.session.scalars(sa.select(Task).where(Task.record_id == record.id)).one()
        record.due_at = task.due_at = datetime.now(UTC) - timedelta(days=3)
        for holder in task.holders:
            holder.due_at = task.due_at
    page = sign_in(client, "purchasing_manager").get("/").text
    assert page.index(f'{late}"') < page.index(f'{early}"')
    assert "逾期 3 天" in page
    assert "本部门逾期未办" in page


def test_page_holds_thirty_tasks(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    desk.start(app, "PU-04", "buyer", 32)
    browser = sign_in(client, "purchasing_manager")
    first, second = browser.get("/").text, browser.get("/?page=2").text
    assert len(approvals(first)) == 30
    assert len(approvals(second)) == 2
    assert "?page=2" in first


def test_costs_at_most_ten_queries(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    desk.start(app, "PU-04", "buyer", 20)
    for login in ("purchasing_manager", "buyer", "employee"):
        browser = sign_in(app.test_client(), login)
        browser.get("/")
        with desk.counted(app) as queries:
            assert browser.get("/").status_code == 200
        assert len(queries) <= 10 + (login == "purchasing_manager"), queries


def test_substitute_sees_for_whom(app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        leave = Substitution(
            person_id=cast["purchasing_manager"].id,
            substitute_id=cast["employee"].id,
            starts_on=date(2020, 1, 1),
            ends_on=date(2099, 1, 1),
            reason="年假",
            created_by_id=cast["purchasing_manager"].id,
        )
        db.session.add(leave)
    page = sign_in(client, "employee").get("/").text
    name = cast["purchasing_manager"].name
    assert f"/purchasing/purchase-orders/{number}" in page
    assert f"代 {name}</span>" in page
    assert f"您正在代 {name} 办理" in page
    away = sign_in(app.test_client(), "purchasing_manager").get("/").text
    assert f"{cast['employee'].name} 正在代您办理" in away


def test_several_approved_at_once(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    desk.start(app, "PU-04", "buyer", 3)
    browser = sign_in(client, "purchasing_manager")
    seen = approvals(browser.get("/").text)
    page = approve(browser, seen)
    assert "已批准 3 项，未批准 0 项" in page
    assert signed(app) == 3


def test_each_failure_is_told_and_the_rest_is_signed(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    desk.start(app, "PU-04", "buyer", 2)
    browser = sign_in(client, "purchasing_manager")
    seen = approvals(browser.get("/").text)
    first, second = seen
    page = approve(browser, {first: "0" * 64, second: seen[second], "999999": "0" * 64})
    assert "已批准 1 项，未批准 2 项" in page
    assert "内容已被修改" in page
    assert signed(app) == 1


def test_bulk_does_not_skip_a_stage(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    desk.start(app, "CS-51", "customer_service_officer")
    browser = sign_in(client, "customer_service_officer")
    assert not approvals(browser.get("/").text)
    with app.app_context():
        id = db.session.scalars(sa.select(Task.id).where(Task.state == "open", Task.kind == "sign")).first()
    page = approve(browser, {str(id): "0" * 64})
    assert "未批准 1 项" in page
    assert signed(app) == 0


def test_bulk_of_another_persons_task_tells_nothing(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    seen = approvals(sign_in(app.test_client(), "purchasing_manager").get("/").text)
    page = approve(sign_in(client, "employee"), seen)
    assert "未批准 1 项" in page
    assert number not in page
    assert signed(app) == 0


def test_bulk_asks_for_the_password_again(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    desk.start(app, "PU-04", "buyer")
    browser = sign_in(client, "purchasing_manager")
    seen = approvals(browser.get("/").text)
    forget_password(app)
    assert 'name="_password"' in browser.get("/").text
    refused = approve(browser, seen, _password="wrong")
    assert "密码不正确" in refused
    assert " checked" in refused  # what was ticked stays ticked
    assert signed(app) == 0


def test_nothing_ticked_is_refused(client: FlaskClient, sign_in: SignIn) -> None:
    answer = sign_in(client, "purchasing_manager").post("/tasks/approve")
    assert answer.status_code == 422
    assert "请至少选择一项" in answer.text


@pytest.fixture
def errand(app: Flask, cast: Cast) -> int:
    """Something to do for the employee; gives the task's id."""
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        key = person_key(cast["employee"].id)
        asks.ask(_l("处理警告处分的申诉"), key, None, record, now=datetime.now(UTC))
        db.session.flush()
        return db.session.scalars(sa.select(Task.id).where(Task.kind == "ask")).one()


def test_errand_is_ticked_off(app: Flask, client: FlaskClient, sign_in: SignIn, errand: int) -> None:
    browser = sign_in(client, "employee")
    assert "处理警告处分的申诉" in browser.get("/").text
    assert browser.post(f"/tasks/{errand}/done", data={"note": "已核对"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Task, errand).state == "done"
    assert sign_in(app.test_client(), "buyer").post(f"/tasks/{errand}/done").status_code in (403, 409)


def test_errand_is_read_in_ones_own_language(client: FlaskClient, sign_in: SignIn, errand: int) -> None:
    browser = sign_in(client, "employee")
    browser.post("/account/language", data={"language": "en"})
    home = browser.get("/").text
    record = re.search(r"/purchasing/purchase-orders/PU-04-[\d-]+", home)
    assert record is not None
    assert "Hear the appeal against a warning" in browser.get(record[0]).text
    browser.post(f"/tasks/{errand}/done", data={"note": "checked"})
    for page in (home, browser.get(record[0]).text, browser.get("/notices?show=all").text):
        assert "Hear the appeal against a warning" in page
        assert "处理警告处分的申诉" not in page


def test_prepared_draft_and_correction_lead_to_their_forms(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        now, key = datetime.now(UTC), person_key(cast["buyer"].id)
        draft = Draft(
            form_code="PU-05", source_id=record.id, key="prepared", answers={}, title="备好", updated_at=now
        )
        db.session.add(draft)
        db.session.flush()
        acts.make("open", [key], form_code="PU-05", now=now, record=record, draft_id=draft.id)
        acts.make("correct", [key], form_code="PU-04", now=now, record=record, note="单价有误")
    page = sign_in(client, "buyer").get("/").text
    assert 'href="/purchasing/goods-receipts/new?draft=prepared"' in page
    assert f'href="/purchasing/purchase-orders/{number}/correct"' in page
    assert "单价有误" in page


def test_own_drafts_and_records(app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    with app.app_context(), transaction():
        mine = Draft(
            form_code="PU-04",
            person_id=cast["buyer"].id,
            key="mine",
            answers={},
            title="半张",
            updated_at=datetime.now(UTC),
        )
        db.session.add(mine)
    page = sign_in(client, "buyer").get("/").text
    assert "/purchasing/purchase-orders/new?draft=mine" in page
    assert f'href="/purchasing/purchase-orders/{number}"' in page
    assert "进行中" in page


def test_auditor_is_led_to_the_registers(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "auditor")
    assert "/registers/" in browser.get("/").text
    assert browser.post("/tasks/approve", data={"task": "1"}).status_code == 403


def test_own_records_are_all_found_page_by_page(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    numbers = desk.start(app, "PU-04", "buyer", 52)
    browser = sign_in(client, "buyer")
    assert 'href="/mine"' in browser.get("/").text
    page = browser.get("/mine").text
    assert page.count("/purchase-orders/PU-04-") == 50
    assert numbers[0] not in page
    following = re.search(r"/mine\?before=\d+|\?before=\d+", page)
    assert following is not None
    last = browser.get(f"/mine{following[0].removeprefix('/mine')}").text
    assert numbers[0] in last
    assert numbers[2] not in last
    assert "PU-04-" not in sign_in(app.test_client(), "purchasing_manager").get("/mine").text
