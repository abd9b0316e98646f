"""Settings that must go together; each rule takes all settings and says no with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portal.lib import clamd
from portal.lib.web_address import is_web, parted

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_MAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")

_STORE = re.compile(r"s3://[a-z0-9][a-z0-9.-]+(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?")


def mail(given: Any) -> None:
    """What a mail server needs besides its name.

    Raises:
        ValueError: something is missing, or a password would travel readable.
    """
    if not given.smtp_host:
        return
    if not _MAIL.fullmatch(given.mail_from):
        raise ValueError("MAIL_FROM must be a mail address when SMTP_HOST is set")
    if not given.address:
        raise ValueError("PUBLIC_URL must be set when SMTP_HOST is, for the links in mails")
    if bool(given.smtp_user) != bool(given.smtp_password):
        raise ValueError("SMTP_USER and SMTP_PASSWORD go together: set both or neither")
    if given.smtp_user and given.smtp_tls == "none" and given.smtp_host not in LOOPBACK:
        raise ValueError(
            "SMTP_TLS=none would send SMTP_PASSWORD readable over the network: use starttls or tls"
        )


def seal(given: Any) -> None:
    """What tokens and time stamps need.

    Raises:
        ValueError: something is missing, or a password would travel readable.
    """
    token = (given.seal_pkcs11_module, given.seal_pkcs11_token, given.seal_pkcs11_key, given.seal_pkcs11_pin)
    if any(token) and not all(token):
        raise ValueError("SEAL_PKCS11_MODULE, _TOKEN, _KEY and _PIN go together: set all or none")
    if bool(given.tsa_user) != bool(given.tsa_password):
        raise ValueError("TSA_USER and TSA_PASSWORD go together: set both or neither")
    if given.tsa_url and not is_web(given.tsa_url):
        raise ValueError("TSA_URL must be an address such as https://tsa.example.com/stamp")
    address = parted(given.tsa_url)
    if given.tsa_user and address.scheme == "http" and address.hostname not in LOOPBACK:
        raise ValueError(
            "TSA_URL with http:// would send TSA_PASSWORD readable over the network: use https://"
        )
    if given.seal_level == "b-lta" and not (given.tsa_url and given.tsa_trust):
        raise ValueError("SEAL_LEVEL=b-lta needs TSA_URL, and TSA_TRUST to prove its time stamps by")


def files(given: Any) -> None:
    """What an object store needs.

    Raises:
        ValueError: something is missing or makes no sense.
    """
    if given.files_url and not _STORE.fullmatch(given.files_url):
        raise ValueError("FILES_URL must be such as s3://bucket/prefix")
    if bool(given.files_key) != bool(given.files_secret):
        raise ValueError("FILES_KEY and FILES_SECRET go together: set both or neither")
    if given.files_endpoint and not is_web(given.files_endpoint):
        raise ValueError("FILES_ENDPOINT must be an address such as https://store.example.com")
    if (given.files_endpoint or given.files_key) and not given.files_url:
        raise ValueError("FILES_URL must name the bucket when FILES_ENDPOINT or FILES_KEY is set")


def uploads(given: Any) -> None:
    """How much one person may upload, and who looks at it.

    Raises:
        ValueError: the largest file would never fit, or the scanner's address is none.
    """
    if given.upload_day_megabytes < given.upload_megabytes:
        raise ValueError("UPLOAD_DAY_MEGABYTES must be at least UPLOAD_MEGABYTES")
    try:
        clamd.split(given.clamd_address or "/")
    except ValueError:
        raise ValueError("CLAMD_ADDRESS must be such as 127.0.0.1:3310 or /run/clamav/clamd.ctl") from None


def metrics(given: Any) -> None:
    """Where the figures may be asked for.

    Raises:
        ValueError: it is no address, or others than this machine would read them.
    """
    if not given.metrics_address:
        return
    try:
        host, port = host_and_port(given.metrics_address)
    except ValueError:
        raise ValueError("METRICS_ADDRESS must be such as 127.0.0.1:9464") from None
    if not host or not 0 <= port <= 65535:
        raise ValueError("METRICS_ADDRESS must be such as 127.0.0.1:9464")
    if host not in LOOPBACK and len(given.metrics_token) < 16:
        raise ValueError(
            "METRICS_TOKEN needs 16 characters where METRICS_ADDRESS is not the loopback address"
        )


def host_and_port(address: str) -> tuple[str, int]:
    """The two halves of an address such as `127.0.0.1:9464` or `[::1]:9464`.

    Raises:
        ValueError: it is none.
    """
    host, _colon, port = address.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


RULES: tuple[Callable[[Any], None], ...] = (mail, seal, files, uploads, metrics)
