"""Files in a folder and in an object store: kept by their hash, never written over, and a clear word when it is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from portal.config import SettingsError, read_settings
from portal.lib.hashing import sha256
from portal.storage import files, store
from portal.storage.files import FileChanged
from portal.storage.store import StoreAway
from tests.conftest import make_app
from tests.object_store import BUCKET, Server, free_port, served

WORDS = "合同".encode()
HERE = f"{sha256(WORDS)[:2]}/{sha256(WORDS)}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """An object store."""
    with served() as made:
        yield made


@pytest.fixture(params=["folder", "object store"])
def kept(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Flask]:
    """A portal with an empty store of each kind."""
    store = server.settings(f"store/{sha256(request.node.name.encode())}")
    app = make_app(tmp_path, **(store if request.param == "object store" else {}))
    with app.app_context():
        yield app


def overwrite(app: Flask, server: Server, data: bytes) -> None:
    """Puts other bytes in the place of the words."""
    url = app.config["SETTINGS"].files_url
    if url:
        server.write(f"{url.removeprefix(f's3://{BUCKET}/')}/{HERE}", data)
    else:
        (app.config["SETTINGS"].portal_data / "files" / HERE).write_bytes(data)


def test_what_is_put_is_got(kept: Flask) -> None:
    assert files.put(WORDS) == sha256(WORDS)
    assert files.put(WORDS) == sha256(WORDS)
    assert files.get(sha256(WORDS)) == WORDS
    large = bytes(range(256)) * 4096 * 12
    assert files.get(files.put(large)) == large
    files.look()


def test_what_is_not_there(kept: Flask) -> None:
    with pytest.raises(FileNotFoundError):
        files.get(sha256(b"nothing"))


def test_what_was_changed_is_not_given_out_nor_written_over(kept: Flask, server: Server) -> None:
    files.put(WORDS)
    overwrite(kept, server, b"other words")
    with pytest.raises(FileChanged):
        files.get(sha256(WORDS))
    files.put(WORDS)  # is only ever created
    with pytest.raises(FileChanged):
        files.get(sha256(WORDS))


def test_two_prefixes_of_a_bucket_are_two_stores(server: Server, tmp_path: Path) -> None:
    one, other = (make_app(tmp_path / name, **server.settings(name)) for name in ("one", "other"))
    with one.app_context():
        files.put(WORDS)
    with other.app_context(), pytest.raises(FileNotFoundError):
        files.get(sha256(WORDS))
    assert [name for name in server.names() if name.startswith("one/")] == [f"one/{HERE}"]
    assert not (tmp_path / "one" / "files").exists()


def asks_in_vain() -> None:
    """Nothing works, and each thing says so."""
    with pytest.raises(StoreAway):
        files.put(WORDS)
    with pytest.raises(StoreAway):
        files.get(sha256(WORDS))
    with pytest.raises(StoreAway):
        files.look()


def test_a_server_that_is_not_there(server: Server, tmp_path: Path) -> None:
    gone = {**server.settings(), "files_endpoint": f"http://127.0.0.1:{free_port()}"}
    with make_app(tmp_path, **gone).app_context():
        asks_in_vain()


def test_a_bucket_that_is_not_there_is_no_lost_file(server: Server, tmp_path: Path) -> None:
    with make_app(tmp_path, **{**server.settings(), "files_url": "s3://another"}).app_context():
        asks_in_vain()


def test_a_server_that_does_not_answer(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PATIENCE", {"connect_timeout": "1s", "timeout": "1s"})
    monkeypatch.setattr(store, "BRIEFLY", {"connect_timeout": "1s", "timeout": "1s"})
    with make_app(tmp_path, **server.settings("slow")).app_context():
        server.pause()
        try:
            asks_in_vain()
        finally:
            server.go_on()
        files.put(WORDS)
        assert files.get(sha256(WORDS)) == WORDS


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    with make_app(tmp_path).app_context():
        (tmp_path / "files").rmdir()
        with pytest.raises(StoreAway):
            files.look()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"files_url": "https://store.example.com/files"}, "FILES_URL must be such as"),
        ({"files_url": "s3://"}, "FILES_URL must be such as"),
        ({"files_url": "s3://bucket/../other"}, "FILES_URL must be such as"),
        ({"files_url": "s3://Bucket"}, "FILES_URL must be such as"),
        ({"files_key": ""}, "FILES_KEY and FILES_SECRET go together"),
        ({"files_secret": ""}, "FILES_KEY and FILES_SECRET go together"),
        ({"files_endpoint": "store.example.com"}, "FILES_ENDPOINT must be an address"),
        ({"files_url": ""}, "FILES_URL must name the bucket"),
    ],
)
def test_settings_that_do_not_fit(tmp_path: Path, changed: dict[str, Any], said: str) -> None:
    good = {
        "files_url": "s3://bucket/a/b",
        "files_endpoint": "https://store.example.com",
        "files_key": "portal",
        "files_secret": "not-a-secret",
    }
    assert read_settings(portal_data=tmp_path, _env_file=None, **good).files_region == "us-east-1"
    with pytest.raises(SettingsError) as stopped:
        read_settings(portal_data=tmp_path, _env_file=None, **{**good, **changed})
    assert said in str(stopped.value)
    assert "not-a-secret" not in str(stopped.value)
