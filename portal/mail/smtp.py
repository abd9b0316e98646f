"""A letter handed to the mail server, or why it was not."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from threading import Timer
from typing import Any

from portal.config import Settings
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

PATIENCE = 15  # seconds until the server says anything
WHOLE = 120.0  # seconds for all of it: less than half a lease of the outbox, which may be half over by then


class _Timed(smtplib.SMTP):
    """A conversation that is broken off when it has taken too long, however often the server says a little."""

    def __init__(self, *given: Any, **more: Any) -> None:
        self._over = False
        self._end = Timer(WHOLE, self._break_off)
        self._end.daemon = True
        self._end.start()
        try:
            super().__init__(*given, **more)
        except BaseException:
            self._end.cancel()
            raise

    def getreply(self) -> tuple[int, bytes]:
        """The next answer of the server."""
        answer = (0, b"") if self._over else super().getreply()
        if self._over:  # before there was anything to break off, or in the midst of this answer
            self.close()
            raise smtplib.SMTPServerDisconnected("it took too long")
        return answer

    def close(self) -> None:
        """Ends it, and the watch over it."""
        self._end.cancel()
        super().close()

    def _break_off(self) -> None:
        self._over = True
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(
                    self.sock, socket.SHUT_RDWR
                )  # below TLS, which somebody is just reading


class _TimedTls(_Timed, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


def send(letter: EmailMessage, settings: Settings) -> None:
    """Hands the letter over; when this returns, the mail server has taken it.

    Raises:
        Unsent: it has not; the class says whether trying again helps.
    """
    if not settings.sends_mail:
        raise NotSetUp("SMTP_HOST")
    try:
        _hand_over(letter, settings)
    except smtplib.SMTPAuthenticationError as problem:
        raise _told(problem.smtp_code, problem.smtp_error, LoginRefused) from None
    except smtplib.SMTPRecipientsRefused as problem:
        ((code, text),) = problem.recipients.values()
        raise _told(code, text, AddressRefused) from None
    except smtplib.SMTPServerDisconnected as problem:
        raise ServerAway(str(problem)) from None
    except smtplib.SMTPNotSupportedError as problem:
        raise NoEncryption(str(problem)) from None
    except smtplib.SMTPResponseException as problem:
        raise _told(problem.smtp_code, problem.smtp_error, MessageRefused) from None
    except smtplib.SMTPException as problem:
        raise MessageRefused(str(problem)) from None
    except OSError as problem:  # no way there, no answer in time, a certificate that does not fit
        raise ServerAway(str(problem)) from None


def _hand_over(letter: EmailMessage, settings: Settings) -> None:
    server = _connected(settings)
    try:
        if settings.smtp_user:
            server.login(settings.smtp_user, settings.smtp_password)
        server.send_message(letter)
        with suppress(smtplib.SMTPException, OSError):  # the letter is taken, however the server says goodbye
            server.quit()
    finally:
        server.close()


def _connected(settings: Settings) -> smtplib.SMTP:
    place = settings.smtp_host, settings.smtp_port
    if settings.smtp_tls == "tls":
        return _TimedTls(*place, timeout=PATIENCE, context=ssl.create_default_context())
    server = _Timed(*place, timeout=PATIENCE)
    if settings.smtp_tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _told(code: int, text: bytes | str, refused: type[Unsent]) -> Unsent:
    """The server's own words; a code that begins with 4 means: later."""
    words = text.decode(errors="replace") if isinstance(text, bytes) else text
    return (TriedLater if 400 <= code < 500 else refused)(f"{code} {words}")
