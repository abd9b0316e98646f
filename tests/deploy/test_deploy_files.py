"""The files in `deploy/` do not rot: units, nginx site and compose file are believed by the programs that read them."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from portal.config import ROOT, Settings
from tests.deploy.served import NGINX, PROGRAM, UNITS, command, write_site

DEPLOY = ROOT / "deploy"
SERVICES = sorted(UNITS.glob("*.service"))
EXPOSED = 25  # tenths: systemd calls less than 2.5 of 10 well shut


def test_there_are_units() -> None:
    assert {one.stem for one in SERVICES} == {
        "portal-web", "portal-jobs", "portal-backup", "portal-upgrade",
    }  # fmt: skip


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in UNITS.iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, str(ROOT)))
    found = subprocess.run(
        ["systemd-analyze", "verify", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda one: one.name)
def test_the_units_are_shut_in(unit: Path) -> None:
    line = ["systemd-analyze", "security", "--offline=true", f"--threshold={EXPOSED}", str(unit)]
    found = subprocess.run(line, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-300:]


@pytest.mark.parametrize("unit", SERVICES, ids=lambda one: one.name)
def test_the_commands_are_there(unit: Path) -> None:
    assert Path(command(unit.name)[0]).exists()
    settings = {name.upper() for name in Settings.model_fields} | {"WEB_WORKERS", "MALLOC_ARENA_MAX"}
    assert set(re.findall(r"^Environment=([A-Z_]+)=", unit.read_text(), re.M)) <= settings


def test_nginx_takes_the_site(tmp_path: Path) -> None:
    assert NGINX, "The tests of deploy/ need nginx: run bin/programs, or apt-get install nginx."
    with socket.socket(socket.AF_UNIX) as web:
        web.bind(str(tmp_path / "web.sock"))
        config = write_site(tmp_path, tmp_path / "web.sock", 18443, 18080)
        found = subprocess.run(
            [NGINX, "-t", "-c", config, "-e", tmp_path / "error.log"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert found.returncode == 0, found.stderr
    assert "warn" not in found.stderr.replace('the "user" directive makes sense only', "")


def test_the_image_starts_what_the_unit_starts() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    words = re.findall(r"^CMD (\[.+\])$", text, re.M)[0]
    assert yaml.safe_load(words)[1:] == command("portal-web.service")[1:]
    for source in re.findall(r"-f (deploy/\S+)", text):
        assert (ROOT / source).exists()


def test_no_secrets_go_into_the_image_or_the_repository() -> None:
    """The classic builder, which Debian's own Docker has, reads one file of that name alone."""
    assert [*ROOT.glob("*dockerignore"), *DEPLOY.glob("*dockerignore")] == [ROOT / ".dockerignore"]
    left_out = set((ROOT / ".dockerignore").read_text().split())
    assert {".git", ".venv", ".env", "deploy/*.env"} <= left_out
    kept_out = (ROOT / ".gitignore").read_text().partition("# settings and data")[2].split()
    own = {one.strip("/") for one in kept_out if one.startswith("/")}
    assert {".env", "deploy/*.env", "var"} <= own <= left_out


def test_the_owner_of_the_files_is_the_same_in_each_image() -> None:
    """By number: volumes and backups outlive images, and a host has users of its own."""
    text = (DEPLOY / "Dockerfile").read_text()
    number = re.findall(r"useradd --uid (\d+) ", text)[0]
    assert int(number) > 1000
    assert f"-o {number} -g {number} /srv/backups" in (DEPLOY / "README.md").read_text()
