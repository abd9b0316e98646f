"""Reviews of the trail: signed by an auditor with a password, once, and what is left to review."""

import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib.clock import day
from portal.models import AuditEvent, Person, RoleGrant
from portal.services import audit

SignIn = Callable[[FlaskClient, str], FlaskClient]
NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)  # Wednesday, ten o'clock in Shanghai
SENT = {"since": "2020-01-01", "until": "2026-05-15", "remark": "=已逐条核对", "_key": "page-1"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """A day nine days after the company was founded."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def reviews(app: Flask) -> list[AuditEvent]:
    """The reviews in the trail."""
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "trail_reviewed")))


def gaps(client: FlaskClient, query: str = "") -> list[str]:
    """What the page says is not yet reviewed."""
    page = client.get(f"/trail/reviews?{query}").text.split("gaps-title")[-1].split("</ul>")[0]
    return re.findall(r">(\d{4}-\d\d-\d\d – \d{4}-\d\d-\d\d)<", page)


@pytest.mark.proves("R10")
def test_a_review_is_an_event_with_its_days_filter_count_and_remark(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, "auditor")
    with app.app_context():
        whole = f"{day(db.session.scalar(sa.select(sa.func.min(AuditEvent.at))))} – 2026-05-19"
        old = sa.select(sa.func.count()).where(AuditEvent.at < datetime(2026, 5, 15, 16, tzinfo=UTC))
        many = db.session.scalar(old)
    assert gaps(client) == [whole]
    assert client.post("/trail/reviews", data=SENT).status_code == 303
    (found,) = reviews(app)
    assert (found.facts["since"], found.facts["until"]) == ("2020-01-01", "2026-05-15")
    assert (found.facts["filter"], found.facts["count"], found.facts["reason"]) == ({}, many, "=已逐条核对")
    assert gaps(client) == ["2026-05-16 – 2026-05-19"]
    page = client.get("/trail/reviews").text
    assert "=已逐条核对" in page
    said = f"复核了 2020-01-01 至 2026-05-15 的审计追踪，范围：全部事件，{many} 条。说明：=已逐条核对"
    assert said in client.get("/trail").text
    with app.app_context():
        assert audit.verify()[1] is None


def test_a_narrower_review_leaves_the_rest_open(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "auditor")
    whole = gaps(client)
    client.post("/trail/reviews", data={**SENT, "view": "sign_ins"})
    assert gaps(client) == whole
    assert gaps(client, "view=sign_ins") == ["2026-05-16 – 2026-05-19"]
    assert gaps(client, "view=refused") == whole
    assert len(whole) == 1
    client.post(
        "/trail/reviews", data={**SENT, "since": "2026-05-17", "until": "2026-05-17", "_key": "page-2"}
    )
    assert gaps(client, "view=sign_ins") == ["2026-05-16 – 2026-05-16", "2026-05-18 – 2026-05-19"]
    assert gaps(client, "view=sign_ins&person=buyer") == gaps(client, "view=sign_ins")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"until": "2026-05-20"}, "只能复核已经过去的日子"),
        ({"until": "2019-05-10"}, "开始日期不能晚于结束日期"),
        ({"since": ""}, "请填写复核的起止日期"),
        ({"since": "2026-02-30"}, "请填写复核的起止日期"),
        ({"remark": " \u200b "}, "请填写复核意见"),
        ({"_key": ""}, "请从“复核”页面提交"),
    ],
)
def test_what_does_not_fit_is_refused_and_comes_back_as_typed(
    app: Flask, client: FlaskClient, sign_in: SignIn, wrong: dict[str, str], said: str
) -> None:
    answer = sign_in(client, "auditor").post("/trail/reviews", data={**SENT, "view": "late", **wrong})
    assert answer.status_code == 422
    assert said in answer.text
    assert wrong.get("remark") or "=已逐条核对</textarea>" in answer.text
    assert 'name="view" value="late"' in answer.text
    assert reviews(app) == []


@pytest.mark.proves("R10")
def test_it_asks_for_the_password_once_the_last_is_old(
    app: Flask, client: FlaskClient, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    sign_in(client, "auditor")
    clock.shift(timedelta(minutes=11))
    assert 'name="_password"' in client.get("/trail/reviews").text
    for given, said in (({}, "请输入密码"), ({"_password": "wrong"}, "密码不正确")):
        answer = client.post("/trail/reviews", data={**SENT, **given})
        assert answer.status_code == 401
        assert said in answer.text
    assert reviews(app) == []
    assert client.post("/trail/reviews", data={**SENT, "_password": DEMO_PASSWORD}).status_code == 303
    assert len(reviews(app)) == 1


@pytest.mark.proves("R10")
def test_only_auditors_review(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    for login, reading in (("administrator", 200), ("buyer", 404), ("quality_manager", 404)):
        sign_in(client, login)
        page = client.get("/trail/reviews")
        assert page.status_code == reading
        assert "签署复核" not in page.text
        assert client.post("/trail/reviews", data=SENT).status_code == 404
    assert reviews(app) == []


@pytest.mark.both_databases
def test_a_double_click_reviews_once(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    browsers = [sign_in(app.test_client(), "auditor") for _one in range(4)]
    start, answers = threading.Barrier(len(browsers)), []

    def send(browser: FlaskClient) -> None:
        start.wait()
        answers.append(browser.post("/trail/reviews", data=SENT).status_code)

    threads = [threading.Thread(target=send, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [303] * 4
    assert len(reviews(app)) == 1
    other = sign_in(client, "auditor").post("/trail/reviews", data={**SENT, "_key": "page-2"})
    assert other.status_code == 303
    assert len(reviews(app)) == 2


def test_another_auditor_may_use_the_same_key(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    with app.app_context(), transaction():
        employee = db.session.scalars(sa.select(Person).where(Person.login == "employee")).unique().one()
        employee.grants.append(RoleGrant(role="auditor", starts_on=date(2026, 5, 1)))
    for login in ("auditor", "employee"):
        assert sign_in(client, login).post("/trail/reviews", data=SENT).status_code == 303
    assert len({one.person_id for one in reviews(app)}) == 2
