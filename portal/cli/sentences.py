"""Says in one sentence what keeps a command from its work; a trace is left for faults of the program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import click
from alembic.util import CommandError
from flask import has_app_context
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from portal.lib.space import is_full
from portal.storage.store import StoreAway
from portal.web import hindrances
from portal.web.hindrances import Hindrance

SAID = {
    Hindrance.BUSY: "The database is busy ({}). Try again.",
    Hindrance.READ_ONLY: "Nothing can be written ({}). Is this the portal's own user, and may it write there?",
    Hindrance.OTHER_TABLES: "The database has not the tables of this program ({}). Run: flask db pending, then flask db upgrade",
    Hindrance.AWAY: "The database cannot be used ({}). See DATABASE_URL and PORTAL_DATA.",
}
MAY_NOT = "42501"  # PostgreSQL's sign for what a role may not do


@contextmanager
def told() -> Iterator[None]:
    """Says what went wrong outside of the program, and ends the command with 1."""
    try:
        yield
    except Exception as problem:
        if not (said := sentence(problem)):
            raise
        raise click.ClickException(said) from None


def sentence(problem: Exception) -> str:
    """What is wrong and what to do, without what was written or a password; empty where nobody but a programmer can help."""
    words = (str(getattr(problem, "orig", None) or problem).strip() or type(problem).__name__).splitlines()[0]
    if isinstance(problem, CommandError):
        return f"{words}: this release does not know it. See: flask db log"
    if isinstance(problem, StoreAway):
        return f"The file store does not answer: {words}. See FILES_URL."
    if not isinstance(problem, SQLAlchemyError | OSError):
        return ""
    if is_full(problem):
        return f"There is no room left ({words}). Nothing of the last act is written; make room and run it again."
    if isinstance(problem, DBAPIError) and getattr(problem.orig, "sqlstate", "") == MAY_NOT:
        return f"The role of DATABASE_URL may not do this ({words}). Run it as the owner of the tables."
    kind = hindrances.found(problem) if has_app_context() else hindrances.said(problem)
    return SAID[kind].format(words) if kind else ""


def speaking(command: click.Command) -> click.Command:
    """The command, or all of the group, which say what keeps them from their work."""
    for one in command.commands.values() if isinstance(command, click.Group) else ():
        speaking(one)
    if not isinstance(command, click.Group):
        command.invoke = _speaking(command.invoke)  # type: ignore[method-assign]
    return command


def _speaking(invoke: Any) -> Any:
    @wraps(invoke)
    def run(ctx: click.Context) -> Any:
        with told():
            return invoke(ctx)

    return run
