"""A letter handed to the mail server, or why it was not."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage

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

PATIENCE = 15  # seconds for each of some eight answers of the server, within half a lease of the outbox


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
        return smtplib.SMTP_SSL(*place, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(*place, timeout=PATIENCE)
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
