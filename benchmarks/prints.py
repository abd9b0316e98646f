"""What a record on paper costs: its body, the marks of a copy, the seal. `python -m benchmarks.prints`."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from benchmarks.fill import fill
from portal.config import Settings
from portal.extensions import db
from portal.factory import create_app
from portal.lib import certificates
from portal.lib.i18n import speaking
from portal.models import Record
from portal.pdf.copy_sheet import CopySheet
from portal.pdf.render import render
from portal.pdf.seal import seal
from portal.queries import record_page
from portal.services import printing

RUNS = 15


def timed(name: str, act: Callable[[], bytes]) -> bytes:
    """What it makes; prints the median of its time, after a first run that warms up."""
    made = act()
    busy, wall = [], []
    for _run in range(RUNS):
        began, at = time.process_time(), time.perf_counter()
        made = act()
        busy.append(time.process_time() - began)
        wall.append(time.perf_counter() - at)
    sys.stdout.write(
        f"{name:<18} {len(made) / 1024:7.0f} KB {statistics.median(busy) * 1000:7.1f} ms of a processor"
        f" {statistics.median(wall) * 1000:7.1f} ms by the clock\n"
    )
    return made


def main() -> None:
    """Fills a small database, prints a signed purchase order."""
    now = datetime.now(UTC)
    authority = certificates.make_authority("测试单位", now=now)
    by = certificates.make_signer("测试单位", authority, now=now)
    with tempfile.TemporaryDirectory() as folder:
        fill(Settings(portal_data=Path(folder)), 1)
        app = create_app(Settings(portal_data=Path(folder)))
        with app.app_context(), speaking("zh"):
            query = sa.select(Record).where(Record.form_code == "PU-04").order_by(Record.id)
            record = db.session.scalars(query.limit(1)).one()
            sheet = printing.gather(record_page.read(record), "zh", now=now)
            number = record.number
    lines = (
        "副本第 1 号　校验码 ABCD-EFGH-JKMN-PQRS　何人（E001）于 2026-11-27 10:05 领取",
        f"审计检查点第 1 号，根 {'ab' * 32}",
    )
    body = timed("body", lambda: render(sheet))
    original = timed("seal of the body", lambda: seal(body, by.key, by.certificate, by.chain, reason=number))
    copy = CopySheet(
        original,
        "zh",
        "ABCD-EFGH-JKMN-PQRS",
        "https://portal.example.com/check/ABCD-EFGH-JKMN-PQRS",
        "副本 1",
        lines,
    )
    marked = timed("marks of a copy", lambda: render(copy))
    timed("seal of the copy", lambda: seal(marked, by.key, by.certificate, by.chain, reason=number))


if __name__ == "__main__":
    main()
