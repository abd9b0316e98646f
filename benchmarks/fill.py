"""Fills a database with very many records, in bulk: copies of one purchase order signed for real."""

from __future__ import annotations

import secrets
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from portal.config import Settings
from portal.database import transaction
from portal.demo.cast import Cast
from portal.demo.company import seed_small
from portal.demo.filling import begin, checked
from portal.demo.world import DemoWorld
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.queries import history
from portal.services import route, signing
from portal.services.signing import Hand

CODES = ("CS-30", "CS-51", "EN-25", "PU-04", "PU-07", "WH-02", "QA-15", "DS-07")
CHUNK = 20_000
REASON = {"stock_meets_demand": False, "buy_reason": "按供方最小起订量采购"}


def fill(folder: Path, count: int) -> None:
    """Makes the small company with `count` more records, one in fifty of them still open."""
    app = create_app(Settings(portal_data=folder))
    with app.app_context():
        alembic.upgrade()
        with transaction():
            seed_small(datetime.now(UTC))
            requisition(datetime.now(UTC))
            ids = _order(datetime.now(UTC))
        db.session.remove()
        db.engine.dispose()
    copy(folder / "portal.db", ids, count)


def requisition(now: datetime) -> None:
    """A requisition by which anything may be ordered, signed to its end."""
    world = DemoWorld(Random(2026), now)
    cast = Cast(world)
    record = begin(world, "PU-03", cast.actor(world.person("employee").id or 0), "needed")
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


def copy(file: Path, pattern: int, count: int) -> None:
    """Copies a record with its content, readers, signatures and events, `count` times."""
    base = sqlite3.connect(file)
    base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
    triggers = base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        base.execute(f"DROP TRIGGER {name}")  # nosec B608 -- names from the schema
    tables = {name: _row(base, name, column, pattern) for name, column in
              (("records", "id"), ("contents", "record_id"), ("signatures", "record_id"))}  # fmt: skip
    first = base.execute("SELECT max(id) FROM records").fetchone()[0] + 1
    people = [row[0] for row in base.execute("SELECT id FROM people")]
    departments = dict(base.execute("SELECT id, department_id FROM people").fetchall())
    versions = base.execute("SELECT min(id) FROM form_versions").fetchone()[0]
    now = datetime.now(UTC)
    for start in range(0, count, CHUNK):
        numbers = range(start, min(start + CHUNK, count))
        rows: dict[str, list[tuple[Any, ...]]] = {"records": [], "contents": [], "signatures": []}
        readers, tasks, holders = [], [], []
        for n in numbers:
            open_ = n % 50 == 0  # an order that waits for the purchasing manager
            id, who = first + n, people[n % len(people)]
            code = "PU-04" if open_ else CODES[n % len(CODES)]
            at = (now - timedelta(minutes=count - n)).strftime("%Y-%m-%d %H:%M:%S.%f")
            rows["records"].append(
                _changed(
                    tables["records"],
                    id=id, number=f"{code}-2026-{10_000 + n:07d}", key=secrets.token_hex(8), form_code=code,
                    form_version_id=versions, applicant_id=who, department_id=departments[who], submitted_at=at,
                    state="running" if open_ else "finished", due_at=at if open_ else None,
                    step="purchasing_approval" if open_ else "", closed_at=None if open_ else at,
                )
            )  # fmt: skip
            rows["contents"].append(_changed(tables["contents"], id=None, record_id=id, created_by_id=who))
            rows["signatures"].append(_changed(tables["signatures"], id=None, record_id=id, task_id=None))
            readers += [(f"person:{who}", code, id), (f"head:{departments[who]}", code, id),
                        ("role:purchasing_manager", code, id)]  # fmt: skip
            if open_:
                task = (
                    1_000_000 + n,
                    "sign",
                    id,
                    code,
                    "purchasing_approval",
                    1,
                    0,
                    1,
                    "",
                    "open",
                    "{}",
                    "",
                    at,
                    at,
                )
                tasks.append(task)
                holders.append((1_000_000 + n, "role:purchasing_manager", 1, at))
        for table, values in rows.items():
            marks = ",".join("?" * len(values[0]))
            base.executemany(f"INSERT INTO {table} VALUES ({marks})", values)  # nosec B608
        base.executemany("INSERT INTO record_readers (key, form_code, record_id) VALUES (?,?,?)", readers)
        base.executemany(
            "INSERT INTO tasks (id, kind, record_id, form_code, step, round, slot, case_round, outside, state, title,"
            " note, created_at, due_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", tasks)  # fmt: skip
        base.executemany("INSERT INTO task_holders (task_id, key, open, due_at) VALUES (?,?,?,?)", holders)
        base.commit()
    for _name, sql in triggers:
        base.execute(sql)
    base.execute("ANALYZE")
    base.commit()
    base.close()


def _row(base: sqlite3.Connection, table: str, column: str, id: int) -> dict[str, Any]:
    cursor = base.execute(f"SELECT * FROM {table} WHERE {column} = ? LIMIT 1", (id,))  # nosec B608
    names = [one[0] for one in cursor.description]
    return dict(zip(names, cursor.fetchone(), strict=True))


def _changed(row: dict[str, Any], **values: Any) -> tuple[Any, ...]:
    return tuple({**row, **values}.values())
