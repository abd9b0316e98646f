"""Keys and the start: nothing starts weak or with its insides open, keys are turned over in peace, libraries are what was locked."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.config import ROOT, Settings, SettingsError, read_settings
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.factory import create_app
from tests.conftest import SECRET, make_app

PRODUCTION: dict[str, Any] = {"portal_mode": "production", "trusted_hosts": "portal.example"}
WEAK = ["", "secret", "x" * 64, "0123456789" * 3, "changemechangemechangemechangeme", "ab" * 20]
NEWER = "Zt7uLm4Np1Hd5Gf0JakS82bVxY69qRw3"
PAGE = "/account/sessions"


@pytest.mark.proves("S46")
@pytest.mark.parametrize("key", WEAK)
def test_a_weak_key_stops_the_start(tmp_path: Path, key: str) -> None:
    with pytest.raises(SettingsError) as stopped:
        read_settings(portal_data=tmp_path, secret_key=key, _env_file=None, **PRODUCTION)
    assert "SECRET_KEY" in str(stopped.value)
    assert not key or key not in str(stopped.value)


@pytest.mark.proves("S16", "S46")
def test_production_names_its_hosts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TRUSTED_HOSTS"):
        read_settings(portal_data=tmp_path, secret_key=SECRET, portal_mode="production", _env_file=None)


@pytest.mark.proves("S46")
def test_nobody_debugs_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(portal_data=tmp_path, secret_key=SECRET, _env_file=None, **PRODUCTION)
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(SettingsError, match="FLASK_DEBUG"):
        create_app(settings)
    monkeypatch.delenv("FLASK_DEBUG")
    assert not create_app(settings).debug


def running(folder: Path, **values: Any) -> Flask:
    """The portal, once more, on the same books."""
    app = make_app(folder, **values)
    app.config["SESSION_COOKIE_SECURE"] = False
    return app


@pytest.mark.proves("S46")
def test_a_key_is_turned_over_without_ending_sessions(tmp_path: Path, sqlite_template: Path) -> None:
    shutil.copytree(sqlite_template, tmp_path / "data")
    before = running(tmp_path / "data", secret_key=SECRET)
    client = before.test_client()
    assert client.post("/sign-in", data={"login": "buyer", "password": DEMO_PASSWORD}).status_code == 303
    cookie = client.get_cookie("portal")
    assert cookie is not None
    answers = {}
    for fallbacks in (SECRET, ""):
        after = running(tmp_path / "data", secret_key=NEWER, secret_key_fallbacks=fallbacks)
        other = after.test_client()
        other.set_cookie("portal", cookie.value)
        answers[fallbacks] = other.get(PAGE).status_code
        with after.app_context():
            db.engine.dispose()
    with before.app_context():
        db.engine.dispose()
    assert answers == {SECRET: 200, "": 302}, "kept while the old key is named, and no longer"


@pytest.mark.proves("S46")
def test_libraries_are_locked_by_version_and_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    pinned = {re.split(r"[=\[ ]", line)[0].lower(): line for line in lock.splitlines() if line[:1].isalnum()}
    assert len(pinned) > 50
    assert [name for name, line in pinned.items() if "==" not in line or "--hash=sha256:" not in line] == []
    given = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[<>=\[; ]", one)[0].lower() for one in given["project"]["dependencies"]}
    assert {one.replace("_", "-") for one in wanted} <= {one.replace("_", "-") for one in pinned}
    assert "--require-hashes" in (ROOT / "bin" / "setup").read_text(encoding="utf-8")


@pytest.mark.proves("S40")
def test_the_printer_is_of_a_version_whose_loader_cannot_be_got_round() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.search(r"^weasyprint==(\d+)\.", lock, re.M)
    assert found is not None
    assert int(found[1]) >= 70
