"""Drafts: kept word for word, for their owner only, and gone once they have become a record."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, NotFound, RecordClosed
from portal.extensions import db
from portal.models import Draft, Record
from portal.services import drafts, records
from tests.services.engine_forms import OneRole
from tests.services.office import NOW, Office

TYPED = [["subject", "  half a "], ["amount", "1,2"]]


def keep(office: Office, login: str = "buyer", key: str = "k") -> Draft:
    """A half-written sheet."""
    return drafts.keep(key, "T-ONE", office.actor(login), TYPED, title="half", now=NOW)


def test_what_was_typed_is_kept_word_for_word(office: Office) -> None:
    assert keep(office).typed == TYPED
    again = drafts.keep("k", "T-ONE", office.actor("buyer"), [["subject", "b"]], title="", now=NOW)
    assert (again.typed, again.title) == ([["subject", "b"]], "half")
    assert db.session.scalar(sa.select(sa.func.count()).where(Draft.key == "k")) == 1


def test_nobody_else_sees_saves_or_throws_it_away(office: Office) -> None:
    keep(office)
    for act in (lambda by: drafts.mine("k", by), lambda by: drafts.discard("k", by)):
        with pytest.raises(NotFound):
            act(office.actor("buyer_2"))
    with pytest.raises(NotFound):
        keep(office, "buyer_2")


def test_a_save_that_comes_after_the_submission_keeps_nothing(office: Office) -> None:
    draft = keep(office)
    by = office.actor("buyer")
    record = records.submit(OneRole(answers={"subject": "x"}), by, key="k", now=NOW, draft=draft)
    with pytest.raises(RecordClosed, match=record.number):
        keep(office)
    assert drafts.mine("k", by) is None


def test_the_same_page_gives_the_same_record(office: Office) -> None:
    by, sheet = office.actor("buyer"), OneRole(answers={"subject": "x"})
    first = records.submit(sheet, by, key="k", now=NOW)
    assert records.submit(sheet, by, key="k", now=NOW) is first
    with pytest.raises(NotAllowed):
        records.submit(sheet, office.actor("buyer_2"), key="k", now=NOW)
    assert db.session.scalar(sa.select(sa.func.count(Record.id)).where(Record.form_code == "T-ONE")) == 1


def test_an_auditor_submits_nothing(office: Office) -> None:
    with pytest.raises(NotAllowed):
        office.submit(OneRole, "auditor")


def test_a_stage_draft_goes_with_the_signature(office: Office) -> None:
    by = office.actor("buyer")
    drafts.keep("stage", "T-ONE", by, TYPED, title="", now=NOW, task_id=7)
    keep(office)
    drafts.drop_stage(7, by)
    assert [draft.key for draft in db.session.scalars(sa.select(Draft))] == ["k"]
