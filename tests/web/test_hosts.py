"""Names of the portal: it answers to its own, whatever a request claims; cookies and links keep to them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import outbox
from portal.lib.clock import now
from portal.models import NoticeChoice, Person
from portal.services import notices
from portal.web.headers import SAFE
from tests.architecture.test_access import ROWS
from tests.post_office import MailServer, post

__all__ = ["post"]

HOME = "https://portal.example"
EVIL = "evil.example"


@pytest.fixture
def browser(production: Flask) -> FlaskClient:
    """A browser that keeps cookies for the portal's own name."""
    return production.test_client()


@pytest.mark.proves("S16", "S42")
def test_another_host_gets_no_page(browser: FlaskClient) -> None:
    for host in (EVIL, f"portal.example.{EVIL}", "portal.example@evil.example", "", "127.0.0.1"):
        for path in ("/", "/sign-in", "/nowhere", "/files", "/s/x", "/health"):
            answer = browser.get(path, base_url=HOME, headers={"Host": host})
            assert answer.status_code == 400, (host, path)
            assert EVIL not in answer.text
            assert "Location" not in answer.headers
            assert {name: answer.headers.get(name) for name in SAFE} == SAFE


@pytest.mark.proves("S16")
def test_forged_headers_have_no_effect(browser: FlaskClient) -> None:
    forged = dict.fromkeys(("X-Forwarded-Host", "X-Forwarded-Server", "X-Host"), EVIL)
    forged |= {"Forwarded": f"host={EVIL}", "X-Original-URL": f"/{EVIL}", "X-Forwarded-Prefix": f"/{EVIL}"}
    for path in ("/", "/sign-in", "/nowhere", "/sign-in?next=/trail"):
        for name, given in forged.items():
            answer = browser.get(path, base_url=HOME, headers={name: given})
            assert EVIL not in answer.text + str(answer.headers), (name, path)


@pytest.mark.proves("S16")
def test_where_somebody_comes_from_is_not_what_they_say(production: Flask) -> None:
    browser = production.test_client()
    forged = {"X-Forwarded-For": "127.0.0.9", "X-Forwarded-Proto": "http"}
    data = {"login": "buyer", "password": DEMO_PASSWORD}
    assert browser.post("/sign-in", base_url=HOME, data=data, headers=forged).status_code == 303
    page = browser.get("/account/sessions", base_url=HOME).text
    assert "127.0.0.9" not in page
    assert "127.0.0.1" in page


@pytest.mark.proves("S16")
def test_links_in_mail_are_those_of_the_setting(production: Flask, post: MailServer) -> None:
    settings = production.config["SETTINGS"]
    production.config["SETTINGS"] = settings.model_copy(update={**post.settings(), "public_url": HOME})
    with production.test_request_context("/", headers={"Host": EVIL}):
        by = db.session.scalars(sa.select(Person.id).where(Person.login == "buyer")).one()
        with transaction():
            db.session.execute(sa.update(Person).where(Person.id == by).values(email="buyer@example.com"))
            db.session.merge(NoticeChoice(person_id=by, group="other", mail="once", robot="off"))
            notices.tell([f"person:{by}"], "told", now=now(), text={"zh": "请看", "en": "Look"})
        outbox.drain()
    letters = post.letters
    assert letters, "a letter went out"
    for letter in letters:
        links = re.findall(r"https?://[^\s\"<]+", html.unescape(letter.get_body(("plain",)).get_content()))
        assert links
        assert all(link.startswith(HOME) for link in links), links


# Cookies


def cookies(browser: FlaskClient) -> Iterator[str]:
    """What every address sets, for a stranger and for somebody signed in, with GET and with POST."""
    for row in ROWS:
        path = re.sub(r"<[^>]+>", "1", row.rule)
        answer = browser.open(path, method=row.method, base_url=HOME)
        yield from answer.headers.getlist("Set-Cookie")
        answer.close()
    for data in ({"language": "en"}, {"language": "zh"}):
        yield from browser.post("/account/language", base_url=HOME, data=data).headers.getlist("Set-Cookie")


@pytest.mark.proves("S6")
def test_every_cookie_is_guarded(browser: FlaskClient) -> None:
    found = list(cookies(browser))
    entered = browser.post("/sign-in", base_url=HOME, data={"login": "buyer", "password": DEMO_PASSWORD})
    (own,) = entered.headers.getlist("Set-Cookie")
    assert own.startswith("__Host-portal=")
    found += [own, *cookies(browser)]
    for one in found:
        parts = {part.strip().lower() for part in one.split(";")}
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= parts, one
        assert not any(part.startswith("domain=") for part in parts), one
        assert len(one) < 4096
