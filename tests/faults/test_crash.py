"""The server is killed in the midst of submissions and signatures: what it has acknowledged is there, once and whole."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask import Flask

from benchmarks.crash import run


@pytest.mark.proves("F1", "F8")
@pytest.mark.both_databases
def test_what_was_acknowledged_outlives_the_servers_death(app: Flask, database: str, tmp_path: Path) -> None:
    shutil.copytree(app.config["SETTINGS"].portal_data, tmp_path, dirs_exist_ok=True)
    url = "" if database == "sqlite" else app.config["SQLALCHEMY_DATABASE_URI"]
    rounds = list(run(tmp_path, url, rounds=2, requests=40, connections=8, seed=7, empty=False))
    assert len(rounds) == 2
    assert all(round["acknowledged"] >= 8 for round in rounds)
    assert sum(round["under way"] for round in rounds) > 0, "nothing was under way when the server died"
