"""What people do to a record leaves its trace: in the trail, on the page, on paper, with what stood there before."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib.clock import minute
from portal.models import AuditEvent, Content, Notice, Person, Record, Signature, StoredFile
from tests.forms.test_every_form import squeezed, text_of
from tests.web.conftest import Desk, alerts
from tests.web.test_acts import MANAGER, ORDERS, act, later
from tests.web.test_record import COMPLAINTS, OFFICER, file_of

NEW = "外包装完好，附检验报告"


def corrected(desk: Desk) -> str:
    """An order that was returned, corrected with a reason, and signed to its end."""
    number = desk.walker.open("PU-04")
    act(desk, MANAGER, number, "return", desk.turn(MANAGER, number), _opinion="质量要求写得不全")
    given = [("_op", "submit"), ("_version", "1"), ("_reason", "补充检验报告")]
    again = desk.post(
        "buyer", f"{ORDERS}{number}/correct", [*given, *desk.told("PU-04", "buyer", quality_terms=NEW)]
    )
    assert again.status_code == 303, alerts(again.text)
    while desk.walker.sign(number):
        pass
    return number


def trail(desk: Desk, number: str) -> list[AuditEvent]:
    """The events of a record, from its first on, with who did them."""
    with desk.app.app_context():
        query = sa.select(AuditEvent).join(Record, Record.id == AuditEvent.record_id)
        query = query.where(Record.number == number).options(selectinload(AuditEvent.person))
        found = list(db.session.scalars(query.order_by(AuditEvent.seq)).unique())
        db.session.remove()
    return found


@pytest.mark.proves("R5", "R7", "S45")
@pytest.mark.both_databases
def test_what_stands_in_the_books_stands_in_the_trail(desk: Desk) -> None:
    began = datetime.now(UTC)
    number = corrected(desk)
    record, events = desk.record(number), trail(desk, number)
    assert [one.seq for one in events] == list(range(1, len(events) + 1))
    assert all(began <= one.at <= datetime.now(UTC) for one in events), "a moment with its zone"
    versions = desk.all(sa.select(Content).where(Content.record_id == record.id).order_by(Content.version))
    written = [one for one in events if one.kind in ("record_submitted", "record_changed")]
    assert [(one.created_at, one.created_by_id) for one in versions] == [
        (one.at, one.person_id) for one in written
    ]
    signed = desk.all(sa.select(Signature).where(Signature.record_id == record.id).order_by(Signature.id))
    told = {one.facts["signature"]: one for one in events if one.facts.get("signature")}
    assert {one.sha256: (one.signed_at, one.person_id) for one in signed} == {
        hash: (one.at, one.person_id) for hash, one in told.items()
    }
    change = next(one for one in events if one.kind == "record_changed")
    old = versions[0].answers["quality_terms"]
    assert old != NEW
    assert change.facts["changed"]["quality_terms"] == [old, NEW]
    assert change.facts["reason"] == "补充检验报告"
    page = desk.browser("auditor").get(f"/trail?number={number}").text
    assert f"<del>{html.escape(old)}</del>" in page
    assert f"<ins>{NEW}</ins>" in page
    shown = desk.browser("auditor").post("/trail/exports", data={"number": number, "format": "csv"}).text
    assert "+08:00" in shown, "the export says the zone"


@pytest.mark.proves("R13", "R9")
def test_the_print_says_whether_anything_was_changed(desk: Desk) -> None:
    changed, untouched = corrected(desk), desk.walker.walk("PU-04")
    plain, told = (squeezed(text_of(desk.walker.printed(number))) for number in (untouched, changed))
    assert squeezed("更正了内容") not in plain
    change = told.partition(squeezed("更正了内容（第 2 版），改动："))[2].partition(squeezed("说明："))[0]
    assert squeezed("质量及验收要求") in change
    assert squeezed("补充检验报告") in told, "why"
    for event in trail(desk, changed):
        if event.kind == "record_changed":
            assert squeezed(minute(event.at)) in told
    assert squeezed(NEW) in told


@pytest.mark.proves("R16")
def test_each_signature_shows_name_moment_and_meaning_on_the_page_and_on_paper(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    assert act(desk, MANAGER, number, "sign", desk.turn(MANAGER, number)).status_code == 303
    (signature,) = desk.all(sa.select(Signature).join(Record).where(Record.number == number))
    name = desk.one(sa.select(Person.name).where(Person.id == signature.person_id))
    browser = desk.browser("buyer")
    page = browser.get(f"{ORDERS}{number}").text
    meaning = re.search(r'<span class="meaning">([^<]+)</span>', page)
    assert meaning is not None
    printed = squeezed(text_of(browser.get(f"{ORDERS}{number}.pdf").data))
    for text in (name, minute(signature.signed_at), meaning[1]):
        assert text in page
        assert squeezed(text) in printed


@pytest.mark.proves("R18", "S12")
def test_without_a_window_every_signature_asks_for_the_password(desk: Desk) -> None:
    settings = desk.app.config["SETTINGS"]
    desk.app.config["SETTINGS"] = settings.model_copy(update={"signing_window_minutes": 0})
    first, second = desk.walker.open("PU-04"), desk.walker.open("PU-04")
    desk.browser(MANAGER)
    later(desk, 1)
    for number in (first, second):
        turn = desk.turn(MANAGER, number)
        silent = act(desk, MANAGER, number, "sign", turn)
        assert silent.status_code == 422
        assert desk.signatures(number) == []
        with_it = act(desk, MANAGER, number, "sign", turn, _password=DEMO_PASSWORD)
        assert with_it.status_code == 303, alerts(with_it.text)
        later(desk, 1)


@pytest.mark.proves("R21")
def test_tries_to_sign_with_a_wrong_password_are_told_to_the_security_officer(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    officer = sa.select(sa.func.count(Notice.id)).join(Person, Person.id == Notice.person_id)
    officer = officer.where(Person.login == "security_officer")
    before = desk.one(officer)
    codes = [act(desk, MANAGER, number, "sign", turn, _password="wrong").status_code for _try in range(9)]
    assert codes == [422] * 8 + [429], "the ninth has to wait"
    assert desk.one(officer) == before + 8, "each at once"
    kinds = desk.all(sa.select(AuditEvent.kind).where(AuditEvent.kind == "signing_failed"))
    assert len(kinds) == 8, "each of them is in the trail"
    assert desk.signatures(number) == []


@pytest.mark.proves("R6")
def test_nothing_is_given_up_or_taken_back_without_a_reason(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    for way, before, after in (("withdrawals", "running", "withdrawn"), ("voidings", "withdrawn", "voided")):
        for reason in ("", "  ", "\u200b"):
            refused = desk.post(OFFICER, f"{COMPLAINTS}{number}/{way}", [("_reason", reason)])
            assert refused.status_code == 422
            assert desk.record(number).state == before
        assert desk.post(OFFICER, f"{COMPLAINTS}{number}/{way}", [("_reason", "重复登记")]).status_code == 303
        assert desk.record(number).state == after
    said: Any = [one.facts.get("reason") for one in trail(desk, number) if one.facts.get("reason")]
    assert said == ["重复登记", "重复登记"]


@pytest.mark.proves("R11")
def test_an_attachment_that_was_exchanged_in_its_store_is_not_given_out(desk: Desk) -> None:
    id = file_of(desk, OFFICER)
    told = desk.told("CS-51", evidence=id)
    assert (
        desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "k"), *told]).status_code == 303
    )
    digest = desk.one(sa.select(StoredFile.sha256).where(StoredFile.id == int(id)))
    kept = desk.app.config["SETTINGS"].portal_data / "files" / digest[:2] / digest
    assert desk.browser(OFFICER).get(f"/files/{id}").data == "凭证".encode()
    kept.write_bytes("另一份凭证".encode())
    answer = desk.browser(OFFICER).get(f"/files/{id}")
    assert answer.status_code == 410
    assert "被改动过" in answer.text
    assert "另一份凭证" not in answer.text
    kept.unlink()
    assert desk.browser(OFFICER).get(f"/files/{id}").status_code == 410


@pytest.mark.proves("R1", "R3", "R20", "S45")
def test_rights_are_granted_changed_and_taken_with_who_when_and_why(desk: Desk) -> None:
    administrator = desk.browser("administrator")
    buyer = desk.one(sa.select(Person).where(Person.login == "buyer"))
    form = {"role": "cashier", "starts_on": "2026-01-01", "reason": "顶替冯静"}
    given = administrator.post(f"/admin/people/{buyer.id}/grants", data=form)
    assert given.status_code == 303
    grant = desk.one(sa.text("SELECT max(id) FROM role_grants"))
    taken = administrator.post(f"/admin/grants/{grant}/end", data={"reason": "冯静已回"})
    assert taken.status_code == 303
    head = {"head": desk.one(sa.select(Person.number).where(Person.login == "document_controller"))}
    changed = administrator.post("/admin/departments/quality", data={**head, "reason": "接任"})
    assert changed.status_code == 303, changed.text
    page = administrator.get("/trail?kind=people").text
    for text in ("顶替冯静", "冯静已回", "接任"):
        assert text in page
    kinds = ("role_granted", "role_ended", "department_changed")
    query = sa.select(AuditEvent).where(AuditEvent.kind.in_(kinds)).order_by(AuditEvent.id)
    events = desk.all(query.options(selectinload(AuditEvent.person)))
    assert [one.kind for one in events] == list(kinds)
    assert {one.person.login for one in events} == {"administrator"}
    assert [one.facts["reason"] for one in events] == ["顶替冯静", "冯静已回", "接任"]


@pytest.mark.proves("R19")
def test_an_administrator_signs_for_nobody(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    for more in ({}, {"_password": DEMO_PASSWORD}, {"_person": "purchasing_manager"}):
        answer = act(desk, "administrator", number, "sign", turn, **more)
        assert answer.status_code == 404, "the record is not there for them"
    assert desk.signatures(number) == []
    assert desk.record(number).state == "running"
