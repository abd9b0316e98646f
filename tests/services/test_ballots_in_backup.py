"""A ballot is cast while a backup is made: nobody waits for the backup, and the backup has the ballots of its moment."""

from __future__ import annotations

import json
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import now
from portal.models import Ballot
from portal.services import backups, rows, uploads
from portal.storage import files
from tests.services.test_ballots import Hall, ballot

PATIENCE = 20
BEFORE = 3


def voted(app: Flask) -> Hall:
    """An open box with some ballots, and a file."""
    hall = Hall(app)
    hall.open()
    for place, login in enumerate(("buyer", "buyer_2", "auditor_2", "warehouse_keeper")[:BEFORE]):
        hall.cast("quality_inspector" if login == "auditor_2" else login, ballot(place))
    with app.app_context(), transaction():
        uploads.keep("照片.txt", b"words", "text/plain", by=1, now=now())
    return hall


def held(path: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table in a backup."""
    with zipfile.ZipFile(path) as zip:
        return [json.loads(line) for line in zip.read(f"tables/{table}.jsonl").splitlines()]


@pytest.mark.proves("F10")
@pytest.mark.both_databases
@pytest.mark.parametrize("at", ["tables", "files"])
def test_who_votes_does_not_wait_for_a_backup(
    app: Flask, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    hall, reached, go_on = voted(app), threading.Event(), threading.Event()

    def pausing(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*given: Any) -> Any:
            if at == "files" or given[-1].name == "ballot_voters":
                reached.set()
                assert go_on.wait(PATIENCE)
            return real(*given)

        return act

    where, name = (rows, "as_json") if at == "tables" else (files, "get")
    monkeypatch.setattr(where, name, pausing(getattr(where, name)))
    made: list[Path] = []

    def back_up() -> None:
        with app.app_context():
            made.append(backups.make(tmp_path / "a.zip", now=now()).path)
            db.session.remove()

    backing, voting = (
        threading.Thread(target=back_up),
        threading.Thread(target=lambda: hall.cast("cashier", ballot(9))),
    )
    backing.start()
    try:
        assert reached.wait(PATIENCE)
        voting.start()
        voting.join(PATIENCE / 2)
        waits = voting.is_alive()
    finally:
        go_on.set()
        backing.join(PATIENCE)
        voting.join(PATIENCE)
    assert not waits, "who votes waits for the backup"
    assert len(held(made[0], "ballots")) == len(held(made[0], "ballot_voters")) == BEFORE
    assert hall.ask(sa.select(sa.func.count()).select_from(Ballot))[0][0] == BEFORE + 1
