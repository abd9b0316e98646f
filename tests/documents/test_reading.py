"""Reading what is in force: confirmed, followed, reminded, asked for before a form."""

from __future__ import annotations

import pytest

from portal.extensions import db
from portal.lib.clock import now
from portal.queries import readings, revisions
from portal.services import readings as reading
from tests.documents.conftest import Browse
from tests.documents.library import LATER, NUMBER, Library, words
from tests.forms.customer_service.shop import TODAY


@pytest.mark.proves("R30")
def test_a_reader_confirms_once_and_the_report_knows(library: Library, browse: Browse) -> None:
    one = library.load()
    inspector = browse("quality_inspector")
    assert NUMBER in inspector.get("/").text, "the first page tells"
    for _time in range(2):
        assert inspector.post(f"/documents/{NUMBER}/receipt", data={"number": "1.0"}).status_code == 303
    db.session.expire_all()
    who = library.person("quality_inspector").id
    assert readings.read_at(one, who) is not None
    assert NUMBER not in words(inspector.get("/").text)
    report = words(browse("document_controller").get(f"/documents/{NUMBER}/readers").text)
    assert "已读 1 /" in report
    assert browse("salesperson").get(f"/documents/{NUMBER}/readers").status_code == 404


def test_only_those_who_must_read_confirm_and_only_what_is_in_force(library: Library, browse: Browse) -> None:
    one = library.load()
    assert (
        browse("salesperson").post(f"/documents/{NUMBER}/receipt", data={"number": "1.0"}).status_code == 403
    )
    assert (
        browse("quality_inspector").post(f"/documents/{NUMBER}/receipt", data={"number": "0.9"}).status_code
        == 422
    )
    assert browse("auditor").post(f"/documents/{NUMBER}/receipt", data={"number": "1.0"}).status_code == 403
    db.session.expire_all()
    assert all(each.read_at is None for each in readings.audience(one, now().date()))


def test_a_new_revision_is_read_anew_from_its_day_on(library: Library) -> None:
    library.load()
    inspector = library.actor("quality_inspector")
    reading.confirm(NUMBER, "1.0", inspector, now=library.now)
    asked = library.asked()
    record = library.sent(library.draft(), change_request=library.ref(asked), planned_effective_on=LATER)
    library.release(record, LATER)
    today = library.now.date()
    assert NUMBER not in {one.document_no for one in readings.owed(inspector, today)}
    assert NUMBER in {one.document_no for one in readings.owed(inspector, LATER)}


def test_reminders_go_to_those_who_have_not_read_once_a_day(library: Library) -> None:
    one = library.load()
    inspector, controller = library.actor("quality_inspector"), library.actor("document_controller")
    reading.confirm(NUMBER, "1.0", inspector, now=library.now)
    everybody = len(readings.audience(one, library.now.date()))
    assert reading.remind(NUMBER, controller, now=library.now) == everybody - 1
    assert reading.remind(NUMBER, controller, now=library.now) == 0


def test_the_portal_reminds_by_itself_every_few_days(library: Library) -> None:
    one = library.load()
    waiting = len(readings.audience(one, library.now.date()))
    others = reading.remind_all(now=library.now) - waiting
    assert others >= 0
    assert reading.remind_all(now=library.now) == 0
    assert reading.remind_all(now=library.now + reading.EVERY) == waiting + others


def test_a_form_waits_until_its_document_is_read(
    library: Library, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = revisions.effective("PU-P-01", library.now.date())
    assert one is not None
    one.reading = "before_use"
    buyer = browse("buyer")
    answer = buyer.get("/purchasing/requisitions/new")
    assert answer.headers["Location"] == "/documents/PU-P-01"
    assert buyer.post("/documents/PU-P-01/receipt", data={"number": one.number}).status_code == 303
    assert buyer.get("/purchasing/requisitions/new").status_code == 200
    assert browse("salesperson").get("/purchasing/requisitions/new").status_code == 200, "not theirs to read"


def test_heads_follow_their_own_people(library: Library, browse: Browse) -> None:
    one = library.begun(readers=[library.department("quality").id, library.department("warehouse").id])
    library.release(library.sent(one))
    page = f"/documents/{one.document_no}/readers"
    every = {reader.department for reader in readings.audience(one, TODAY)}
    assert every == {"质量部", "库房"}
    seen = words(browse("warehouse_supervisor").get(page).text)
    assert "库房" in seen
    assert "质量部" not in seen
    assert browse("purchasing_manager").get(page).status_code == 404, "nobody there has to read it"
    head, theirs = (
        library.actor("warehouse_supervisor"),
        len(reading.followed(one, library.actor("warehouse_supervisor"), now=library.now)),
    )
    assert reading.remind(one.document_no, head, now=library.now) == theirs


def test_counts_are_those_of_the_report(library: Library) -> None:
    library.load()
    nobody = library.begun("QA-P-92", reading="none")
    library.release(library.sent(nobody))
    reading.confirm(NUMBER, "1.0", library.actor("quality_inspector"), now=library.now)
    found = list(db.session.scalars(revisions.in_force(TODAY)))
    counts = readings.counts(found, TODAY)
    for one in found:
        audience = readings.audience(one, TODAY)
        assert counts[one.id] == (len(audience), sum(reader.read_at is not None for reader in audience))
    assert counts[nobody.id] == (0, 0)
