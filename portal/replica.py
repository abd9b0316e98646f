"""A replica of the database, which answers what is only read: registers, lists, search, charts, exports.

It follows the primary, mostly by milliseconds. Whoever reads names the place in the primary's log that must be in it
already: where their own last write ended. A replica that is not as far, that has not heard of the primary for some time
or that is away is passed over, and the primary answers.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, g
from sqlalchemy import event
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import ORMExecuteState

from portal.database import engine_options, is_writing
from portal.extensions import db
from portal.lib import metrics

REST = 30.0  # seconds without a try after the replica was away
STALE = 60  # seconds that it may be behind others' writes
START, NOWHERE = (
    "0/0",
    "FFFFFFFF/FFFFFFFF",
)  # places in the log: every replica is past the one, none reaches the other
SOON = {"connect_timeout": 2, "tcp_user_timeout": 3_000}  # somebody waits, and the primary would answer
GOOD = "replica"
# A server that leads, or once led, follows nobody. One that has all that was sent is up to date while a sender is there.
LOOK = sa.text("""
SELECT CASE
  WHEN NOT pg_is_in_recovery() THEN 'leads'
  WHEN pg_last_wal_replay_lsn() < CAST(:after AS pg_lsn) THEN 'behind'
  WHEN pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver)
    THEN 'replica'
  WHEN pg_last_xact_replay_timestamp() > now() - make_interval(secs => :stale) THEN 'replica'
  ELSE 'stale' END
""")
END = sa.text("SELECT CAST(pg_current_wal_insert_lsn() AS text)")
log = logging.getLogger(__name__)


class ReplicaLost(Exception):
    """The replica went away, or ended a query for what it must replay; the primary can be asked the same."""


@dataclass
class Replica:
    """The server that follows, and until when it is not asked."""

    engine: sa.Engine
    rests_until: float = 0.0

    def answers(self, after: str) -> bool:
        """Whether it can be read from by somebody who must see all until a place in the log."""
        found = "away" if monotonic() < self.rests_until else self._look(after)
        metrics.READS.labels(found).inc()
        return found == GOOD

    def rest(self, problem: Exception) -> None:
        """Leaves it alone for a while."""
        self.rests_until = monotonic() + REST
        log.warning("the replica is away, the primary answers: %s", str(problem).partition("\n")[0])

    def _look(self, after: str) -> str:
        """In the transaction that will read: what has been replayed by now is seen by every later statement."""
        asked = {"after": after, "stale": STALE}
        try:
            return str(db.session.scalar(LOOK, asked, bind_arguments={"bind": self.engine}))
        except (OperationalError, InterfaceError) as problem:
            db.session.rollback()
            self.rest(problem)
            return "away"


def init_app(app: Flask) -> None:
    """Makes the engine of the replica that the settings name; nothing is asked of it yet."""
    settings = app.config["SETTINGS"]
    if url := settings.database_read_url:
        options = engine_options(url, settings.threads)
        options["connect_args"] |= SOON
        engine = sa.create_engine(url, execution_options={"postgresql_readonly": True}, **options)
        app.extensions["replica"] = Replica(engine)
        if not event.contains(db.session, "do_orm_execute", _lead):  # without a replica no query is held up
            event.listen(db.session, "do_orm_execute", _lead)


@contextmanager
def reading(after: str) -> Iterator[None]:
    """Reads from the replica, if it is as far as this place in the log; until something is written here.

    Raises:
        ReplicaLost: it cannot go on with what it has begun.
    """
    replica, here = _replica(), g._get_current_object()
    if replica is not None and replica.answers(after):
        here.replica = replica.engine
    try:
        yield
    except (OperationalError, InterfaceError) as problem:
        if replica is None or "replica" not in here:
            raise
        if problem.connection_invalidated:
            replica.rest(problem)
        db.session.rollback()
        raise ReplicaLost from problem
    finally:
        here.pop("replica", None)


def end_of_log() -> str:
    """Where the primary's log ends now; nowhere, if it cannot be asked."""
    try:
        with db.engine.connect() as primary:
            return str(primary.scalar(END))
    except SQLAlchemyError:
        log.exception("the end of the log is not known")
        return NOWHERE


def is_there() -> bool:
    """Whether the settings name one."""
    return _replica() is not None


def _replica() -> Replica | None:
    found: Replica | None = current_app.extensions.get("replica")
    return found


def _lead(state: ORMExecuteState) -> None:
    """Leads queries, and nothing else, to the replica."""
    if "replica" in g and state.is_select and not is_writing():
        state.bind_arguments.setdefault("bind", g.replica)


@event.listens_for(db.session, "after_commit")
def _leave(_session: Any) -> None:
    """What was just written is not in the replica yet."""
    g.pop("replica", None)
    g.moved = True
