"""What proves a record survives the loss of the machine: restored elsewhere, the same bytes, and a chain that verifies."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.config import VERIFIER
from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.jobs import witnesses
from portal.lib.clock import now
from portal.models import AuditCheckpoint, RecordPrint
from portal.queries import audit_tree
from portal.services import audit, backups, checking, restoring, sealing, tree_check
from portal.storage import audit_key, files, seal_folder
from tests.services.test_backups import empty as empty
from tests.walk import Walker


def prints() -> dict[tuple[int, str], tuple[str, bytes]]:
    """Every print: its code and its bytes."""
    found = db.session.scalars(sa.select(RecordPrint).where(RecordPrint.file_id.is_not(None)))
    return {(one.copy, one.language): (one.code, files.get(one.file.sha256)) for one in found if one.file}


@pytest.mark.proves("F22")
def test_restored_elsewhere_the_prints_are_the_same_bytes_and_everything_verifies(
    app: Flask, tmp_path: Path, empty: Callable[..., Flask]
) -> None:
    walker = Walker(app)
    number = walker.walk("CS-51")
    at = f"/customer-service/complaints/{number}/prints"
    with app.app_context():
        worker.drain()
        witnesses.keep_tree()
    assert walker.browser("auditor").post(at, data={"language": "zh"}).status_code == 303
    with app.app_context():
        worker.drain()
        witnesses.keep_tree()
        before, last = prints(), audit_tree.last()
        keys = audit_key.known_keys(app.config["SETTINGS"].portal_data)
        trust = (sealing.folder() / seal_folder.TRUST).read_bytes()
        archive = backups.make(tmp_path, now=now()).path
        db.session.remove()
    assert set(before) == {(0, "zh"), (1, "zh")}
    assert last is not None
    other = empty()
    with other.app_context():
        with transaction():
            restoring.restore(archive, now=now())
        assert prints() == before
        assert audit.verify()[1] is None
        assert tree_check.Check(keys).run() == []
        assert [one.note for one in db.session.scalars(sa.select(AuditCheckpoint))][-1] == last.note
        for code, data in before.values():
            paper = checking.paper(code)
            assert (paper.verdict, paper.standing and paper.standing.number) == ("genuine", number)
            assert checking.file(data).verdict == "genuine"
        db.session.remove()
    (tmp_path / "trust.pem").write_bytes(trust)
    for place, (_code, data) in enumerate(before.values()):
        (tmp_path / f"{place}.pdf").write_bytes(data)
        ran = subprocess.run(
            [sys.executable, "-I", str(VERIFIER), f"{place}.pdf", "--trust", "trust.pem", "--json"],
            cwd=tmp_path, capture_output=True, check=False,
        )  # fmt: skip
        assert (ran.returncode, json.loads(ran.stdout)["verdict"]) == (0, "genuine")
