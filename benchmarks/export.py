"""What a package of a thousand records costs to build and to verify: `python -m benchmarks.export`."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from portal.config import ROOT, Settings
from portal.database import transaction
from portal.demo.load import load
from portal.extensions import alembic, db
from portal.factory import create_app
from portal.jobs import packages, prints, witnesses
from portal.lib.clock import now, today
from portal.models import AuditPackage, Person, Record
from portal.queries.actors import actor
from portal.services import audit_packages, sealing
from portal.storage import package_store

# A process counts the memory of the one that began it, so a small one begins the verifier.
LAUNCHER = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-I", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""
VERIFIER = ROOT / "tools" / "verify_record.py"


def fill(records: int) -> None:
    """The demo's year with at least so many records, its trail under a checkpoint."""
    alembic.upgrade()
    if db.session.scalar(sa.select(Person.id).limit(1)) is None:
        load(datetime.now(UTC), records=records)
    witnesses.keep_tree()


def seal(many: int) -> list[float]:
    """Seals the prints of so many finished records that have none; seconds of each."""
    wanted = sa.select(Record.id).where(Record.state == "finished", Record.pdf_id.is_(None))
    took = []
    for id in list(db.session.scalars(wanted.order_by(Record.id.desc()).limit(many))):
        begun = time.perf_counter()
        keep = prints.make({"record": id}, now())
        if keep is not None:
            with transaction():
                keep()
        took.append(time.perf_counter() - begun)
        db.session.remove()
    return took


def build(records: int) -> tuple[AuditPackage, list[float]]:
    """A package of the records whose prints are stored, and others up to so many; seconds of each piece."""
    query = sa.select(Record.number).order_by(Record.pdf_id.is_(None), Record.id.desc()).limit(records)
    with transaction():
        person = db.session.scalars(sa.select(Person).where(Person.login == "auditor")).unique().one()
        numbers = list(db.session.scalars(query))
        asked = audit_packages.ask({}, numbers, by=actor(person, today()), address="", now=now())
        id = asked.id
    took = []
    while db.session.get_one(AuditPackage, id, populate_existing=True).state == "running":
        begun = time.perf_counter()
        finish = packages.make({"package": id}, now())
        if finish is not None:
            with transaction():
                finish()
        took.append(time.perf_counter() - begun)
    return db.session.get_one(AuditPackage, id), took


def verify(file: Path, trust: Path) -> tuple[str, float, int]:
    """What the verifier finds, alone; how many seconds and megabytes it takes."""
    begun = time.perf_counter()
    command = [
        sys.executable,
        "-I",
        "-c",
        LAUNCHER,
        str(VERIFIER),
        str(file),
        "--trust",
        str(trust),
        "--json",
    ]
    ran = subprocess.run(command, env={}, capture_output=True, check=False)
    return json.loads(ran.stdout)["verdict"], time.perf_counter() - begun, int(ran.stderr) >> 10


def peak() -> int:
    """The most memory of this process so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def main() -> None:
    """Fills, seals, builds, verifies; prints what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=int, nargs="?", default=1000)
    parser.add_argument("--prints", type=int, default=200, help="how many prints are sealed before")
    parser.add_argument("--keep", type=Path, help="a folder to measure in again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings(portal_data=given.keep or Path(folder), _env_file=None))
        with app.app_context():
            fill(given.records)
            sealed = seal(given.prints)
            before = peak()
            busy = time.process_time()
            package, took = build(given.records)
            busy = time.process_time() - busy
            file = Path(folder) / "package.zip"
            file.write_bytes(b"".join(package_store.read(package.file)[1]))
            verdict, seconds, megabytes = verify(file, sealing.folder() / "trust.pem")
            print_count = sa.select(sa.func.count()).where(
                Record.pdf_id.is_not(None), Record.number.in_(package.numbers)
            )
            sys.stdout.write(
                f"{package.total} records, {db.session.scalar(print_count)} of them sealed prints,"
                f" {(package.size or 0) / 1e6:.1f} MB\n"
                f"sealing a print: {sum(sealed) / len(sealed) if sealed else 0:.2f} s\n"
                f"pieces: {len(took) - 1}, the longest {max(took[:-1]):.1f} s, all {sum(took[:-1]):.1f} s\n"
                f"ZIP and signature: {took[-1]:.1f} s\n"
                f"of a processor, building: {busy:.1f} s\n"
                f"memory: {before} MB before, {peak()} MB at most\n"
                f"verifying: {verdict}, {seconds:.1f} s, {megabytes} MB at most\n"
            )


if __name__ == "__main__":
    main()
