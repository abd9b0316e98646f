"""Lists come from a standby that follows, for everybody who has not written what is not in it yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY
from sqlalchemy import event
from sqlalchemy.exc import InternalError

from portal import replica
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.forms.charts import of_department
from portal.models import AuditEvent, Person
from tests.conftest import make_app
from tests.standby import Standby, standing_by

pytestmark = pytest.mark.postgres(alone=True)
REGISTER, NAME = "/purchasing/requisitions/", "我的筛选"
CHART = f"/purchasing/charts/{of_department('purchasing')[0].key}"
PAGES = (
    *(REGISTER, "/registers/", "/registers/stock_list", "/find?q=a", "/projects/", "/documents/"),
    *("/purchasing/suppliers/", "/obligations/", CHART),
)
PART = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""


@pytest.fixture(scope="module")
def standby(postgres: str) -> Iterator[Standby]:
    """A server that follows the one of the tests."""
    with standing_by(postgres) as made:
        yield made


@pytest.fixture
def portal(app: Flask, standby: Standby, tmp_path: Path) -> Iterator[Flask]:
    """A portal on the small company's books, which reads lists from the standby."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    standby.follow()
    reader = make_app(tmp_path, url, database_read_url=standby.url(str(sa.make_url(url).database)))
    yield reader
    with reader.app_context():
        db.session.remove()
        db.engine.dispose()
    reader.extensions["replica"].engine.dispose()


@pytest.fixture
def buyer(portal: Flask, standby: Standby) -> FlaskClient:
    """A buyer's browser, whose sign-in has come to the standby."""
    client = browser(portal)
    standby.follow()
    return client


@pytest.fixture
def held(buyer: FlaskClient, standby: Standby) -> Iterator[None]:
    """Replay is held from when the buyer has signed in."""
    standby.hold()
    yield
    standby.go_on()


def counted(act: Callable[[], object]) -> dict[str, float]:
    """From where lists were read meanwhile, and how often."""
    names = (replica.GOOD, "away", "behind", "stale", "leads")

    def now() -> dict[str, float]:
        return {one: REGISTRY.get_sample_value("portal_reads_total", {"from": one}) or 0 for one in names}

    before = now()
    act()
    return {one: count - before[one] for one, count in now().items() if count != before[one]}


def browser(portal: Flask, login: str = "buyer") -> FlaskClient:
    """A browser in which somebody has signed in."""
    client = portal.test_client()
    assert client.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD}).status_code == 303
    return client


def read(client: FlaskClient, path: str) -> str:
    """A page that there is."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.text


def save_view(client: FlaskClient, name: str = NAME) -> None:
    """Writes something that the register shows."""
    answer = client.post(f"{REGISTER}views?state=open", data={"name": name})
    assert answer.status_code == 303, answer.text


def export(client: FlaskClient, path: str = "/registers/stock_list/exports") -> bytes:
    """A list as it is sent, to the end."""
    with client.post(path, data={"format": "csv"}) as answer:
        assert answer.status_code == 200
        return answer.data


def shows(client: FlaskClient) -> bool:
    """Whether the register shows it."""
    return NAME in read(client, REGISTER)


def test_lists_are_read_from_the_standby(buyer: FlaskClient) -> None:
    for path in PAGES:
        assert counted(partial(read, buyer, path)) == {"replica": 1}, path


def test_what_people_work_with_is_not(buyer: FlaskClient) -> None:
    for path in ("/", "/mine", "/notices", "/account/sessions", f"{REGISTER}new"):
        assert counted(partial(read, buyer, path)) == {}, path


def test_who_has_written_reads_it_and_others_as_soon_as_it_is_there(
    portal: Flask, buyer: FlaskClient, standby: Standby, held: None
) -> None:
    other = browser(portal)
    standby.go_on()
    standby.hold()
    save_view(buyer)
    assert counted(lambda: shows(buyer)) == {"behind": 1}
    assert shows(buyer)
    assert counted(lambda: shows(other)) == {"replica": 1}
    assert not shows(other), "the same person's other browser sees what the standby shows"
    standby.go_on()
    assert counted(lambda: (shows(buyer), shows(other))) == {"replica": 2}
    assert shows(buyer)
    assert shows(other)


def test_signing_in_anew_shows_what_was_written_elsewhere(
    portal: Flask, buyer: FlaskClient, standby: Standby, held: None
) -> None:
    save_view(buyer)
    assert shows(browser(portal))


def test_where_the_end_of_the_log_is_not_known_the_primary_answers(
    buyer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "END", sa.text("SELECT 1 / 0"))
    save_view(buyer)
    assert counted(lambda: shows(buyer)) == {"behind": 1}
    monkeypatch.undo()
    save_view(buyer, "另一个")
    assert shows(buyer)


@pytest.mark.proves("S2")
def test_who_is_signed_out_is_so_at_once(portal: Flask, buyer: FlaskClient, held: None) -> None:
    other = browser(portal)
    assert other.post("/account/sessions/end-others").status_code == 303
    assert buyer.get(REGISTER).location.startswith("/sign-in")


def test_an_export_reads_there_and_is_noted_on_the_primary(
    portal: Flask, buyer: FlaskClient, standby: Standby, held: None
) -> None:
    taken: list[bytes] = []
    assert counted(lambda: taken.append(export(buyer))) == {"replica": 1}
    assert taken[0].count(b"\r\n") > 1
    with portal.app_context():
        assert db.session.scalar(sa.select(AuditEvent.id).where(AuditEvent.kind == "exported"))
    save_view(buyer)
    assert counted(lambda: export(buyer)) == {"behind": 1}


def test_evidence_is_read_where_it_is_written(portal: Flask, standby: Standby) -> None:
    auditor = browser(portal, "auditor")
    standby.follow()
    assert counted(lambda: (read(auditor, "/trail"), read(auditor, "/trail/sample"))) == {}
    assert counted(lambda: export(auditor, "/trail/exports")) == {}
    standby.follow()
    assert counted(lambda: read(auditor, REGISTER)) == {"replica": 1}


def test_away_it_is_left_alone_for_a_while(
    buyer: FlaskClient, standby: Standby, monkeypatch: pytest.MonkeyPatch, portal: Flask
) -> None:
    standby.stop()
    try:
        assert counted(lambda: read(buyer, REGISTER)) == {"away": 1}
    finally:
        standby.start()
    assert counted(lambda: read(buyer, REGISTER)) == {"away": 1}, "it is there again, and rests"
    portal.extensions["replica"].rests_until = 0.0
    assert counted(lambda: read(buyer, REGISTER)) == {"replica": 1}


def test_lost_half_way_the_page_comes_from_the_primary(
    portal: Flask, buyer: FlaskClient, standby: Standby
) -> None:
    engine, seen = portal.extensions["replica"].engine, []

    @event.listens_for(engine, "after_cursor_execute")
    def part(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not seen:
            standby.ask(PART)
        seen.append(statement)

    assert counted(lambda: read(buyer, REGISTER)) == {"replica": 1}
    assert len(seen) == 1
    assert counted(lambda: read(buyer, REGISTER)) == {"away": 1}


def test_one_that_does_not_keep_up_is_passed_over(
    portal: Flask, buyer: FlaskClient, standby: Standby, held: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser(portal)  # somebody writes
    standby.receive()
    assert counted(lambda: read(buyer, REGISTER)) == {"replica": 1}
    monkeypatch.setattr(replica, "STALE", 0)
    assert counted(lambda: read(buyer, REGISTER)) == {"stale": 1}


def test_one_that_hears_nothing_is_passed_over(
    buyer: FlaskClient, standby: Standby, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replica, "STALE", 0)
    assert counted(lambda: read(buyer, REGISTER)) == {"replica": 1}
    standby.deafen()
    try:
        assert counted(lambda: read(buyer, REGISTER)) == {"stale": 1}
    finally:
        standby.listen()


def test_one_that_leads_is_no_standby(app: Flask, tmp_path: Path) -> None:
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    reader = make_app(tmp_path, url, database_read_url=url)
    assert counted(lambda: read(browser(reader), REGISTER)) == {"leads": 1}
    with (
        reader.extensions["replica"].engine.connect() as connection,
        pytest.raises(InternalError, match="read-only"),
    ):
        connection.execute(sa.delete(Person))
    reader.extensions["replica"].engine.dispose()
    with reader.app_context():
        db.engine.dispose()


def test_each_statement_is_planned_there_for_what_it_asks(portal: Flask) -> None:
    with portal.extensions["replica"].engine.connect() as connection:
        for _time in range(20):  # drivers prepare what they are asked that often
            connection.scalar(sa.select(sa.func.count()).select_from(Person))
        assert connection.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements")) == 0


def test_nothing_but_queries_goes_there(portal: Flask, buyer: FlaskClient) -> None:
    seen: list[str] = []

    @event.listens_for(portal.extensions["replica"].engine, "before_cursor_execute")
    def part(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement.split()[0])

    for path in PAGES:
        read(buyer, path)
        save_view(buyer, path)
        read(buyer, path)
        export(buyer)
    assert set(seen) <= {"SELECT", "WITH"}
