"""Packages on several hosts: one host asks, others build piece by piece, any gives it out; none keeps anything on its disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import daily, packages
from portal.jobs import outbox as worker
from portal.lib.clock import now
from portal.models import AuditPackage, OutboxRow
from portal.services import audit_packages
from portal.storage import files, package_store
from tests.conftest import SECRET, both_databases, make_app
from tests.object_store import Server, free_port, served
from tests.package_room import ask, download, manifest, package, work

Host = Callable[[str], Flask]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """An object store."""
    with served() as one:
        yield one


@pytest.fixture
def prefix(tmp_path: Path) -> str:
    """A place in the store of this test's own."""
    return f"run/{tmp_path.parent.name}/{tmp_path.name}"


@pytest.fixture
def host(app: Flask, server: Server, prefix: str, tmp_path: Path) -> Iterator[Host]:
    """Makes hosts with an empty disk each, on the same books and the same store."""
    made: list[Flask] = []

    def add(name: str) -> Flask:
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        made.append(make_app(tmp_path / name, url, secret_key=SECRET, **server.settings(prefix)))
        return made[-1]

    yield add
    for one in made:
        with one.app_context():
            db.session.remove()
            db.engine.dispose()


def auditor(host: Flask) -> FlaskClient:
    """An auditor's browser at a host."""
    client = host.test_client()
    assert client.post("/sign-in", data={"login": "auditor", "password": DEMO_PASSWORD}).status_code == 303
    return client


def kept(server: Server, prefix: str) -> set[str]:
    """The names of the packages in the store."""
    below = f"{prefix}/packages/"
    return {name.removeprefix(below) for name in server.names() if name.startswith(below)}


def away(host: Flask) -> None:
    """Lets the store be where nobody answers."""
    settings = host.config["SETTINGS"]
    gone = settings.model_copy(update={"files_endpoint": f"http://127.0.0.1:{free_port()}"})
    host.config["SETTINGS"] = gone
    package_store.init_app(host)
    host.config["SETTINGS"] = settings


def on_disk(host: Flask) -> list[str]:
    """What lies in the data of a host."""
    return sorted(one.name for one in host.config["SETTINGS"].portal_data.iterdir())


@both_databases
def test_one_asks_two_build_another_gives_it_out(
    host: Host, server: Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "PIECE", 3)
    monkeypatch.setattr(worker, "AT_ONCE", 1)
    web, other, jobs, second = (host(name) for name in ("web", "other", "jobs", "second"))
    id = ask(auditor(web))
    for one in (jobs, second):  # a piece each
        with one.app_context():
            finish = packages.make({"package": id}, now())
            assert finish is not None
            with transaction():
                finish()
            db.session.remove()
    assert len(kept(server, prefix)) == 2
    assert work(jobs) == 3, "one row closes it, two find nothing left to do"
    row = package(web, id)
    assert kept(server, prefix) == {row.file}
    data = download(auditor(other), id)
    assert len(data) == row.size
    assert len(manifest(data)["records"]) == 4
    assert [on_disk(one) for one in (web, other)] == [[], []]
    assert on_disk(jobs) == ["audit-key", "seal"]


def test_after_its_days_it_is_taken_out_of_the_store(
    host: Host, server: Server, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = host("jobs")
    ask(auditor(jobs))
    work(jobs)
    monkeypatch.setattr(audit_packages, "KEPT", audit_packages.KEPT * 0)
    monkeypatch.setattr(daily, "UNUSED", -daily.UNUSED)
    with jobs.app_context():
        digest = files.put(b"stays")
        daily.drop_packages()
        db.session.remove()
        assert kept(server, prefix) == set()
        assert files.get(digest) == b"stays"


def test_while_the_store_is_away_it_waits(host: Host) -> None:
    jobs = host("jobs")
    browser = auditor(jobs)
    id = ask(browser)
    away(jobs)
    assert work(jobs) == 0
    with jobs.app_context():
        row = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == "package")).one()
        assert row.error.startswith("StoreAway: ")
        assert db.session.get_one(AuditPackage, id).state == "running"
        db.session.remove()


def test_a_store_that_is_away_is_no_package_that_is_gone(host: Host) -> None:
    jobs = host("jobs")
    browser = auditor(jobs)
    id = ask(browser)
    work(jobs)
    away(jobs)
    answer = browser.post(f"/trail/packages/{id}/downloads")
    assert answer.status_code == 503
