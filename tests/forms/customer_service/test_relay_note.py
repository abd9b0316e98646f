"""CS-50: whoever hears a complaint tells customer service at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Opens, Tells
from portal.domain.signoff import Close
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.relay_note import CentreReceipt, RelayNote
from portal.forms.kinds import Ref
from portal.lib.workdays import Calendar
from portal.models import Draft, Notice, Person, Record
from portal.services.drafts import prefill
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
GIVEN = {
    "received_at": NOW - timedelta(minutes=10),
    "complainant": "钱卫红",
    "complainant_phone": "13800001111",
    "channel": "visit",
    "content": "护栏松动",
}


def sheet(now: datetime = NOW, context=None, person=None, **answers):
    given = {"received_by": Ref(7, "孙强"), **GIVEN, **answers}
    return RelayNote(answers=given, context={"@now": now, **(context or {})}, person=person)


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


def test_every_employee_may_write_one():
    assert RelayNote.opened_by == ("employee",)


def test_the_portal_says_when_it_was_relayed(app_context):
    form = sheet(relayed_at=NOW - timedelta(days=9), late_relay=False)
    assert wrong(form) == set()
    assert (form.relayed_at.data, form.late_relay.data) == (NOW, False)


@pytest.mark.parametrize(("minutes", "late"), [(0, False), (60, False), (61, True), (60 * 24, True)])
def test_r63_after_an_hour_it_is_late(app_context, minutes, late):
    form = sheet(received_at=NOW - timedelta(minutes=minutes))
    form.compute()
    assert form.late_relay.data is late
    assert "late_relay" in RelayNote.columns


def test_r63_an_hour_to_the_minute_is_an_hour(app_context):
    for seconds, late in ((59, False), (60, True)):
        now = NOW + timedelta(hours=1, seconds=seconds)
        form = RelayNote(answers={"received_at": NOW}, context={"@now": now})
        form.validate()
        assert form.late_relay.data is late


def test_r63_what_is_corrected_later_was_relayed_when_it_was(make_record):
    record = make_record("CS-50-2026-0001")  # submitted at NOW
    for mark in ("@record_id", "@corrects"):
        form = sheet(NOW + timedelta(days=2), {mark: record.id})
        form.compute()
        assert (form.relayed_at.data, form.late_relay.data) == (NOW, False)


def test_nobody_relays_what_has_not_been_said(app_context):
    assert wrong(sheet(received_at=NOW + timedelta(minutes=1))) == {"received_at"}


def test_it_is_by_whoever_writes_it_unless_somebody_else_is_named(people):
    writer = db.session.get_one(Person, people["sun"].id)
    form = sheet(received_by=None, person=writer)
    assert wrong(form) == set()
    assert form.received_by.data == people["sun"]
    other = sheet(received_by=people["zhao"], person=writer)
    other.compute()
    assert other.received_by.data == people["zhao"]


def test_the_centre_answers_within_an_hour():
    step = RelayNote.signoff.step("centre_receipt")
    assert step.within.due(NOW, {}, Calendar()) == NOW + timedelta(hours=1)
    assert (step.by.parties[0].key, step.on_refusal) == ("customer_service_officer", Close())


def test_what_the_centre_makes_of_it(make_record):
    def errors(**answers):
        return wrong(CentreReceipt(answers=answers))

    assert errors() == {"registered_as"}
    assert errors(registered_as="new_complaint") == set()
    assert errors(registered_as="added_to_an_open_complaint") == {"existing_complaint"}
    assert errors(registered_as="not_a_complaint") == {"no_complaint_reason"}
    record = make_record("CS-51-2026-0001")
    added = {
        "registered_as": "added_to_an_open_complaint",
        "existing_complaint": Ref(record.id, record.number),
    }
    assert errors(**added) == set()
    for state in ("finished", "refused", "voided"):
        record.state = state
        db.session.flush()
        assert errors(**added) == {"existing_complaint"}


def effects(filed, **answers):
    view = filed("CS-50", **{"received_by": Ref(7, "孙强"), **GIVEN, **answers})
    return list(RelayNote.effects("centre_receipt", view))


def test_a_new_complaint_is_registered(filed, app_context):
    (draft,) = effects(filed, registered_as="new_complaint")
    assert isinstance(draft, Opens)
    assert (draft.code, draft.to, draft.names_as) == ("CS-51", "role:customer_service_officer", "relay_note")
    kept = prefill(FORMS["CS-51"], draft.answers)
    assert kept["first_received_by"]["id"] == 7
    assert datetime.fromisoformat(kept["received_at"]) == GIVEN["received_at"]
    assert (kept["channel"], kept["intake_point"], kept["content"]) == ("visit", "service_centre", "护栏松动")


def test_who_told_in_vain_hears_why(filed, app_context):
    told = effects(filed, registered_as="not_a_complaint", no_complaint_reason="客户只是询问")
    assert {(one.to, "客户只是询问" in str(one.text)) for one in told if isinstance(one, Tells)} == {
        ("person:12", True),
        ("person:7", True),
    }
    assert effects(filed, registered_as="added_to_an_open_complaint") == []
    same = effects(
        filed, registered_as="not_a_complaint", no_complaint_reason="x", received_by=Ref(12, "赵敏")
    )
    assert len(same) == 1


@pytest.mark.parametrize("seed", range(12))
def test_its_story_reaches_the_end(worlds, walk, people, seed):
    story = STORIES["CS-50"]
    told = walk(
        RelayNote,
        type(story)(lambda world: {"received_by": people["sun"], **story.opening(world)}, story.stages),
        worlds(seed),
    )
    assert told["registered_as"]


def test_from_the_note_to_the_complaint(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("CS-50")
    walker.sign(number, registered_as="new_complaint")
    assert walker.state(number) == "finished"
    with app.app_context():
        note = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        draft = db.session.scalars(sa.select(Draft).where(Draft.source_id == note.id)).one()
        assert draft.answers["relay_note"]["id"] == note.id
        assert draft.answers["first_received_by"]["id"] == note.applicant_id


def test_what_is_no_complaint_ends_and_is_told(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("CS-50")
    walker.sign(number, registered_as="not_a_complaint", no_complaint_reason="客户只是询问保修")
    assert walker.state(number) == "finished"
    refused = walker.open("CS-50")
    walker.refuse(refused, "不属投诉")
    assert walker.state(refused) == "refused"
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        query = sa.select(Notice).where(Notice.record_id == record.id, Notice.kind == "told")
        (notice,) = db.session.scalars(query)
        assert notice.person_id == record.applicant_id
        assert "客户只是询问保修" in notice.facts["text"]["zh"]
        assert db.session.scalars(sa.select(Draft.id).where(Draft.source_id == record.id)).all() == []
