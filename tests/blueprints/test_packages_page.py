"""Packages of records for auditors: asked for, watched, taken away, cancelled, gone after a week."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.config import ROOT
from portal.database import transaction
from portal.extensions import db
from portal.jobs import daily
from portal.lib.clock import now
from portal.models import AuditEvent, Person, RoleGrant
from portal.services import audit, audit_packages
from tests.package_room import HOSTILE, ask, download, furnish, lying, manifest, members, package, work

SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture
def auditor(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """An auditor's browser."""
    return sign_in(client, "auditor")


def told(app: Flask, kind: str) -> list[dict[str, Any]]:
    """The facts of the events of a kind."""
    with app.app_context():
        query = sa.select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.id)
        return [one.facts for one in db.session.scalars(query)]


def another_auditor(app: Flask, login: str) -> None:
    """Makes somebody an auditor too."""
    with app.app_context(), transaction():
        person = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
        grants = sa.select(RoleGrant).where(RoleGrant.person_id == person.id)
        for one in db.session.scalars(grants):
            one.role = "auditor"


@pytest.mark.both_databases
def test_a_package_holds_the_records_with_all_that_proves_them(app: Flask, auditor: FlaskClient) -> None:
    printed, commented = furnish(app)
    id = ask(auditor, form="CR-05")
    assert package(app, id).state == "running"
    assert work(app) >= 2
    row = package(app, id)
    assert (row.state, row.done, row.parts) == ("ready", 2, [])
    data = download(auditor, id)
    assert (row.size, row.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert lying(app) == {row.file}
    found, said = members(data), manifest(data)
    assert {one.split("/")[0] for one in found} == {
        "README.txt", "records", "attachments", "proofs", "index.csv", "checkpoint.txt", "audit-key.pub",
        "trust.pem", "verify_record.py", "manifest.json", "manifest.json.p7s",
    }  # fmt: skip
    assert found[f"records/{printed}.pdf"].startswith(b"%PDF-")
    assert found["verify_record.py"] == (ROOT / "tools" / "verify_record.py").read_bytes()
    assert [one["number"] for one in said["records"]] == sorted([printed, commented])
    for one in said["members"]:
        assert (one["size"], one["sha256"]) == (
            len(found[one["name"]]), hashlib.sha256(found[one["name"]]).hexdigest(),
        )  # fmt: skip
    assert {one["name"] for one in said["members"]} == set(found) - {"manifest.json", "manifest.json.p7s"}
    files = next(one for one in said["records"] if one["number"] == commented)["attachments"]
    assert [one["name"] for one in files] == list(HOSTILE)
    assert [found[one["member"]] for one in files] == [f"bytes of {place}".encode() for place in range(7)]
    names = [one["member"].removeprefix(f"attachments/{commented}/") for one in files]
    assert names[:4] == ["etc-passwd.txt", "照片.png", "照片-2.PNG", "_con.txt"]
    assert not any(re.search(r"[/\\:*?\"<>|]|\.\.", name) or len(name.encode()) > 255 for name in names)


def test_the_bytes_of_a_zip_depend_on_what_is_in_it_only(app: Flask, auditor: FlaskClient) -> None:
    printed, commented = furnish(app)
    ask(auditor, form="CR-05")
    work(app)
    data = download(auditor, 1)
    with zipfile.ZipFile(io.BytesIO(data)) as zip:
        assert {one.date_time for one in zip.filelist} == {(1980, 1, 1, 0, 0, 0)}
        assert {one.external_attr >> 16 for one in zip.filelist} == {0o100644}
        kinds = {one.filename: one.compress_type for one in zip.filelist}
    stored = {name for name, kind in kinds.items() if kind == zipfile.ZIP_STORED}
    pictures = {f"attachments/{commented}/照片.png", f"attachments/{commented}/照片-2.PNG"}
    assert stored == {f"records/{printed}.pdf", "manifest.json.p7s", *pictures}


def test_the_list_is_for_spreadsheets_and_runs_nothing(app: Flask, auditor: FlaskClient) -> None:
    _printed, commented = furnish(app)
    with app.app_context(), transaction():
        db.session.execute(
            sa.text("UPDATE records SET title = :title WHERE number = :number"),
            {"title": "=HYPERLINK(1)", "number": commented},
        )
    ask(auditor, form="CR-05")
    work(app)
    text = members(download(auditor, 1))["index.csv"]
    assert text.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(text.decode("utf-8-sig")))
    assert head[:4] == ["顺序", "记录编号", "表单", "标题"]
    assert {row[1]: row[3] for row in rows}[commented] == "'=HYPERLINK(1)"


def test_asking_and_taking_stand_in_the_trail(app: Flask, auditor: FlaskClient) -> None:
    id = ask(auditor, form="CR-05", since="2020-01-01")
    (asked,) = told(app, "package_asked")
    assert {name: asked[name] for name in ("package", "rows", "form", "since")} == {
        "package": id, "rows": 2, "form": ["CR-05"], "since": "2020-01-01",
    }  # fmt: skip
    work(app)
    (made,) = told(app, "package_made")
    assert made["sha256"] == package(app, id).sha256
    assert told(app, "package_taken") == []
    for _one in range(2):
        download(auditor, id)
    assert [one["sha256"] for one in told(app, "package_taken")] == [made["sha256"]] * 2
    trail = auditor.get("/trail").text
    assert f"索取了审计资料包 {id}，2 条记录" in trail
    assert f"下载了审计资料包 {id}，2 条记录" in trail
    with app.app_context():
        assert audit.verify()[1] is None


def test_a_sample_is_packed_as_it_was_drawn(app: Flask, auditor: FlaskClient) -> None:
    drawn = re.findall(
        r'<a href="/[\w/-]+/([A-Z]{2}-\d\d-\d{4}-\d{4})">',
        auditor.get("/trail/sample?seed=第7次&size=3").text,
    )
    assert len(drawn) == 3
    ask(auditor, seed="第7次", size="3")
    work(app)
    said = manifest(download(auditor, 1))
    assert [one["number"] for one in said["records"]] == drawn
    assert {name: said["asked"][name] for name in ("seed", "size", "many")} == {
        "seed": "第7次", "size": 3, "many": 4,
    }  # fmt: skip
    (asked,) = told(app, "package_asked")
    assert (asked["seed"], asked["size"], asked["many"], asked["rows"]) == ("第7次", 3, 4, 3)
    assert "抽样，种子“第7次”" in auditor.get("/trail/packages").text


def test_the_page_shows_how_far_it_is_until_it_ends(app: Flask, auditor: FlaskClient) -> None:
    assert "还没有资料包" in auditor.get("/trail/packages").text
    id = ask(auditor)
    running = auditor.get("/trail/packages/progress").text
    assert 'hx-trigger="every 2s"' in running
    assert '<progress class="package-progress" max="4" value="0"' in running
    assert f"/trail/packages/{id}/cancellations" in running
    assert "/downloads" not in running
    work(app)
    ready = auditor.get("/trail/packages/progress").text
    assert "hx-trigger" not in ready
    assert f"/trail/packages/{id}/downloads" in ready
    assert package(app, id).sha256 in ready
    auditor.post("/account/language", data={"language": "en"})
    assert "Audit package" in auditor.get("/trail/packages").text


@pytest.mark.both_databases
def test_one_at_a_time(app: Flask, auditor: FlaskClient) -> None:
    id = ask(auditor)
    again = auditor.post("/trail/packages")
    assert again.status_code == 409
    assert "正在制作" in again.text
    assert len(told(app, "package_asked")) == 1
    work(app)
    assert ask(auditor) == id + 1


@pytest.mark.parametrize(
    ("limits", "sent", "said"),
    [
        ({}, {"form": "PU-03"}, "没有符合条件的记录"),
        ({"MOST": 3}, {}, "最多 3 条"),
        ({"MOST_BYTES": 10}, {}, "请缩小范围"),
    ],
)
def test_too_much_and_nothing_are_refused(
    app: Flask,
    auditor: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    limits: dict[str, int],
    sent: dict[str, str],
    said: str,
) -> None:
    furnish(app)
    for name, value in limits.items():
        monkeypatch.setattr(audit_packages, name, value)
    refused = auditor.post("/trail/packages", data=sent)
    assert refused.status_code == 422
    assert said in refused.text
    assert told(app, "package_asked") == []


def test_a_package_is_its_auditors_alone(app: Flask, auditor: FlaskClient, sign_in: SignIn) -> None:
    id = ask(auditor)
    another_auditor(app, "quality_manager")
    other = sign_in(app.test_client(), "quality_manager")
    assert other.post(f"/trail/packages/{id}/cancellations").status_code == 404
    work(app)
    assert other.post(f"/trail/packages/{id}/downloads").status_code == 404
    assert f"/trail/packages/{id}/" not in other.get("/trail/packages").text
    assert ask(other) == id + 1, "the one of another person is in nobody's way"
    for login in ("administrator", "quality_inspector", "employee"):
        stranger = sign_in(app.test_client(), login)
        assert stranger.post(f"/trail/packages/{id}/downloads").status_code == 404
        assert stranger.post("/trail/packages").status_code == 404
    assert told(app, "package_taken") == []


def test_a_cancelled_package_leaves_nothing(app: Flask, auditor: FlaskClient) -> None:
    id = ask(auditor)
    assert auditor.post(f"/trail/packages/{id}/downloads").status_code == 409, "it is not there yet"
    assert auditor.post(f"/trail/packages/{id}/cancellations").status_code == 303
    assert auditor.post(f"/trail/packages/{id}/cancellations").status_code == 422
    assert "已取消" in auditor.get("/trail/packages").text
    work(app)
    assert (package(app, id).state, lying(app)) == ("cancelled", set())
    assert auditor.post(f"/trail/packages/{id}/downloads").status_code == 409
    assert ask(auditor) == id + 1


def test_after_a_week_it_is_gone(app: Flask, auditor: FlaskClient, sign_in: SignIn) -> None:
    id = ask(auditor)
    work(app)
    file = package(app, id).file
    with app.app_context():
        assert daily.drop_packages() == 0
    assert lying(app) == {file}
    with time_machine.travel(now() + timedelta(days=7, minutes=1), tick=False):
        later = sign_in(app.test_client(), "auditor")
        gone = later.post(f"/trail/packages/{id}/downloads")
        assert (gone.status_code, "超过 7 天" in gone.text) == (409, True), "also before the job has come"
        with app.app_context():
            assert daily.drop_packages() == 1
            assert daily.drop_packages() == 0
        assert (package(app, id).state, lying(app)) == ("expired", set())
        assert "已到期删除" in later.get("/trail/packages").text
        assert later.post(f"/trail/packages/{id}/downloads").status_code == 409


def test_a_file_that_is_lost_is_a_sentence(app: Flask, auditor: FlaskClient) -> None:
    id = ask(auditor)
    work(app)
    with app.app_context():
        (app.config["SETTINGS"].portal_data / "packages" / package(app, id).file).unlink()
    assert auditor.post(f"/trail/packages/{id}/downloads").status_code == 409
    assert told(app, "package_taken") == []
