"""The engine under test: one company for a whole file, each test in a write that is taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.config import Settings
from portal.extensions import db
from portal.factory import create_app
from portal.forms.catalogue import FORMS
from tests.services import engine_forms
from tests.services.office import Office


@pytest.fixture
def trial_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal serves the trial forms too."""
    for form in engine_forms.EVERY:
        monkeypatch.setitem(FORMS, form.code, form)


@pytest.fixture(scope="module")
def company(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The small company, set up once for the tests of a file; they must not commit."""
    folder = tmp_path_factory.mktemp("company") / "data"
    shutil.copytree(sqlite_template, folder)
    app = create_app(Settings(portal_data=folder, _env_file=None))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def office(company: Flask, trial_forms: None) -> Iterator[Office]:
    """People at work; all they did is taken back after the test."""
    with company.app_context():
        yield Office()
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def real_office(app: Flask, trial_forms: None) -> Iterator[Office]:
    """People at work in a database of the test's own, on either kind of database."""
    with app.app_context():
        yield Office()
        db.session.rollback()
        db.session.remove()
