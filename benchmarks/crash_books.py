"""The books of a portal whose server was killed: what is in them, and whether it is whole."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import sqlalchemy as sa

from benchmarks.crash_server import Try
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
    Content,
    NumberSeries,
    OutboxRow,
    Record,
    RecordPrint,
    SearchEntry,
    Signature,
    Task,
)
from portal.queries import history

AT_ONCE = 50


class Broken(AssertionError):
    """Something was lost, doubled or left half done."""


class Books:
    """A portal's data, looked at without its server."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.app = create_app(Settings(portal_data=folder, database_url=url))

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
        """Orders that wait for the purchasing manager: number, task and what is seen of each."""
        found: list[tuple[str, int, str]] = []
        with self.app.app_context():
            while len(found) < count:
                with transaction():
                    world = DemoWorld(Random(len(found)), datetime.now(UTC))  # nosec B311 -- made-up orders
                    buyer = Cast(world).actor(world.person("buyer").id or 0)
                    for n in range(len(found), min(count, len(found) + AT_ONCE)):
                        record = begin(world, "PU-04", buyer, f"order-{n}")
                        seen = history.shown_hash(history.content(record), history.signatures(record))
                        found.append((record.number, history.open_tasks(record)[0].id, seen))
            self._let_go()
        return found

    def examine(self, done: list[Try], lost: list[Try]) -> int:
        """How much of what was under way is written.

        Raises:
            Broken: an acknowledged act is not there once and whole, or another one is there by half.
        """
        with self.app.app_context():
            written = {one.about: self._times(one) for one in (*done, *lost)}
            wrong = [one for one in done if written[one.about] != 1]
            wrong += [one for one in lost if written[one.about] > 1]
            if wrong:
                raise Broken(f"{[(one.kind, one.about, written[one.about]) for one in wrong]}")
            self._numbers()
            self._let_go()
            answer = self.app.test_cli_runner().invoke(args=["audit", "verify"])
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

    def _times(self, one: Try) -> int:
        """How often an act is in the books, each time whole."""
        name = Record.key if one.kind == "submit" else Record.number
        found = db.session.scalars(sa.select(Record).where(name == one.about)).all()
        for record in found:
            self._whole(record)
        if one.kind == "submit":
            return len(found)
        return self._count(Signature, Signature.record_id == found[0].id)

    def _whole(self, record: Record) -> None:
        """The record with everything that belongs to it."""
        events = Counter(
            db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.record_id == record.id))
        )
        signed = self._count(Signature, Signature.record_id == record.id)
        open = db.session.scalars(
            sa.select(Task.step).where(Task.record_id == record.id, Task.state == "open")
        ).all()
        whole = (
            events["record_submitted"] == 1
            and events["step_signed"] == signed
            and self._count(Content, Content.record_id == record.id) == 1
            and self._count(SearchEntry, SearchEntry.kind == "record", SearchEntry.id == record.id) == 1
            and (set(open) == {record.step} if record.state == "running" else not open)
        )
        if not whole:
            raise Broken(f"{record.number}: {dict(events)}, {signed} signed, {open} open at {record.step}")

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
