"""Whether the database keeps, when the power is cut, what it has acknowledged; SQLite is told so by the portal itself."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from portal.config import Settings
from portal.database import CUT_OFF

NEEDED = ("fsync", "full_page_writes", "synchronous_commit")
UNSAFE = (
    "When the power is cut, this PostgreSQL loses what the portal has acknowledged: {} must not be off. "
    "Look in postgresql.conf, ALTER SYSTEM, ALTER DATABASE and ALTER ROLE, set it to on and start again."
)
log = logging.getLogger("portal.durability")


class NotDurable(Exception):
    """The database would lose what it has acknowledged; the text says what to set."""


def look(settings: Settings) -> None:
    """Looks at the settings of PostgreSQL as the portal's own connections have them; the demo is only warned.

    A server that is away is not waited for: pages tell of it by themselves.

    Raises:
        NotDurable: this is production, and something that it needs is switched off.
    """
    if not settings.engine_url.startswith("postgresql"):
        return
    try:
        wrong = _switched_off(settings.engine_url)
    except OperationalError as problem:
        log.warning(
            "PostgreSQL is away; whether it keeps what it acknowledges was not looked at: %s", problem.orig
        )
        return
    if wrong and not settings.demo:
        raise NotDurable(UNSAFE.format(", ".join(wrong)))
    if wrong:
        log.warning(UNSAFE.format(", ".join(wrong)))


def _switched_off(url: str) -> list[str]:
    """Which of the settings that are needed are off."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=CUT_OFF, hide_parameters=True)
    asked = sa.select(*(sa.func.current_setting(name) for name in NEEDED))
    with engine.connect() as connection:
        found = connection.execute(asked).one()
    return [name for name, value in zip(NEEDED, found, strict=True) if value == "off"]
