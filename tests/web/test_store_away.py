"""The portal on an object store: files go in and out, survive a backup, and while it is away nothing is written."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as jobs
from portal.lib.clock import now
from portal.models import OutboxRow, StoredFile
from portal.services import outbox, uploads
from portal.storage import files
from portal.storage.store import StoreAway
from tests.conftest import make_app
from tests.lib.test_pictures import made
from tests.object_store import Server, free_port, served

PHOTO = made((90, 70), "JPEG")
SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """An object store."""
    with served() as one:
        yield one


@pytest.fixture
def stored(app: Flask, server: Server, tmp_path: Path) -> Iterator[Flask]:
    """The small company with its files in an object store."""
    settings = app.config["SETTINGS"]
    other = make_app(
        settings.portal_data,
        settings.database_url,
        **server.settings(f"run/{tmp_path.parent.name}/{tmp_path.name}"),
    )
    yield other
    with other.app_context():
        db.session.remove()
        db.engine.dispose()


def away(app: Flask) -> Flask:
    """The same portal while its store cannot be reached."""
    settings = app.config["SETTINGS"]
    gone = settings.model_copy(update={"files_endpoint": f"http://127.0.0.1:{free_port()}"})
    app.config["SETTINGS"] = gone
    files.init_app(app)
    app.config["SETTINGS"] = settings
    return app


def photo() -> dict[str, object]:
    return {"file": (io.BytesIO(PHOTO), "现场.jpg"), "name": "evidence"}


def count(app: Flask) -> int:
    with app.app_context():
        try:
            return db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) or 0
        finally:
            db.session.remove()


def test_a_photo_goes_in_and_out(stored: Flask, sign_in: SignIn) -> None:
    browser = sign_in(stored.test_client(), "buyer")
    id = re.findall(r'value="(\d+)"', browser.post("/files", data=photo()).text)[0]
    assert browser.get(f"/files/{id}").data == PHOTO
    assert not list((stored.config["SETTINGS"].portal_data).glob("files/*/*"))


@pytest.mark.both_databases
def test_while_the_store_is_away_nothing_is_written(stored: Flask, sign_in: SignIn) -> None:
    browser = sign_in(stored.test_client(), "buyer")
    id = re.findall(r'value="(\d+)"', browser.post("/files", data=photo()).text)[0]
    before = count(stored)
    away(stored)
    refused = browser.post(
        "/files", data={"file": (io.BytesIO("备注".encode()), "备注.txt"), "name": "evidence"}
    )
    assert refused.status_code == 503
    assert "存放文件的服务器暂时连接不上，没有写入任何内容" in refused.text
    assert count(stored) == before
    lost = browser.get(f"/files/{id}")
    assert lost.status_code == 503  # and not 410: nobody knows that it is lost
    assert browser.get("/").status_code == 200
    files.init_app(stored)
    assert browser.get(f"/files/{id}").status_code == 200


def test_jobs_wait_for_the_store(stored: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def keeps(_facts: object, _now: object) -> None:
        files.put(b"a print")

    monkeypatch.setitem(jobs.HANDLERS, "print", keeps)
    with stored.app_context():
        with transaction():
            first = outbox.add("print", now=now(), record=1)
            later = outbox.add("redline", now=now(), record=1)
        away(stored)
        jobs.drain()
        rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.id.in_([first.id, later.id]))).all()
        failed = next(row for row in rows if row.id == first.id)
        assert failed.error.startswith("StoreAway: ")
        assert (failed.done_at, failed.stopped_at) == (None, None)
        assert all(row.next_try_at > now() for row in rows)
        files.init_app(stored)
        with transaction():
            db.session.execute(sa.update(OutboxRow).where(OutboxRow.id == first.id).values(next_try_at=now()))
        assert jobs.drain() == 1
        db.session.remove()


def test_a_backup_of_the_object_store_comes_back_into_a_folder(stored: Flask, tmp_path: Path) -> None:
    with stored.app_context():
        with transaction():
            kept = uploads.keep("说明.txt", b"words", "text/plain", by=1, now=now())
        digest = kept.sha256
        db.session.remove()
    answer = stored.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.zip")])
    assert answer.exit_code == 0, answer.output
    other = make_app(tmp_path / "other")
    restored = other.test_cli_runner().invoke(args=["restore", str(tmp_path / "b.zip")])
    assert restored.exit_code == 0, restored.output
    with other.app_context():
        assert files.get(digest) == b"words"
        db.session.remove()
        db.engine.dispose()
    in_vain = away(stored).test_cli_runner().invoke(args=["backup", str(tmp_path / "c.zip")])
    assert in_vain.exit_code == 1
    assert "there is no backup" in in_vain.output
    assert not (tmp_path / "c.zip").exists()


def test_a_backup_of_a_folder_comes_back_into_the_object_store(
    app: Flask, server: Server, tmp_path: Path
) -> None:
    with app.app_context():
        with transaction():
            digest = uploads.keep("说明.txt", b"words of a folder", "text/plain", by=1, now=now()).sha256
        db.session.remove()
    assert app.test_cli_runner().invoke(args=["backup", str(tmp_path / "b.zip")]).exit_code == 0
    other = make_app(tmp_path / "other", **server.settings("restored"))
    runner = away(other).test_cli_runner()
    refused = runner.invoke(args=["restore", str(tmp_path / "b.zip")])
    assert refused.exit_code == 1
    assert "nothing is restored" in refused.output
    files.init_app(other)
    again = runner.invoke(args=["restore", str(tmp_path / "b.zip")])
    assert again.exit_code == 0, again.output
    with other.app_context():
        assert files.get(digest) == b"words of a folder"
        db.session.remove()
        db.engine.dispose()


def test_moving_from_the_folder_to_the_object_store(app: Flask, stored: Flask) -> None:
    with app.app_context():
        with transaction():
            good = uploads.keep("a.txt", b"moves", "text/plain", by=1, now=now()).sha256
            bad = uploads.keep("b.txt", b"is changed", "text/plain", by=1, now=now()).sha256
        db.session.remove()
    folder = app.config["SETTINGS"].portal_data / "files"
    (folder / bad[:2] / bad).write_bytes(b"was changed")
    checked = app.test_cli_runner().invoke(args=["files", "check"])
    assert (checked.exit_code, f"{bad} changed" in checked.output) == (1, True)
    runner = stored.test_cli_runner()
    assert f"{good} missing" in runner.invoke(args=["files", "check"]).output
    taken = runner.invoke(args=["files", "take", str(folder)])
    assert (taken.exit_code, f"{bad} was changed and is left out" in taken.output) == (1, True)
    left = runner.invoke(args=["files", "check"])
    assert f"{bad} missing" in left.output
    assert good not in left.output
    (folder / bad[:2] / bad).write_bytes(b"is changed")
    assert runner.invoke(args=["files", "take", str(folder)]).exit_code == 0
    assert runner.invoke(args=["files", "check"]).exit_code == 0
    vain = away(stored).test_cli_runner()
    assert "does not answer" in vain.invoke(args=["files", "check"]).output
    assert "takes nothing more" in vain.invoke(args=["files", "take", str(folder)]).output


def test_the_store_is_not_asked_when_the_portal_starts(server: Server, tmp_path: Path) -> None:
    gone = {**server.settings(), "files_endpoint": f"http://127.0.0.1:{free_port()}"}
    with make_app(tmp_path, **gone).app_context(), pytest.raises(StoreAway):
        files.put(b"x")
