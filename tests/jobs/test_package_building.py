"""Packages are built piece by piece: once, also after a kill, with nothing locked, and a failure is a sentence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.jobs import packages
from portal.lib.certificates import Unfit
from portal.lib.clock import now
from portal.models import AuditEvent, AuditPackage, OutboxRow, Person, RoleGrant
from portal.queries import audit_tree
from portal.services import audit_packages, outbox
from portal.storage import files
from portal.storage.package_zip import PackageZip
from portal.web import package_words
from tests.conftest import both_databases
from tests.package_room import ask, download, furnish, lying, manifest, members, package, work

SignIn = Callable[[FlaskClient, str], FlaskClient]
ROOT = Path(__file__).parents[2]
KILLED = """
import os, signal, sys
from pathlib import Path
from portal.jobs import outbox, packages
from portal.storage.package_zip import PackageZip
from tests.conftest import make_app

def dies(act, after):
    left = [after]
    def run(*given, **named):
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return act(*given, **named)
    return run

packages.PIECE = 1
if sys.argv[2] == "gathering":
    packages.gather = dies(packages.gather, 2)
else:
    PackageZip.add = dies(PackageZip.add, 5)
with make_app(Path(sys.argv[1])).app_context():
    outbox.drain()
"""


@pytest.fixture
def auditor(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """An auditor's browser."""
    return sign_in(client, "auditor")


def wake(app: Flask) -> None:
    """Lets the lease of every row that is not done be over."""
    with app.app_context(), transaction():
        late = sa.update(OutboxRow).where(OutboxRow.done_at.is_(None))
        db.session.execute(late.values(next_try_at=now() - timedelta(seconds=1)))


def keep(id: int, ending: str) -> str:
    """Stores a file that no package names."""
    with packages.package_store.scratch() as out:
        return packages.package_store.keep(id, ending, out)


def made(app: Flask) -> int:
    """How often the trail says that a package was made."""
    with app.app_context():
        query = sa.select(sa.func.count()).where(AuditEvent.kind == "package_made")
        return db.session.scalar(query) or 0


@both_databases
def test_it_goes_piece_by_piece(app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "PIECE", 3)
    monkeypatch.setattr(worker, "AT_ONCE", 1)
    seen: list[tuple[int, int]] = []
    whole = worker.HANDLERS["package"]

    def watched(facts: Any, at: Any) -> Any:
        row = db.session.get_one(AuditPackage, facts["package"], populate_existing=True)
        seen.append((row.done, len(row.parts)))
        return whole(facts, at)

    monkeypatch.setitem(worker.HANDLERS, "package", watched)
    id = ask(auditor)
    assert work(app) == 3
    assert seen == [(0, 0), (3, 1), (4, 2)]
    assert package(app, id).state == "ready"
    assert len(manifest(download(auditor, id))["records"]) == 4


def test_a_piece_ends_when_its_time_is_over(
    app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "SECONDS", 0.0)
    id = ask(auditor)
    assert work(app) == 5, "each record is a piece of its own, and none is left out"
    assert package(app, id).state == "ready"


@pytest.mark.parametrize(("where", "done"), [("gathering", 2), ("closing", 4)])
def test_a_killed_worker_is_followed_by_another(
    app: Flask, auditor: FlaskClient, where: str, done: int, tmp_path: Path
) -> None:
    id = ask(auditor)
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(app.config["SETTINGS"].portal_data), where],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        timeout=120,
    )
    assert run.returncode == -signal.SIGKILL
    half = package(app, id)
    assert (half.state, half.done, len(half.parts)) == ("running", done, done)
    assert lying(app) == set(half.parts), "what was half-way is gone with who wrote it"
    assert work(app) == 0, "its lease still runs"
    assert auditor.post("/trail/packages").status_code == 409
    wake(app)
    assert work(app) >= 1
    row = package(app, id)
    assert (row.state, made(app), lying(app)) == ("ready", 1, {row.file})
    numbers = [one["number"] for one in manifest(download(auditor, id))["records"]]
    assert numbers == row.numbers
    assert len(set(numbers)) == 4


@both_databases
def test_two_workers_with_the_same_piece_give_one_package(app: Flask, auditor: FlaskClient) -> None:
    id = ask(auditor)
    facts = {"package": id}
    with app.app_context():
        for _turn in ("gathering", "closing"):
            both = [packages.make(facts, now()) for _worker in range(2)]
            for finish in both:
                assert finish is not None
                with transaction():
                    finish()
        db.session.remove()
    row = package(app, id)
    assert (row.state, row.done, made(app), lying(app)) == ("ready", 4, 1, {row.file})
    assert len(members(download(auditor, id))) > 8


def test_a_failure_beside_a_worker_that_succeeds_changes_nothing(
    app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = ask(auditor)
    with app.app_context():
        with monkeypatch.context() as broken:
            broken.setattr(packages, "gather", lambda number, by: 1 / 0)
            late = packages.make({"package": id}, now())
        worker.drain()
        assert late is not None
        with transaction():
            late()
    row = package(app, id)
    assert (row.state, lying(app)) == ("ready", {row.file})


def test_nothing_is_read_or_locked_while_it_is_written(
    app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(app)
    open_: list[str] = []
    add = PackageZip.add

    def watched(zip: PackageZip, name: str, chunks: Iterable[bytes], *, packed: bool = True) -> str:
        if db.session().in_transaction():
            open_.append(name)
        return add(zip, name, chunks, packed=packed)

    monkeypatch.setattr(PackageZip, "add", watched)
    id = ask(auditor)
    work(app)
    assert (package(app, id).state, open_) == ("ready", [])


def test_cancelled_during_a_piece(app: Flask, auditor: FlaskClient) -> None:
    id = ask(auditor)
    with app.app_context():
        finish = packages.make({"package": id}, now())
        db.session.rollback()
    assert auditor.post(f"/trail/packages/{id}/cancellations").status_code == 303
    with app.app_context():
        assert finish is not None
        with transaction():
            finish()
        assert not [one for one in db.session.scalars(sa.select(OutboxRow)) if one.facts != {"package": id}]
    work(app)
    assert (package(app, id).state, lying(app), made(app)) == ("cancelled", set(), 0)


def lose(app: Flask, commented: str) -> str:
    """Takes the bytes of a file away."""
    (kept,) = [one for one in (app.config["SETTINGS"].portal_data / "files").rglob("*") if one.is_file()
               and one.read_bytes() == b"bytes of 0"]  # fmt: skip
    kept.unlink()
    return f"记录 {commented} 的一个文件"


def rot(app: Flask, commented: str) -> str:
    """Changes the bytes of a file."""
    (kept,) = [one for one in (app.config["SETTINGS"].portal_data / "files").rglob("*") if one.is_file()
               and one.read_bytes() == b"bytes of 1"]  # fmt: skip
    kept.chmod(0o600)
    kept.write_bytes(b"bytes of 9")
    return f"记录 {commented} 的一个文件"


def leave(app: Flask, _commented: str) -> str:
    """The auditor is none any more."""
    with app.app_context(), transaction():
        person = db.session.scalars(sa.select(Person).where(Person.login == "auditor")).unique().one()
        for one in db.session.scalars(sa.select(RoleGrant).where(RoleGrant.person_id == person.id)):
            one.role = "buyer"
    return "不是审核员"


@pytest.mark.parametrize("harm", [lose, rot, leave])
def test_what_cannot_be_built_ends_in_a_sentence(
    app: Flask, auditor: FlaskClient, harm: Callable[[Flask, str], str]
) -> None:
    _printed, commented = furnish(app)
    id = ask(auditor, form="CR-05")
    said = harm(app, commented)
    work(app)
    row = package(app, id)
    assert (row.state, row.file, made(app), lying(app)) == ("failed", "", 0, set())
    with app.test_request_context():
        assert said in package_words.why(row)
    if harm is not leave:
        page = auditor.get("/trail/packages").text
        assert said in page
        assert "hx-trigger" not in page
        assert ask(auditor, form="WH-02") == id + 1


@pytest.mark.parametrize(
    ("act", "problem", "said"),
    [
        ("identity", Unfit("expired"), "flask seal show"),
        ("identity", OSError(28, "No space left"), "磁盘"),
        ("identity", RuntimeError("out of ink"), "程序出错"),
    ],
)
def test_what_goes_wrong_is_told(
    app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch, act: str, problem: Exception, said: str
) -> None:
    def fail(*_given: object) -> None:
        raise problem

    monkeypatch.setattr(packages.prints, act, fail)
    id = ask(auditor)
    work(app)
    assert package(app, id).state == "failed"
    assert said in auditor.get("/trail/packages").text
    with app.app_context():
        assert not outbox.waiting(now() + timedelta(days=1)), "it is not tried for days"


def test_a_broken_tree_is_told(app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(level: int, index: int) -> bytes:
        raise LookupError(level, index)

    monkeypatch.setattr(packages.witnesses, "keep_tree", lambda: 0)
    with app.app_context():
        packages.witnesses._add(10**6)
        db.session.remove()
    id = ask(auditor)
    monkeypatch.setattr(audit_tree, "node", broken)
    work(app)
    assert package(app, id).state == "failed"
    assert "flask audit verify" in auditor.get("/trail/packages").text


def test_a_zip_that_takes_too_long_is_given_up_before_its_lease_ends(
    app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert packages.CLOSING + outbox.LEASE.total_seconds() / 2 < outbox.LEASE.total_seconds()
    assert packages.SECONDS < packages.CLOSING
    monkeypatch.setattr(packages, "CLOSING", -1.0)
    id = ask(auditor)
    work(app)
    assert (package(app, id).error, lying(app)) == ("slow", set())


def test_without_a_certificate_the_package_says_so(app: Flask, auditor: FlaskClient) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"portal_mode": "production"})
    id = ask(auditor)
    work(app)
    data = download(auditor, id)
    found = members(data)
    assert "manifest.json.p7s" not in found
    assert "trust.pem" not in found
    assert manifest(data)["certificate"] is None
    readme = found["README.txt"].decode()
    assert "没有证书" in readme
    assert "not signed" in readme


def test_files_are_read_bit_by_bit(app: Flask, auditor: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(app)

    def whole(digest: str) -> bytes:
        raise AssertionError("a file is held in memory")

    monkeypatch.setattr(files, "get", whole)
    id = ask(auditor)
    work(app)
    assert package(app, id).state == "ready"


def test_what_nobody_names_is_swept_away(app: Flask, auditor: FlaskClient) -> None:
    id = ask(auditor)
    work(app)
    folder = app.config["SETTINGS"].portal_data / "packages"
    with app.app_context():
        old, new = (keep(9, end) for end in (".part", ".zip"))
        half = folder / f"{new}#1"  # the store was killed while it wrote
        half.touch()
        for name in (old, package(app, id).file, half.name):
            os.utime(folder / name, (0, 0))
        packages.package_store.sweep({package(app, id).file}, now() - timedelta(hours=1))
    assert lying(app) == {package(app, id).file, new}
    assert timedelta(days=7) == audit_packages.KEPT
