"""The books of a portal whose server was killed: what is in them, and whether it is whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import sqlalchemy as sa

from benchmarks.crash_storm import Try
from benchmarks.crash_whole import Broken, check_whole
from benchmarks.fill import requisition
from portal.config import Settings
from portal.database import transaction
from portal.demo.cast import Cast
from portal.demo.company import seed_small
from portal.demo.filling import begin
from portal.demo.world import DemoWorld
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.jobs import outbox
from portal.models import (
    AuditEvent,
    NumberSeries,
    OutboxRow,
    Record,
    RecordPrint,
)
from portal.queries import history

AT_ONCE = 50


class Books:
    """A portal's data, looked at without its server."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.app = create_app(Settings(portal_data=folder, database_url=url))
        self._ordered = 0

    def open(self, empty: bool) -> None:
        """Makes the small company where there is none, with a requisition that waits to be printed."""
        with self.app.app_context():
            if empty:
                alembic.upgrade()
            with transaction():
                if empty:
                    seed_small(datetime.now(UTC))
                requisition(datetime.now(UTC))
            self._let_go()

    def orders(self, count: int) -> list[tuple[str, int, str]]:
        """So many more orders that wait for the purchasing manager: number, task and what is seen of each."""
        found: list[tuple[str, int, str]] = []
        with self.app.app_context():
            while len(found) < count:
                with transaction():
                    found += self._some_orders(min(count - len(found), AT_ONCE))
            self._let_go()
        return found

    def _some_orders(self, count: int) -> Iterator[tuple[str, int, str]]:
        world = DemoWorld(Random(self._ordered), datetime.now(UTC))  # nosec B311 -- made-up orders
        buyer = Cast(world).actor(world.person("buyer").id or 0)
        for _one in range(count):
            self._ordered += 1
            record = begin(world, "PU-04", buyer, f"order-{self._ordered}")
            seen = history.shown_hash(history.content(record), history.signatures(record))
            yield record.number, history.open_tasks(record)[0].id, seen

    def examine(self, done: list[Try], lost: list[Try]) -> int:
        """How much of what was under way is written.

        Raises:
            Broken: an acknowledged act is not there once and whole, or another one is there by half.
        """
        with self.app.app_context():
            written = self._written([*done, *lost])
            wrong = [one for one in done if written[one.about] != 1]
            wrong += [one for one in lost if written[one.about] > 1]
            if wrong:
                raise Broken(f"{[(one.kind, one.about, written[one.about]) for one in wrong]}")
            self._numbers()
            self._let_go()
            answer = self.app.test_cli_runner().invoke(args=["audit", "verify"])
            self._let_go()
            if answer.exit_code:
                raise Broken(answer.output)
        return sum(written[one.about] for one in lost)

    def examine_jobs(self) -> None:
        """Lets what a dead worker held be taken up, as after some minutes.

        Raises:
            Broken: a finished record has no original print, or more than one.
        """
        with self.app.app_context():
            with transaction():
                db.session.execute(
                    sa.update(OutboxRow)
                    .where(OutboxRow.done_at.is_(None))
                    .values(next_try_at=datetime.now(UTC))
                )
            outbox.drain()
            asked = db.session.scalars(sa.select(OutboxRow.facts).where(OutboxRow.kind == "print")).all()
            prints = Counter(db.session.scalars(sa.select(RecordPrint.record_id)))
            told = Counter(
                db.session.scalars(sa.select(AuditEvent.record_id).where(AuditEvent.kind == "print_stored"))
            )
            once = Counter(facts["record"] for facts in asked)
            self._let_go()
            if not (once and prints == told == once):
                raise Broken(f"asked {once}, printed {prints}, noted {told}")

    def _written(self, tries: list[Try]) -> Counter[str]:
        """How often each act is in the books, each time whole."""
        submitted = [one.about for one in tries if one.kind == "submit"]
        signed = [one.about for one in tries if one.kind == "sign"]
        named = Record.key.in_(submitted) | Record.number.in_(signed)
        records = db.session.scalars(sa.select(Record).where(named)).all()
        signatures = check_whole(list(records))
        found = Counter(record.key for record in records)
        found.update({record.number: signatures[record.id] for record in records})
        return found

    def _numbers(self) -> None:
        """Numbers have no gap."""
        for series in db.session.scalars(sa.select(NumberSeries)):
            filed = self._count(Record, Record.number.like(f"{series.form_code}-{series.year}-%"))
            if filed != series.last:
                raise Broken(f"{series.form_code}: {filed} records, the last number is {series.last}")

    def _count(self, model: type, *where: sa.ColumnElement[bool]) -> int:
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*where)) or 0

    def _let_go(self) -> None:
        db.session.remove()
        db.engine.dispose()
