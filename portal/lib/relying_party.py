"""Who passkeys are made for: the portal under the one address that people type."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """The host name that a browser ties passkeys to, and the origin whose pages may ask for them."""

    id: str
    origin: str


def at(address: str) -> RelyingParty | None:
    """The party at an address; None where browsers give no passkeys: without TLS, or at a bare number."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    safe = parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
    if not host or not safe or _is_number(host):
        return None
    port = "" if parts.port in (None, PORTS[parts.scheme]) else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}")


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
