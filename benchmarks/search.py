"""How long the search takes among very many records: `python -m benchmarks.search`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import sqlalchemy as sa

from benchmarks.made_up import sentences
from portal.config import Settings
from portal.database import transaction
from portal.demo.company import seed_small
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.forms import project_parts
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.search_groups import kinds_for
from portal.lib.bigrams import code_words, phrases
from portal.lib.clock import today
from portal.models import Person, Record, RecordReader
from portal.queries import find
from portal.queries.actors import Actor, actor
from portal.search import index, words
from portal.services import content

PIECE = 2000
ROUNDS = 5
LOGINS = ("employee", "buyer", "foreman", "purchasing_manager", "general_manager", "auditor")
TYPED = (
    *("锅炉", "动火作业", "阀门密封", "验收", "不合格", "质量证明书", "焊缝探伤打磨", "锅", "水", "隐蔽工程 整改"),
    *("PU-04", "2026-0042", "DN80", "dn", "Q345B 钢管", "0042", "鲸鱼", "钢管焊接 2026", "PU-04-2026-0042", "密封垫片DN80"),
)  # fmt: skip


def fill(count: int, rng: Random) -> None:
    """The small company with so many records that consist of their place in the index and who may see them."""
    alembic.upgrade()
    with transaction():
        seed_small(datetime.now(UTC))
        versions = {code: content.form_version(form, datetime.now(UTC)).id for code, form in _forms()}
        people = [(one.id, one.name, one.department_id, one.department.key) for one in
                  db.session.scalars(sa.select(Person)).unique()]  # fmt: skip
        first = (db.session.scalar(sa.select(sa.func.max(Record.id))) or 0) + 1
    begun = time.perf_counter()
    for start in range(first, first + count, PIECE):
        records, readers, entries = [], [], []
        for id in range(start, min(start + PIECE, first + count)):
            code, form = rng.choice(_forms())
            person, name, department, key = rng.choice(people)
            number = f"{code}-2026-{id:04d}"
            at = datetime.now(UTC) - timedelta(minutes=count - id)
            state = rng.choice(("finished", "finished", "finished", "running", "returned", "voided"))
            text = list(sentences(rng))
            records.append({
                "id": id, "number": number, "key": f"k{id}", "form_code": code, "form_version_id": versions[code],
                "applicant_id": person, "department_id": department, "state": state, "round": 1, "version": 1,
                "step": "", "title": text[0], "cells": {}, "submitted_at": at,
            })  # fmt: skip
            keys = {f"person:{person}", f"head:{department}", *(f"role:{role}" for role in _signers(form))}
            keys.add(f"person:{rng.choice(people)[0]}")
            readers += [{"key": one, "form_code": code, "record_id": id} for one in keys]
            entries.append(
                index.Entry(
                    kind="record", row=id, code=number, title=text[0], body="\n".join(text[1:]), also=(name,),
                    spelt=code_words(number), sort=code, state=state, department=key, at=at,
                )
            )  # fmt: skip
        with transaction():
            connection = db.session.connection()
            connection.execute(sa.insert(Record.__table__), records)  # type: ignore[arg-type]
            connection.execute(sa.insert(RecordReader.__table__), readers)  # type: ignore[arg-type]
            index.put(entries, known=())
    seconds = time.perf_counter() - begun
    with transaction():
        words.tidy()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("VACUUM ANALYZE"))
    else:
        with transaction():
            db.session.execute(sa.text("ANALYZE"))
    sys.stderr.write(f"filled in {seconds:.0f} s\n")


def _forms() -> list[tuple[str, type[CompanyForm]]]:
    return [*list(FORMS.items())[::4], ("PU-04", FORMS["PU-04"])]


def _signers(form: type[CompanyForm]) -> set[str]:
    return {party.key for step in form.signoff.steps for party in step.by.parties if party.kind == "role"}


def measure() -> None:
    """Each text typed by each person: hits and milliseconds; then what ninety-five in a hundred take at most."""
    wall, busy = [], []
    sys.stdout.write(f"| typed | {' | '.join(LOGINS)} |\n|---|{'---|' * len(LOGINS)}\n")
    for typed in TYPED:
        row = []
        for login in LOGINS:
            by, took, used = _actor(login), [], []
            for _round in range(ROUNDS):
                db.session.rollback()
                server = _backend()
                begun = time.perf_counter(), time.process_time() + _busy(server)
                wanted = find.Wanted(phrases(typed))
                hits = find.records(wanted, by)
                find.others(wanted, kinds_for(by), project_parts.kinds_for(by), by)
                took.append((time.perf_counter() - begun[0]) * 1000)
                used.append((time.process_time() + _busy(server) - begun[1]) * 1000)
            wall += took
            busy += used
            row.append(f"{len(hits.ids)}{'+' if hits.more else ''}: {sorted(used)[ROUNDS // 2]:.1f}")
        sys.stdout.write(f"| {typed} | {' | '.join(row)} |\n")
    for name, every in (("by the clock", wall), ("of a processor", busy)):
        every.sort()
        parts = [f"{share}: {every[int(len(every) * share / 100)]:.1f} ms" for share in (50, 95, 99)]
        sys.stdout.write(f"{name} {', '.join(parts)}\n")


def _backend() -> int:
    """The process of PostgreSQL that serves this session, made to do all its work itself; none with SQLite."""
    if db.engine.dialect.name == "sqlite":
        return 0
    db.session.execute(sa.text("SET max_parallel_workers_per_gather = 0"))
    return int(db.session.scalar(sa.text("SELECT pg_backend_pid()")))


def _busy(process: int) -> float:
    """Seconds of a processor that a process on this machine has had."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e9 if process else 0.0


def _actor(login: str) -> Actor:
    return actor(db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one(), today())


def main() -> None:
    """Fills a database, unless the folder holds one, and measures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("count", type=int, nargs="?", default=100_000)
    options.add_argument("--database", default="", help="address of an empty PostgreSQL database")
    options.add_argument("--keep", type=Path, help="folder of the data, used again where it is filled")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        filled = (folder / "filled").exists()
        app = create_app(Settings(portal_data=folder, database_url=given.database))
        with app.app_context():
            if not filled:
                fill(given.count, Random(2026))
                (folder / "filled").touch()
            measure()
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
