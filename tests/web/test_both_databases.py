"""The whole portal over HTTP, on SQLite and on PostgreSQL: every address, and a record's and an administrator's day."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import schedule
from portal.models import AuditEvent, CompanySetting, Person, Record, StoredFile
from portal.services import audit
from portal.storage import files
from tests.architecture.test_access import ROWS, code, knock
from tests.architecture.visitors import PEOPLE, furnished
from tests.web.conftest import Desk, alerts

pytestmark = pytest.mark.both_databases
# What `tests/architecture/test_access.py` shows on SQLite.
on_postgres = pytest.mark.postgres(alone=True)
OFFICER = "customer_service_officer"
COMPLAINTS = "/customer-service/complaints/"


def test_signing_in_lets_one_in(app: Flask) -> None:
    browser = app.test_client()
    answer = browser.post("/sign-in", data={"login": "buyer", "password": DEMO_PASSWORD})
    assert answer.status_code == 303
    assert browser.get("/account/sessions").status_code == 200


@on_postgres
@pytest.mark.proves("S18")
def test_every_page_gives_the_answer_of_the_table(app: Flask) -> None:
    site = furnished(app)
    wrong = []
    for visitor in PEOPLE:
        for row in (row for row in ROWS if row.method == "GET"):
            answer = knock(site.browsers[visitor], row, site.path(row.rule))
            given = code(answer)
            answer.close()
            if given != row.answers[visitor]:
                wrong.append(f"{visitor}: {row}: {given}, not {row.answers[visitor]}")
    assert not wrong, "\n".join(wrong)


@on_postgres
def test_no_act_breaks(app: Flask) -> None:
    site = furnished(app)
    acts = sorted(
        (row for row in ROWS if row.method == "POST"), key=lambda row: "end" in row.rule or "out" in row.rule
    )
    wrong = []
    for row in acts:
        for visitor in PEOPLE:
            answer = knock(site.browsers[visitor], row, site.path(row.rule))
            if answer.status_code >= 500:
                wrong.append(f"{visitor}: {row}: {answer.status_code}")
            answer.close()
    assert not wrong, "\n".join(wrong)


def test_a_record_goes_its_whole_way(desk: Desk) -> None:
    sheet = desk.told("CS-51", content="原来的内容")
    draft = [("_op", "save"), ("_key", "a-page"), *sheet]
    assert desk.post(OFFICER, f"{COMPLAINTS}new", draft).status_code == 303
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "a-page"), *sheet])
    assert answer.status_code == 303, alerts(answer.text)
    number = answer.location.rsplit("/", 1)[-1]
    assert desk.post(OFFICER, f"{COMPLAINTS}{number}/withdrawals", [("_reason", "写错了")]).status_code == 303
    correction = [("_op", "submit"), ("_version", "1"), ("_reason", "改正"), *sheet]
    assert desk.post(OFFICER, f"{COMPLAINTS}{number}/correct", correction).status_code == 303
    assert desk.record(number).version == 2
    for path, act in (("comments", [("_opinion", "已电话联系")]), ("reminders", [])):
        assert desk.post(OFFICER, f"{COMPLAINTS}{number}/{path}", act).status_code == 303
    while desk.walker.sign(number):
        pass
    assert desk.record(number).state == "finished"
    assert desk.browser(OFFICER).get(f"/records/{number}", follow_redirects=True).status_code == 200


def test_an_order_is_returned_corrected_received_and_printed(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn("purchasing_manager", number)
    returned = [("_op", "return"), ("_opinion", "价格太高"), *turn.items()]
    path = f"/purchasing/purchase-orders/{number}"
    assert desk.post("purchasing_manager", f"{path}/signatures", returned).status_code == 303
    sheet = [("_op", "submit"), ("_version", "1"), ("_reason", "已议价"), *desk.told("PU-04")]
    answer = desk.post("buyer", f"{path}/correct", sheet)
    assert answer.status_code == 303, alerts(answer.text)
    while desk.walker.sign(number):
        pass
    assert desk.record(number).state == "finished"
    with desk.app.app_context():
        for job, _when in schedule.TIMES:
            job()
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        assert record.pdf_id is not None
        assert files.get(db.session.get_one(StoredFile, record.pdf_id).sha256).startswith(b"%PDF")
        assert audit.verify()[1] is None
        db.session.remove()
    assert desk.browser("buyer").get(f"{path}.pdf").data.startswith(b"%PDF")


def test_an_administrators_day(desk: Desk) -> None:
    person = desk.one(sa.select(Person).where(Person.login == "employee"))
    new = {"login": "new.one", "name": "新来者", "number": "N-1", "department": str(person.department_id)}
    role = {"role": "buyer", "starts_on": "2026-01-01", "reason": "调岗"}
    acts = {
        "/admin/people": new,
        f"/admin/people/{person.id}/grants": role,
        "/admin/limits/write_off_limit": {"value": "12345", "reason": "董事会决议"},
        "/admin/calendar": {"day": "2026-12-24", "working": "no", "note": "停电"},
        f"/admin/people/{person.id}/leave": {"reason": "离职"},
    }
    for path, fields in acts.items():
        answer = desk.post("administrator", path, list(fields.items()))
        assert answer.status_code in (200, 303), f"{path}: {alerts(answer.text)}"
    assert (
        desk.one(sa.select(CompanySetting.value).where(CompanySetting.key == "limit.write_off_limit"))
        == "12345"
    )
    kinds = set(desk.all(sa.select(AuditEvent.kind)))
    assert {"person_created", "role_granted", "limit_changed", "calendar_day_set", "person_retired"} <= kinds


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_is_taken_away_arrives(desk: Desk, format: str) -> None:
    number = desk.walker.open("PU-04")
    wanted = [("format", format)]
    orders = desk.post("buyer", "/purchasing/purchase-orders/exports", wanted).data
    assert (number.encode() in orders) == (format == "csv")
    assert desk.post("auditor", "/registers/stock_list/exports", wanted).data
    begins = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK"}[format]
    assert desk.post("auditor", "/trail/exports", wanted).data.startswith(begins)


def test_a_backup_is_made(app: Flask, tmp_path: Path) -> None:
    answer = app.test_cli_runner().invoke(args=["backup", str(tmp_path)])
    assert answer.exit_code == 0, answer.output
    assert list(tmp_path.glob("portal-*.zip"))
