"""A mail server and the three robot services, on loopback: they keep what they get and answer as they are told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.feishu import NotifyFeishu
from apprise.plugins.lark import NotifyLark
from apprise.plugins.wecombot import NotifyWeComBot

from portal.config import Settings

ACCOUNT = ("portal", "s3cret-s3cret")


@dataclass
class MailServer:
    """What has come, and how the server answers: `answers` are used up one for each recipient, then it takes all."""

    host: str = "127.0.0.1"
    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    logins: list[bytes] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Takes a recipient, or answers as it was told."""
        if self.answers and not self.answers[0].startswith("250"):
            return self.answers.pop(0)
        self.answers = self.answers[1:]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Keeps a letter."""
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Takes the account of the tests."""
        assert isinstance(given, LoginPassword)
        self.logins.append(given.login)
        good = (given.login.decode(), given.password.decode()) == ACCOUNT
        return AuthResult(success=good, handled=False)

    def settings(self, **other: Any) -> dict[str, Any]:
        """The settings by which the portal finds this server."""
        return {
            "smtp_host": self.host,
            "smtp_port": self.port,
            "smtp_tls": "none",
            "mail_from": "portal@huaheng.example",
            "public_url": "https://portal.example",
            **other,
        }


class _Controller(Controller):
    """A server on a free port, which is known only when it listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A mail server that listens until the end of the block."""
    kept = MailServer()
    controller = _Controller(
        kept, hostname=kept.host, port=0, server_hostname="localhost", authenticator=kept.check, **options
    )
    controller.start()
    try:
        kept.port = controller.port
        yield kept
    finally:
        controller.stop()


@pytest.fixture
def post() -> Iterator[MailServer]:
    """A mail server that wants no login."""
    with mail_server() as server:
        yield server


@dataclass
class Services:
    """What the robots' services got: path, and message; they answer as told, else that all is well."""

    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """The three services on loopback: only the host in apprise's addresses is another."""
    kept = Services()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kept.got.append((self.path, json.loads(body)))
            status, said = kept.answers.pop(0) if kept.answers else (200, {"errcode": 0, "code": 0})
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_said: object) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    here = f"http://127.0.0.1:{server.server_port}"
    for plugin in (NotifyWeComBot, NotifyDingTalk, NotifyFeishu, NotifyLark):
        path = plugin.notify_url.split("/", 3)[3]
        monkeypatch.setattr(plugin, "notify_url", f"{here}/{path}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join(5)


def settings(**values: Any) -> Settings:
    """Settings with these values, the rest as they come."""
    return Settings(_env_file=None, **values)
