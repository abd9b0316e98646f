"""The compose file: what it starts does start, its health checks ask and tell the truth, its settings are settings."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.config import ROOT, Settings
from portal.jobs import worker
from tests.deploy.served import environment
from tests.object_store import free_port

DEPLOY = ROOT / "deploy"
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "portal"]
OTHERS = {"database": "pg_isready", "broker": "valkey-cli"}  # a program of their image tells of each
SETTINGS = {name.upper() for name in Settings.model_fields} | {"WEB_WORKERS"}
PATIENCE = 60


def command(service: str) -> list[str]:
    """What a service of ours starts: its own command, or that of the image."""
    image = re.findall(r"^CMD (\[.+\])$", (DEPLOY / "Dockerfile").read_text(), re.M)[0]
    words: list[str] = SERVICES[service].get("command") or yaml.safe_load(image)
    return words


def settings(service: str, folder: Path, port: int) -> dict[str, str]:
    """The settings of a service as the file gives them, but ports, folder and number of workers; without other services."""
    given: dict[str, str] = dict(SERVICES[service].get("environment", {}))
    given.pop("BROKER_URL", None)
    if "WEB_WORKERS" in given:
        given["WEB_WORKERS"] = "1"
    if "METRICS_ADDRESS" in given:
        given["METRICS_ADDRESS"] = f"127.0.0.1:{port}"
    return environment(folder / "data", PORT=str(port), **given)


def healthy(service: str, given: dict[str, str]) -> bool:
    """Whether the health check of a service is content."""
    how, *words = SERVICES[service]["healthcheck"]["test"]
    assert how == "CMD"
    return subprocess.run(words, cwd=ROOT, env=given, check=False, timeout=PATIENCE).returncode == 0


@contextmanager
def running(service: str, given: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """What the service starts, until it is told to stop."""
    with log.open("w") as out:
        process = subprocess.Popen(command(service), cwd=ROOT, env=given, stdout=out, stderr=out)
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


def test_the_services_are_these() -> None:
    assert set(SERVICES) == {"database", "broker", "upgrade", "web", "jobs", "backup"}
    for name, service in SERVICES.items():
        assert set(service.get("environment", {})) <= SETTINGS or name not in OURS
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_nothing_of_it_is_open_to_the_network_or_secret() -> None:
    assert {name: one["ports"] for name, one in SERVICES.items() if "ports" in one} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    assert not re.search(r"(PASSWORD|SECRET)\s*[:=]\s*\w", (DEPLOY / "compose.yaml").read_text())
    for name in OURS:
        service = SERVICES[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        assert service["security_opt"] == ["no-new-privileges:true"]


def test_all_of_ours_have_the_same_files() -> None:
    assert all("data:/var/lib/portal" in SERVICES[name]["volumes"] for name in OURS)


def test_the_logs_do_not_fill_the_disk() -> None:
    assert all({"max-size", "max-file"} <= set(one["logging"]["options"]) for one in SERVICES.values())


def test_what_is_under_way_is_given_its_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Docker alone would wait for ten seconds."""
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    pages = runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["graceful_timeout"]
    given = {
        name: int(one["stop_grace_period"].removesuffix("s"))
        for name, one in SERVICES.items()
        if "stop_grace_period" in one
    }
    assert set(given) == {"database", "web", "jobs"}
    assert given["web"] >= pages + 10
    assert given["jobs"] >= worker.PATIENCE + 10


def test_each_waits_for_what_it_needs_to_be_well() -> None:
    for service in SERVICES.values():
        for needed, how in service.get("depends_on", {}).items():
            ends = SERVICES[needed]["restart"] == "no"
            assert how["condition"] == ("service_completed_successfully" if ends else "service_healthy")
    assert all("database" in SERVICES[name]["depends_on"] for name in OURS), "it is stopped after them"
    assert {name for name, one in SERVICES.items() if one["restart"] == "no"} == {"upgrade", "backup"}
    assert [name for name, one in SERVICES.items() if "profiles" in one] == ["backup"]
    for name, program in OTHERS.items():
        assert SERVICES[name]["healthcheck"]["test"][:2] == ["CMD", program]


def test_a_database_that_is_just_being_made_is_not_well_yet() -> None:
    """Its image starts it twice; the first time it answers at its socket alone, and goes again."""
    check = SERVICES["database"]["healthcheck"]
    assert check["test"][2:4] == ["-h", "127.0.0.1"]
    assert int(check["start_period"].removesuffix("s")) >= 60, "else it counts as ill after three askings"


def test_the_files_of_settings_are_told_of_in_the_guide() -> None:
    guide = (DEPLOY / "README.md").read_text()
    named = {one for service in SERVICES.values() for one in _listed(service.get("env_file", []))}
    assert named == {"portal.env", "owner.env", "database.env"}
    assert all(f"`deploy/{one}`" in guide for one in named)


def test_the_upgrade_ends_well(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copytree(sqlite_template, tmp_path / "data")
    given = settings("upgrade", tmp_path, 0)
    made = subprocess.run(
        command("upgrade"), cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr


def test_an_upgrade_that_finds_no_database_ends_with_one_line_that_says_why(tmp_path: Path) -> None:
    """Its code is what keeps the others from beginning."""
    given = settings("upgrade", tmp_path, 0)
    given["DATABASE_URL"] = f"postgresql+psycopg://portal_owner:not-in-the-log@127.0.0.1:{free_port()}/portal"
    made = subprocess.run(
        command("upgrade"), cwd=ROOT, env=given, capture_output=True, text=True, check=False
    )
    assert made.returncode == 1
    assert made.stderr.count("\n") == 1, made.stderr
    assert "Connection refused" in made.stderr
    assert "not-in-the-log" not in made.stderr


@pytest.mark.parametrize("service", ["web", "jobs"])
def test_it_starts_and_its_health_check_tells_the_truth(
    service: str, sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copytree(sqlite_template, tmp_path / "data")
    given = settings(service, tmp_path, free_port())
    assert not healthy(service, given)
    with running(service, given, tmp_path / "log") as process:
        until = time.monotonic() + PATIENCE
        while not healthy(service, given):
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until, shlex.join(command(service))
    assert process.returncode == 0
    assert not healthy(service, given)


@pytest.mark.parametrize("service", ["web", "jobs"])
def test_a_database_that_is_away_is_told_of_in_one_line_that_says_why(service: str, tmp_path: Path) -> None:
    """As a wrong password is, too."""
    given = settings(service, tmp_path, free_port())
    given["DATABASE_URL"] = f"postgresql+psycopg://portal_app:not-in-the-log@127.0.0.1:{free_port()}/portal"
    with running(service, given, tmp_path / "log"):
        until = time.monotonic() + PATIENCE
        while not healthy(service, given):
            assert time.monotonic() < until
    text = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    said = [one["message"] for one in lines if one["logger"] == "portal.durability"]
    assert len(said) == 1
    assert "Connection refused" in said[0]
    assert "not-in-the-log" not in text
    assert not any("trace" in one for one in lines)


def _listed(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given
