"""Settings of where things are: replica, broker, the names of the portal; each rule says no with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from portal.lib.web_address import parted


def replica(given: Any) -> None:
    """What a replica of the database needs.

    Raises:
        ValueError: there is nothing that it could be a replica of, or it is of another kind.
    """
    urls = (given.database_read_url, given.database_url)
    if urls[0] and not all(url.startswith("postgresql+psycopg://") for url in urls):
        raise ValueError(
            "DATABASE_READ_URL must be such as postgresql+psycopg://user:password@standby/name, and DATABASE_URL too"
        )


def broker(given: Any) -> None:
    """The address of a broker.

    Raises:
        ValueError: it is none.
    """
    if not given.broker_url:
        return
    if parted(given.broker_url).scheme not in ("redis", "rediss", "unix"):
        raise ValueError(
            "BROKER_URL must begin with redis://, rediss:// or unix://, such as redis://127.0.0.1:6379/0"
        )


def hosts(given: Any) -> None:
    """The names that the portal answers to.

    Raises:
        ValueError: one is no name; the portal would answer to nobody.
    """
    if any(re.search(r"[\s/*@]", name) for name in given.trusted_hosts):
        raise ValueError("TRUSTED_HOSTS must be names such as portal.example.com, without https:// or *")


RULES: tuple[Callable[[Any], None], ...] = (replica, broker, hosts)
