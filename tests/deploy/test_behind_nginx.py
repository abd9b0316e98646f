"""What the guide in `deploy/` sets up works: nginx, TLS, gunicorn as its unit starts it, the jobs as theirs does."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from portal.config import ROOT
from portal.domain.demo import DEMO_PASSWORD
from tests.deploy.served import CERTIFICATE, Stand, command, environment

HOST = "portal.example.com"


class Browser:
    """Speaks TLS to nginx, believes its certificate, keeps cookies that are marked for TLS."""

    def __init__(self, port: int) -> None:
        context = ssl.create_default_context(cafile=str(CERTIFICATE))
        self._there = http.client.HTTPSConnection("localhost", port, context=context, timeout=60)
        self._cookies: dict[str, str] = {}

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str
    ) -> tuple[Any, str]:
        """The answer's head and text."""
        sent = {"Host": HOST, "Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        self._there.request(method, path, urlencode(form) if form is not None else None, sent)
        answer = self._there.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                assert morsel["secure"]
                self._cookies[name] = morsel.value
        return answer, answer.read().decode()

    def close(self) -> None:
        """Hangs up."""
        self._there.close()


@pytest.fixture
def browser(served: Stand) -> Iterator[Browser]:
    """A browser that nobody has signed in with."""
    made = Browser(served.port)
    yield made
    made.close()


def test_signing_in_over_tls(served: Stand, browser: Browser) -> None:
    head, page = browser.ask("GET", "/sign-in")
    assert head.status == 200
    assert "max-age=" in head.headers["Strict-Transport-Security"]
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    form = {"login": "buyer", "password": DEMO_PASSWORD, "csrf_token": token}
    head, _page = browser.ask(
        "POST", "/sign-in", form, Referer=f"https://{HOST}/sign-in", X_Request_ID="mine-0123456789"
    )
    assert head.status == 303
    assert head.headers["X-Request-ID"] != "mine-0123456789"  # nginx names requests, not the browser
    head, page = browser.ask("GET", "/", Accept_Language="zh")
    assert head.status == 200
    assert "PU-04" in page or "待办" in page
    lines = [json.loads(line) for line in served.log().splitlines()]
    assert any(one["logger"] == "gunicorn.error" for one in lines), (
        "each line is an object, also those of the server"
    )
    asked = next(one for one in lines if one.get("id") == head.headers["X-Request-ID"])
    assert (asked["endpoint"], asked["status"]) == ("home.index", 200)
    assert isinstance(asked["person"], int)
    assert DEMO_PASSWORD not in served.log()


def test_who_asked_is_what_nginx_saw(served: Stand, browser: Browser) -> None:
    """A header that the browser sends of itself does not count: nginx writes it anew."""
    head, _page = browser.ask("GET", "/ready", X_Forwarded_For="203.0.113.9")
    assert head.status == 200
    head, _page = browser.ask("GET", "/sign-in", Host="evil.example.com")
    assert head.status == 400


def test_the_figures_are_those_of_all_workers_and_not_behind_nginx(served: Stand, browser: Browser) -> None:
    for _request in range(6):
        assert browser.ask("GET", "/alive")[0].status == 200
    assert browser.ask("GET", "/metrics")[0].status == 404
    with urllib.request.urlopen(f"http://127.0.0.1:{served.figures}/metrics", timeout=60) as answer:
        text = answer.read().decode()
    counted = re.findall(
        r'^portal_requests_total{endpoint="health.alive",method="GET",status="200"} (\S+)$', text, re.M
    )
    assert float(counted[0]) >= 6


def test_addresses_are_not_logged(served: Stand, browser: Browser) -> None:
    browser.ask("GET", "/s/the-secret-of-a-link")
    assert "the-secret-of-a-link" not in served.log()
    assert "the-secret-of-a-link" not in (served.folder / "access.log").read_text()


def test_the_jobs_start_and_end_as_their_unit_says(served: Stand, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(served.folder / "data", data, ignore=shutil.ignore_patterns("*-wal", "*-shm"))
    with (tmp_path / "log").open("w") as log:
        jobs = subprocess.Popen(
            command("portal-jobs.service"),
            cwd=ROOT,
            env=environment(data),
            stdout=log,
            stderr=subprocess.PIPE,
        )
        try:
            assert jobs.stderr is not None
            first = jobs.stderr.readline()
            jobs.send_signal(signal.SIGTERM)
            _rest, said = jobs.communicate(timeout=90)
            assert jobs.returncode == 0
        finally:
            jobs.kill()
            jobs.communicate()
    assert (tmp_path / "log").read_text() == ""
    lines = [json.loads(line) for line in (first + said).splitlines()]
    assert lines[0]["message"] == "jobs are running"
    assert all(line["level"] != "ERROR" for line in lines)
