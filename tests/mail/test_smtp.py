"""A letter at a real mail server: taken, put off, refused; and a server that is away or asks for what was not set."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import cycle
from pathlib import Path

import pytest

from portal.config import Settings
from portal.mail import letter, smtp
from portal.mail.unsent import (
    AddressRefused,
    LoginRefused,
    MessageRefused,
    NoEncryption,
    NotSetUp,
    ServerAway,
    TriedLater,
    Unsent,
)
from portal.services import outbox
from tests.post_office import ACCOUNT, MailServer, mail_server, settings

CERTIFICATE = Path(__file__).with_name("loopback.pem")
AT = datetime(2026, 5, 12, 1, 0, tzinfo=UTC)
WORDS = letter.Words("有一件\n事", "赵敏，您好：", "打开", "", "只打开页面。", "不想收到？")
ITEM = letter.Item(
    "PU-04-2026-0001 <等您办理>", "钢材 & 管材", "https://portal.example/sign-in?next=/records/1"
)


def written(key: str = "notice-7") -> EmailMessage:
    return letter.write(
        [ITEM], WORDS, company="华衡", sender="portal@huaheng.example", to=("赵敏, 经理", "zhao@huaheng.example"),
        key=key, at=AT,
    )  # fmt: skip


def test_a_letter_arrives_as_text_and_as_page(post: MailServer) -> None:
    smtp.send(written(), settings(**post.settings()))
    (got,) = post.letters
    assert got["Subject"] == "[华衡] 有一件 事"
    assert got["Message-ID"] == "<notice-7@huaheng.example>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["To"].addresses[0].display_name == "赵敏, 经理"
    assert got["From"].addresses[0].addr_spec == "portal@huaheng.example"
    text, page = (got.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for said in ("赵敏，您好：", "PU-04-2026-0001 <等您办理>", "钢材 & 管材", ITEM.href, "只打开页面。"):
        assert said in text
    assert "<b>PU-04-2026-0001 &lt;等您办理&gt;</b><br>钢材 &amp; 管材" in page
    assert f'<a href="{ITEM.href}">打开</a>' in page


def test_the_same_key_gives_the_same_message_id() -> None:
    assert written()["Message-ID"] == written()["Message-ID"] != written("notice-8")["Message-ID"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("451 busy, try later", TriedLater),
        ("450 mailbox locked", TriedLater),
        ("550 no such user", AddressRefused),
    ],
)
def test_a_refused_recipient(post: MailServer, answer: str, why: type[Unsent]) -> None:
    post.answers = [answer]
    with pytest.raises(Unsent) as caught:
        smtp.send(written(), settings(**post.settings()))
    assert type(caught.value) is why
    assert str(caught.value) == answer
    assert caught.value.for_good is answer.startswith("5")
    assert post.letters == []
    smtp.send(written(), settings(**post.settings()))
    assert len(post.letters) == 1, "it takes the next one"


def test_a_letter_that_is_too_large_is_refused_for_good() -> None:
    with mail_server(data_size_limit=200) as post, pytest.raises(MessageRefused, match="552"):
        smtp.send(written(), settings(**post.settings()))


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_the_account_is_used() -> None:
    user, password = ACCOUNT
    with mail_server(auth_required=True, auth_require_tls=False) as post:
        smtp.send(written(), settings(**post.settings(smtp_user=user, smtp_password=password)))
        assert len(post.letters) == 1
        assert post.logins == [user.encode()]
        with pytest.raises(LoginRefused, match="535"):
            smtp.send(written(), settings(**post.settings(smtp_user=user, smtp_password="wrong")))
        with pytest.raises(MessageRefused, match="530"):
            smtp.send(written(), settings(**post.settings()))
        assert len(post.letters) == 1


def test_a_server_that_wants_tls_for_a_login_gets_no_password_without() -> None:
    with mail_server(auth_required=True, auth_require_tls=True) as post:
        user, password = ACCOUNT
        with pytest.raises(NoEncryption):
            smtp.send(written(), settings(**post.settings(smtp_user=user, smtp_password=password)))
        assert post.logins == []


@pytest.fixture
def certificate(monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The server's certificate for loopback, made for these tests only, and trusted by the portal."""
    trusting = ssl.create_default_context(cafile=CERTIFICATE)
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_starttls_comes_before_the_login(certificate: ssl.SSLContext) -> None:
    user, password = ACCOUNT
    with mail_server(tls_context=certificate, auth_required=True, auth_require_tls=True) as post:
        smtp.send(
            written(), settings(**post.settings(smtp_tls="starttls", smtp_user=user, smtp_password=password))
        )
        assert (len(post.letters), post.logins) == (1, [user.encode()])


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssl, "create_default_context", lambda: ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    with mail_server(tls_context=certificate) as post:
        with pytest.raises(ServerAway, match="certificate verify failed"):
            smtp.send(written(), settings(**post.settings(smtp_tls="starttls")))
        assert post.letters == []


def test_a_server_without_tls_gets_no_letter_when_tls_is_set(post: MailServer) -> None:
    with pytest.raises(NoEncryption):
        smtp.send(written(), settings(**post.settings(smtp_tls="starttls")))
    assert post.letters == []


def test_a_server_that_is_away_may_come_back() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = MailServer(port=taken.getsockname()[1])
        with pytest.raises(ServerAway) as caught:
            smtp.send(written(), settings(**nobody.settings()))
    assert not caught.value.for_good


def test_a_server_that_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mute = MailServer(port=silent.getsockname()[1])
        with pytest.raises(ServerAway):
            smtp.send(written(), settings(**mute.settings()))


@dataclass
class Watch:
    """In place of the clock over a conversation: its time is over when the server says so."""

    act: Callable[[], None] = lambda: None
    ended: bool = False

    def set(self, seconds: float, act: Callable[[], None]) -> Watch:
        assert seconds == smtp.WHOLE
        self.act = act
        return self

    def start(self) -> None:
        """The time runs."""

    def cancel(self) -> None:
        self.ended = True


class Dripping:
    """A server that answers so often as it should, and then never comes to an end, byte by byte."""

    def __init__(self, answers: int, context: ssl.SSLContext | None, begins: Callable[[], None]) -> None:
        self.answers, self.context, self.begins, self.got = answers, context, begins, b""
        self.door = socket.create_server(("127.0.0.1", 0))
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def settings(self, **other: str) -> Settings:
        return settings(**MailServer(port=self.door.getsockname()[1]).settings(**other))

    def close(self) -> None:
        self.thread.join(30)
        self.door.close()
        assert not self.thread.is_alive()

    def _serve(self) -> None:
        link, _who = self.door.accept()
        line = self.context.wrap_socket(link, server_side=True) if self.context else link
        with suppress(OSError), line:
            self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        answer = b"220 yes\r\n"
        for _answer in range(self.answers):
            line.sendall(answer)
            end = b"\r\n.\r\n" if answer.startswith(b"354") else b"\r\n"
            heard = b""
            while not heard.endswith(end) and (piece := line.recv(65536)):
                heard += piece
            self.got += heard
            answer = b"354 go on\r\n" if heard == b"data\r\n" else b"250 yes\r\n"
        for said, one in enumerate(cycle(b"250-and more\r\n")):
            line.sendall(bytes([one]))
            if said == 20:
                self.begins()


@pytest.mark.proves("F21")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("answers", [0, 1, 2, 4, 5])
@pytest.mark.parametrize("tls", ["none", "tls"])
def test_a_server_that_says_a_little_now_and_then_is_not_heard_for_ever(
    certificate: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch, answers: int, tls: str
) -> None:
    """At its greeting, at the first word, in between, and when it has the letter already."""
    watch = Watch()
    monkeypatch.setattr(smtp, "Timer", watch.set)
    server = Dripping(answers, certificate if tls == "tls" else None, lambda: watch.act())
    with pytest.raises(ServerAway):
        smtp.send(written(), server.settings(smtp_tls=tls))
    server.close()
    assert watch.ended


@pytest.mark.timeout(60)
def test_a_letter_that_was_taken_is_sent_however_long_the_goodbye(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch()
    monkeypatch.setattr(smtp, "Timer", watch.set)
    server = Dripping(6, None, lambda: watch.act())
    smtp.send(written(), server.settings())
    server.close()
    assert b"Message-ID: <notice-7@huaheng.example>" in server.got


@pytest.mark.timeout(60)
def test_the_watch_looks_at_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "WHOLE", 0.1)
    server = Dripping(0, None, lambda: None)
    with pytest.raises(ServerAway):
        smtp.send(written(), server.settings())
    server.close()


@pytest.mark.proves("F21")
def test_a_conversation_ends_before_the_lease_of_its_row() -> None:
    """A row may be begun when half of the lease is over."""
    assert outbox.LEASE.total_seconds() / 2 > smtp.WHOLE + smtp.PATIENCE


def test_no_watch_is_left_behind(post: MailServer) -> None:
    smtp.send(written(), settings(**post.settings()))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = settings(**MailServer(port=taken.getsockname()[1]).settings())
        with pytest.raises(ServerAway):
            smtp.send(written(), nobody)
    for one in threading.enumerate():
        if isinstance(one, threading.Timer):
            one.join(5)
            assert not one.is_alive()


def test_without_a_server_nothing_can_be_sent() -> None:
    with pytest.raises(NotSetUp):
        smtp.send(written(), settings())
