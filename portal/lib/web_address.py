"""Addresses that people write into settings."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit


def parted(url: str) -> SplitResult:
    """The parts of an address; all of them empty where host or port make no sense."""
    try:
        found = urlsplit(url)
        return urlsplit("") if found.port == 0 else found
    except ValueError:
        return urlsplit("")


def is_web(url: str) -> bool:
    """Whether it is an address of the web."""
    address = parted(url)
    return address.scheme in ("http", "https") and bool(address.hostname)
