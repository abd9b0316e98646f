"""The compose file: what it starts does start, its health checks ask and tell the truth, its settings are settings."""

from __future__ import annotations

import re
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
    assert set(SERVICES) == {"database", "broker", "upgrade", "web", "jobs"}
    for service in SERVICES.values():
        assert set(service.get("environment", {})) <= SETTINGS
        assert set(service.get("depends_on", {})) <= set(SERVICES)


def test_nothing_of_it_is_open_to_the_network_or_secret() -> None:
    assert {name: one["ports"] for name, one in SERVICES.items() if "ports" in one} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    assert not re.search(r"(PASSWORD|SECRET)\s*[:=]\s*\w", (DEPLOY / "compose.yaml").read_text())
    for name in OURS[1:]:
        service = SERVICES[name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])


def test_each_waits_for_what_it_needs_to_be_well() -> None:
    for service in SERVICES.values():
        for needed, how in service.get("depends_on", {}).items():
            ends = SERVICES[needed]["restart"] == "no"
            assert how["condition"] == ("service_completed_successfully" if ends else "service_healthy")
    assert {name for name, one in SERVICES.items() if one["restart"] == "no"} == {"upgrade"}
    for name, program in OTHERS.items():
        assert SERVICES[name]["healthcheck"]["test"][:2] == ["CMD", program]


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


def _listed(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given
