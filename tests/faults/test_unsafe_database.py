"""A PostgreSQL that would lose what it has acknowledged when the power is cut: production does not start on it."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from benchmarks.postgres import Cluster
from portal.config import ROOT, Settings
from portal.jobs import start
from portal.queries import durability
from tests.deploy.served import command, environment
from tests.faults.server import tell

pytestmark = [pytest.mark.postgres(alone=True), pytest.mark.proves("F3")]
STARTS = {
    "pages": lambda: command("portal-web.service"),
    "jobs": lambda: command("portal-jobs.service"),
    "both": lambda: [sys.executable, "-m", "portal"],
}


def refusal(settings: Settings) -> str:
    """Why the portal does not start; empty where it does."""
    try:
        durability.look(settings)
    except durability.NotDurable as problem:
        return str(problem)
    return ""


def production(folder: Path, url: str) -> Settings:
    """The settings of a company on this database."""
    return Settings(
        portal_data=folder,
        database_url=url,
        portal_mode="production",
        secret_key="kS82bVxY69qRw3Zt7uLm4Np1Hd5Gf0Ja",
        trusted_hosts="portal.example.com",
        _env_file=None,
    )


@pytest.mark.parametrize("name", STARTS)
def test_nothing_starts_in_production(app: Flask, name: str, tmp_path: Path) -> None:
    """The server of the tests has everything switched off."""
    settings = environment(tmp_path, DATABASE_URL=app.config["SQLALCHEMY_DATABASE_URI"], PORT="0")
    found = subprocess.run(STARTS[name](), cwd=ROOT, env=settings, capture_output=True, text=True, timeout=90)
    assert found.returncode == 1, found.stderr
    assert durability.UNSAFE.format(", ".join(durability.NEEDED)) in found.stderr
    assert "Traceback" not in found.stderr


def test_the_demo_starts_and_is_warned(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "portal.durability"):
        start.prepare(app)
    assert [one.message for one in caplog.records if one.name == "portal.durability"] == [
        durability.UNSAFE.format(", ".join(durability.NEEDED))
    ]


def test_what_counts_is_what_the_portals_own_role_gets(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.url("portal")
    own = sa.make_url(url).set(username="portal_app").render_as_string()
    assert refusal(production(tmp_path, url)) == ""
    tell(url, "CREATE ROLE portal_app LOGIN")
    assert refusal(production(tmp_path, own)) == ""
    for value in ("local", "remote_write", "remote_apply"):
        tell(url, f"ALTER ROLE portal_app SET synchronous_commit = {value}")
        assert refusal(production(tmp_path, own)) == "", value
    tell(url, "ALTER ROLE portal_app SET synchronous_commit = off")
    assert refusal(production(tmp_path, own)) == durability.UNSAFE.format("synchronous_commit")
    assert refusal(production(tmp_path, url)) == "", "another role's setting does not count"


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes"])
def test_each_setting_counts_alone(cluster: Cluster, tmp_path: Path, setting: str) -> None:
    tell(cluster.url("portal"), f"ALTER SYSTEM SET {setting} = off")
    cluster.stop()
    cluster.start()
    assert refusal(production(tmp_path, cluster.url("portal"))) == durability.UNSAFE.format(setting)


def test_a_server_that_is_away_is_told_of_by_the_pages(
    cluster: Cluster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cluster.stop()
    with caplog.at_level(logging.WARNING, "portal.durability"):
        assert refusal(production(tmp_path, cluster.url("portal"))) == ""
    assert "was not looked at" in caplog.text
