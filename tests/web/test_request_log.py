"""The log: one line a request and a job, in which nobody can write, and which says nothing of what was written."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.logging import default_handler
from flask.testing import FlaskClient

from portal.extensions import db
from portal.jobs.told import told
from portal.jobs.waking import inside
from portal.lib.log_lines import WORK, JsonLines, TextLines
from portal.models import Person
from portal.web import request_log
from tests.conftest import make_app

TOLD = "line\nDETAIL:  Failing row contains (7, 某人的手机).\nCONTEXT: more\n of it"
SignIn = Callable[[FlaskClient, str], FlaskClient]


class Kept(logging.Handler):
    """Keeps lines as they would be written."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def said(self, message: str) -> list[dict[str, object]]:
        """The lines with this message."""
        return [one for one in map(json.loads, self.lines) if one["message"] == message]


@pytest.fixture
def kept() -> Iterator[Kept]:
    """The portal's log as JSON."""
    handler, logger = Kept(JsonLines()), logging.getLogger("portal")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)


@pytest.fixture
def told_app(app: Flask) -> Iterator[Flask]:
    """The portal with JSON in its log."""
    settings = app.config["SETTINGS"]
    yield make_app(settings.portal_data, log_format="json")
    request_log._configure(settings)


def test_a_line_for_each_request(
    told_app: Flask, kept: Kept, sign_in: SignIn, cast: dict[str, Person]
) -> None:
    before = WORK.get()
    browser = sign_in(told_app.test_client(), "buyer")
    answer = browser.get("/find?q=机密的词")
    browser.get("/s/a-secret-of-a-link")
    first, found, secret = kept.said("request")
    assert (first["endpoint"], first["method"], first["status"]) == ("auth.sign_in", "POST", 303)
    assert found["person"] == cast["buyer"].id
    assert found["status"] == answer.status_code
    assert found["id"] == answer.headers["X-Request-ID"]
    assert isinstance(found["ms"], float)
    assert secret["id"] != found["id"]
    written = "\n".join(kept.lines)
    assert "demo-2026" not in written
    assert "a-secret-of-a-link" not in written
    assert "机密" not in written
    assert "\\u673a" not in written  # nor in the letters of JSON
    assert WORK.get() == before


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_the_id_of_a_request_is_taken_from_a_proxy_alone(app: Flask, proxies: int, believed: bool) -> None:
    portal = make_app(app.config["SETTINGS"].portal_data, proxies=proxies)
    answer = portal.test_client().get("/alive", headers={"X-Request-ID": "proxy-0123456789"})
    assert (answer.headers["X-Request-ID"] == "proxy-0123456789") is believed


@pytest.mark.parametrize(
    "odd", ["short", "x" * 65, "with blank 12345", "umlaut-ä-1234567", '"quoted-123456"']
)
def test_an_odd_id_is_not_taken(app: Flask, odd: str) -> None:
    portal = make_app(app.config["SETTINGS"].portal_data, proxies=1)
    answer = portal.test_client().get("/alive", headers={"X-Request-ID": odd})
    assert answer.headers["X-Request-ID"] != odd


def test_what_goes_wrong_is_told_with_its_request(
    told_app: Flask, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError(TOLD)

    fail.open_to = "everyone"  # type: ignore[attr-defined]
    monkeypatch.setitem(told_app.view_functions, "health.alive", fail)
    answer = told_app.test_client().get("/alive?secret=1")
    assert answer.status_code == 500
    (line,) = [one for one in map(json.loads, kept.lines) if one["level"] == "ERROR"]
    assert line["id"] == answer.headers["X-Request-ID"]
    assert line["message"].endswith("at GET /alive")
    assert "RuntimeError: line" in line["trace"]
    assert "手机" not in line["trace"]
    assert "of it" not in line["trace"]
    assert "secret" not in line["message"]


@pytest.mark.parametrize("formatter", [TextLines(), JsonLines()])
def test_nobody_writes_a_line_of_their_own(formatter: logging.Formatter) -> None:
    record = logging.LogRecord(
        "portal", logging.INFO, "x.py", 1, "from %s", ("a\r\nb\x1b[2J\u2028c\x85d",), None
    )
    record.facts = {"name": "e\nf"}
    line = formatter.format(record)
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_line_for_each_job(kept: Kept) -> None:
    with told("sweep") as job:
        logging.getLogger("portal.jobs").warning("inside")
        job.done = 2
    with pytest.raises(KeyError), told("sweep"):
        raise KeyError("x")
    with told("idle"):
        pass
    done, failed = kept.said("job")
    assert (done["job"], done["outcome"], done["done"]) == ("sweep", "done", 2)
    assert kept.said("inside")[0]["id"] == done["id"]
    assert (failed["outcome"], failed["id"] != done["id"]) == ("failed", True)
    assert (failed["level"], "KeyError: 'x'" in failed["trace"]) == ("ERROR", True)


def test_what_goes_wrong_in_a_job_stands_once_in_the_log_without_the_values_of_a_row(
    told_app: Flask, kept: Kept
) -> None:
    def sweep() -> int:
        raise RuntimeError(TOLD)

    inside(
        told_app, sweep
    )()  # the queue is told nothing: its own words know neither job nor id, nor what to leave out
    (line,) = [one for one in map(json.loads, kept.lines) if one["level"] == "ERROR"]
    assert (line["job"], line["outcome"], bool(line["id"])) == ("sweep", "failed", True)
    assert "RuntimeError: line" in line["trace"]
    assert "手机" not in line["trace"]


def test_text_tells_requests_only_where_it_tells_everything(app: Flask, kept: Kept) -> None:
    app.test_client().get("/alive")
    assert kept.said("request") == []
    logging.getLogger("portal").setLevel("DEBUG")
    app.test_client().get("/alive")
    assert len(kept.said("request")) == 1
    request_log._configure(app.config["SETTINGS"])


def test_each_line_is_written_once(told_app: Flask) -> None:
    assert default_handler in logging.getLogger().handlers
    assert default_handler not in logging.getLogger("portal").handlers
    make_app(told_app.config["SETTINGS"].portal_data)
    assert default_handler not in logging.getLogger().handlers
    assert default_handler in logging.getLogger("portal").handlers
    with told_app.app_context():
        db.session.remove()


def test_what_libraries_say_of_upgrades_is_no_text_among_objects(told_app: Flask) -> None:
    for name in ("alembic", "sqlalchemy"):
        logger = logging.getLogger(name)
        assert (logger.handlers, logger.propagate) == ([], True), name
    request_log._configure(told_app.config["SETTINGS"].model_copy(update={"log_format": "text"}))


def test_a_strange_host_is_refused_in_one_line(app: Flask, kept: Kept) -> None:
    portal = make_app(
        app.config["SETTINGS"].portal_data, trusted_hosts="portal.example.com", log_format="json"
    )
    answer = portal.test_client().get("/sign-in", headers={"Host": "evil.example.com"})
    assert answer.status_code == 400
    assert len(answer.text.splitlines()) == 1
    assert "evil" not in answer.text
    (line,) = map(json.loads, kept.lines)
    assert (line["message"], line["status"], line["endpoint"]) == ("request", 400, None)
    request_log._configure(app.config["SETTINGS"])
