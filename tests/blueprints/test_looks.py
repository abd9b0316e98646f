"""What auditors look at is noted before they see it: page, print and data of a record, once a day each."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.models import AuditEvent, Person, RoleGrant
from portal.services import audit
from tests import tables
from tests.desk import start

SignIn = Callable[[FlaskClient, str], FlaskClient]
NOW = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)  # ten in the evening in Shanghai


@pytest.fixture
def number(app: Flask) -> str:
    """A complaint."""
    return start(app, "CS-51", "customer_service_officer")[0]


def looks(app: Flask) -> list[tuple[str, str]]:
    """What is noted: login and what was seen."""
    with app.app_context():
        query = sa.select(AuditEvent).where(AuditEvent.kind == "record_looked_at").order_by(AuditEvent.id)
        events = db.session.scalars(query).all()
        assert {one.stream for one in events} <= {"looks"}
        return [(one.person.login if one.person else "", str(one.facts["what"])) for one in events]


def test_each_kind_is_noted_once_a_day(app: Flask, client: FlaskClient, sign_in: SignIn, number: str) -> None:
    at = f"/customer-service/complaints/{number}"
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client, "auditor")
        for path in (at, at, f"{at}.json", f"/records/{number}", at, f"{at}.json"):
            assert client.get(path, follow_redirects=True).status_code == 200
        assert looks(app) == [("auditor", "page"), ("auditor", "json")]
        clock.shift(timedelta(hours=3))  # the company's next day
        sign_in(client, "auditor")
        assert client.get(at).status_code == 200
    assert looks(app) == [("auditor", "page"), ("auditor", "json"), ("auditor", "page")]
    with app.app_context():
        assert audit.verify()[1] is None


def test_the_print_is_noted_too(
    app: Flask, client: FlaskClient, sign_in: SignIn, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.services.printing.make", lambda *_given, **_named: b"%PDF-")
    assert sign_in(client, "auditor").get(f"/customer-service/complaints/{number}.pdf").data == b"%PDF-"
    assert looks(app) == [("auditor", "pdf")]


def test_nobody_else_s_reading_is_noted(app: Flask, sign_in: SignIn, number: str) -> None:
    browsers = [sign_in(app.test_client(), login) for login in ("customer_service_officer", "buyer")]
    auditor = sign_in(app.test_client(), "auditor")
    before = tables.hashes(app)
    at = f"/customer-service/complaints/{number}"
    assert [[one.get(at).status_code, one.get(f"{at}.json").status_code] for one in browsers] == [
        [200, 200],
        [404, 404],
    ]
    assert auditor.head(at).status_code == 200
    assert auditor.get("/customer-service/complaints/CS-51-2026-9999").status_code == 404
    assert tables.changed(before, tables.hashes(app)) == []


def test_a_look_is_no_part_of_the_record(
    app: Flask, client: FlaskClient, sign_in: SignIn, number: str
) -> None:
    at = f"/customer-service/complaints/{number}"
    owner, auditor = (sign_in(app.test_client(), one) for one in ("customer_service_officer", "auditor"))
    before = owner.get(f"{at}.json").json
    auditor.get(at)
    assert looks(app)
    assert owner.get(f"{at}.json").json == before
    assert "查阅了" not in owner.get(at).text


@pytest.mark.both_databases
def test_many_pages_at_once_are_one_look(app: Flask, sign_in: SignIn, number: str) -> None:
    browsers = [sign_in(app.test_client(), "auditor") for _one in range(4)]
    barrier, answers = threading.Barrier(len(browsers)), []

    def look(browser: FlaskClient) -> None:
        barrier.wait()
        answers.append(browser.get(f"/customer-service/complaints/{number}").status_code)

    threads = [threading.Thread(target=look, args=(one,)) for one in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 4
    assert looks(app) == [("auditor", "page")]


def test_auditors_see_their_own_log_and_administrators_each(app: Flask, sign_in: SignIn, number: str) -> None:
    with app.app_context(), transaction():
        other = db.session.scalars(sa.select(Person).where(Person.login == "employee")).unique().one()
        other.grants.append(RoleGrant(role="auditor", starts_on=date(2026, 1, 1)))
        ids = {one.login: one.id for one in db.session.scalars(sa.select(Person)).unique()}
    auditor, second, administrator, buyer = (
        sign_in(app.test_client(), one) for one in ("auditor", "employee", "administrator", "buyer")
    )
    auditor.get(f"/customer-service/complaints/{number}")
    assert number in auditor.get("/trail/looks").text
    assert f'href="/records/{number}"' in auditor.get("/trail/looks").text
    for query in ("", f"?person={ids['auditor']}"):
        assert number not in second.get(f"/trail/looks{query}").text
    assert number not in administrator.get("/trail/looks").text
    page = administrator.get(f"/trail/looks?person={ids['auditor']}").text
    assert number in page
    assert f'href="/records/{number}"' not in page
    assert administrator.get("/trail/looks?person=999999").status_code == 404
    assert buyer.get("/trail/looks").status_code == 404
    assert f"查阅了 {number} 的页面" in administrator.get("/trail?stream=looks").text


def test_the_log_goes_on_page_by_page(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    with app.app_context(), transaction():
        who = db.session.scalars(sa.select(Person.id).where(Person.login == "auditor")).one()
        for n in range(150):
            audit.note("record_looked_at", at=NOW, by=who, stream="looks", number=f"X-{n:03d}", what="page")
    first = sign_in(client, "auditor").get("/trail/looks").text
    assert ("X-050" in first, "X-049" in first) == (True, False)
    older = first.split('<a class="btn" href="')[1].split('"')[0].replace("&amp;", "&")
    second = client.get(older).text
    assert ("X-050" in second, "X-049" in second, "X-000" in second) == (False, True, True)
