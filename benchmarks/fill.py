"""Fills a database with very many records, in bulk: copies of one purchase order signed for real."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from benchmarks.browser import REQUISITIONS
from benchmarks.made_up import sentences
from portal.config import Settings
from portal.database import transaction
from portal.demo.cast import Cast
from portal.demo.company import seed_small
from portal.demo.filling import begin, checked
from portal.demo.world import DemoWorld
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.lib.bigrams import code_words
from portal.models import Content, Person, Record, RecordReader, Signature, Task, TaskHolder
from portal.queries import history
from portal.search import index
from portal.services import route, signing
from portal.services.signatures import Hand

CODES = ("CS-30", "CS-51", "EN-25", "PU-04", "PU-07", "WH-02", "QA-15", "DS-07")
CHUNK = 5_000
FIRST = 1_000  # the id of the first copy, after those of the portal's own
BUYERS = "role:purchasing_manager"
REASON = {"stock_meets_demand": False, "buy_reason": "按供方最小起订量采购"}


def fill(settings: Settings, count: int, *, searchable: bool = False) -> None:
    """Makes the small company with `count` more records, one in fifty of them still open; `searchable` ones take longer."""
    app = create_app(settings)
    with app.app_context():
        alembic.upgrade()
        with transaction():
            seed_small(datetime.now(UTC))
            for each in range(REQUISITIONS):
                requisition(datetime.now(UTC), f"needed{each}")
            pattern = _order(datetime.now(UTC))
        for start in range(0, count, CHUNK):
            with transaction():
                _copy(pattern, range(start, min(start + CHUNK, count)), count, searchable=searchable)
            db.session.remove()
        if db.engine.dialect.name == "postgresql":
            _go_on_counting()
        db.engine.dispose()


def _go_on_counting() -> None:
    """PostgreSQL counts on from the last copy, and knows how its tables are filled (SQLite never does, as served)."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("records", "contents", "signatures", "tasks"):
            last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # nosec B608
            connection.execute(sa.text(last))
        connection.execute(sa.text("VACUUM ANALYZE"))


def requisition(now: datetime, key: str = "needed") -> None:
    """A requisition of this key by which anything may be ordered, signed to its end."""
    world = DemoWorld(Random(2026), now)
    cast = Cast(world)
    record = begin(world, "PU-03", cast.actor(world.person("employee").id or 0), key)
    while record.state == "running":
        task = history.open_tasks(record)[0]
        signer = cast.for_task(task)
        assert signer is not None  # nosec B101 -- somebody holds every role
        fills = route.form_of(record).signoff.step(task.step).fills
        stage = checked(fills, REASON, signer, context=route.known(record)) if fills else None
        seen = history.shown_hash(history.content(record), history.signatures(record))
        signing.sign(task.id, signer, Hand(seen=seen), stage, now=now)
        db.session.flush()


def _order(now: datetime) -> int:
    """A purchase order as the demo's story tells it, submitted and signed once; its id."""
    world = DemoWorld(Random(2026), now)
    cast = Cast(world)
    record = begin(world, "PU-04", cast.actor(world.person("buyer").id or 0), "pattern")
    signer = cast.actor(world.person("purchasing_manager").id or 0)
    seen = history.shown_hash(history.content(record), history.signatures(record))
    signing.sign(history.open_tasks(record)[0].id, signer, Hand(seen=seen), None, now=now)
    return record.id


def _copy(pattern: int, numbers: range, count: int, *, searchable: bool) -> None:
    """Copies a record with its content, readers, signature and, where it is open, its task."""
    connection, now, rng = db.session.connection(), datetime.now(UTC), Random(numbers.start)
    record, content, signature = (
        _row(connection, model, column, pattern)
        for model, column in ((Record, "id"), (Content, "record_id"), (Signature, "record_id"))
    )
    people = connection.execute(sa.select(Person.id, Person.department_id, Person.name)).all()
    rows: dict[Any, list[dict[str, Any]]] = {
        model: [] for model in (Record, Content, Signature, RecordReader, Task, TaskHolder)
    }
    entries = []
    for n in numbers:
        open_ = n % 50 == 0  # an order that waits for the purchasing manager
        id, who = FIRST + n, people[n % len(people)]
        code = "PU-04" if open_ else CODES[n % len(CODES)]
        due = now + timedelta(minutes=n) if n % 1000 else now  # one in twenty of the open ones is late
        at, number = now - timedelta(minutes=count - n), f"{code}-2026-{10_000 + n:07d}"
        rows[Record].append({
            **record, "id": id, "number": number, "key": f"copy{n}", "form_code": code, "applicant_id": who.id,
            "department_id": who.department_id, "submitted_at": at, "state": "running" if open_ else "finished",
            "due_at": due if open_ else None, "step": "purchasing_approval" if open_ else "",
            "closed_at": None if open_ else at,
        })  # fmt: skip
        rows[Content].append({**content, "id": id, "record_id": id, "created_by_id": who.id})
        rows[Signature].append({**signature, "id": id, "record_id": id, "task_id": None})
        keys = (f"person:{who.id}", f"head:{who.department_id}", BUYERS)
        rows[RecordReader] += [{"key": key, "form_code": code, "record_id": id} for key in keys]
        if open_:
            rows[Task].append({
                "id": id, "kind": "sign", "record_id": id, "form_code": code, "step": "purchasing_approval", "round": 1,
                "slot": 0, "state": "open", "created_at": at, "due_at": due,
            })  # fmt: skip
            rows[TaskHolder].append({"task_id": id, "key": BUYERS, "open": True, "due_at": due})
        if searchable:
            text = list(sentences(rng))
            entries.append(
                index.Entry(
                    kind="record", row=id, code=number, title=text[0], body="\n".join(text[1:]), also=(who.name,),
                    spelt=code_words(number), sort=code, state="running" if open_ else "finished", at=at,
                )
            )  # fmt: skip
    for model, values in rows.items():
        if values:
            connection.execute(sa.insert(model.__table__), values)
    index.put(entries, known=())


def _row(connection: sa.Connection, model: Any, column: str, id: int) -> dict[str, Any]:
    query = sa.select(model.__table__).where(model.__table__.c[column] == id).limit(1)
    return dict(connection.execute(query).mappings().one())
