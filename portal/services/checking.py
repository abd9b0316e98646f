"""What is told of a print to whoever holds it: genuine, and whether the record still counts. Nothing of it is kept."""

from __future__ import annotations

import json
import subprocess  # nosec B404 -- starts the verifier that everybody gets
import sys
from dataclasses import dataclass, field
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import sqlalchemy as sa

from portal.config import VERIFIER
from portal.domain.prints import PrintsBusy
from portal.extensions import db
from portal.lib.hashing import sha256
from portal.models import Record, RecordPrint
from portal.queries import prints
from portal.queries.prints import Standing
from portal.services import sealing
from portal.storage import seal_folder

SECONDS = 30
_turns = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a print.

    `verdict` is `genuine`, `unknown` (no such paper), `not genuine` (changed, or sealed by somebody else), `unsealed` or
    `unreadable`; `kept` is the print that the portal keeps, `standing` says whether its record still counts, `failed`
    which checks of the verifier did not hold.
    """

    verdict: str
    kept: RecordPrint | None = None
    standing: Standing | None = None
    failed: tuple[dict[str, str], ...] = field(default=())


def paper(code: str) -> Found:
    """What is known of the paper with this code."""
    one = prints.by_code(code)
    return Found("genuine", one, prints.standing(one.record)) if one else Found("unknown")


def file(data: bytes) -> Found:
    """What is known of a file: by its bytes, else by the seal on it.

    Raises:
        PrintsBusy: too many are being checked.
    """
    one = prints.by_sha256(sha256(data))
    if one is not None:
        return Found("genuine", one, prints.standing(one.record))
    told = _verified(data)
    failed = tuple(one for one in told.get("said", ()) if one["holds"] is False)
    checks = told.get("checks", {})
    if told["verdict"] == "genuine" and checks.get("trusted"):
        return _sealed_by_us(told)
    if checks.get("sealed") is False and not told.get("seal"):
        return Found("unsealed")
    return Found("unreadable" if told["verdict"] == "unreadable" else "not genuine", failed=failed)


def _sealed_by_us(told: dict[str, Any]) -> Found:
    """The seal is ours and whole; the portal may have lost the file, not its number."""
    record = db.session.scalar(sa.select(Record).where(Record.number == told["record"]["number"]))
    return Found("genuine", None, prints.standing(record)) if record else Found("not genuine")


def _verified(data: bytes) -> dict[str, Any]:
    """What the verifier says, in a process of its own that is bounded in time and memory."""
    trust = sealing.folder() / seal_folder.TRUST
    if not _turns.acquire(blocking=False):
        raise PrintsBusy
    try:
        given = ["--trust", str(trust)] if trust.is_file() else []
        ran = subprocess.run(  # nosec B603 -- fixed words and a path of ours
            [sys.executable, "-I", str(VERIFIER), "-", "--json", *given],
            input=data, capture_output=True, timeout=SECONDS, check=False, cwd=Path("/"),
        )  # fmt: skip
        told: dict[str, Any] = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"verdict": "unreadable"}
    finally:
        _turns.release()
    return told
