"""QA-19 and its ledger: every measure stands there at once, and its fate follows from its tracker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.effects import Opens, PostsEntry
from portal.extensions import db
from portal.forms.filed import Filed
from portal.forms.ledgers import LEDGERS
from portal.forms.quality.actions import follow, proven
from portal.models import LedgerEntry, Notice, Record
from portal.queries import ledgers
from portal.services import effects
from tests.forms.customer_service.shop import NOW, TODAY, Shop, days, wrong
from tests.forms.quality.quality_room import content_of, department, eight_d

LEDGER = LEDGERS["improvement_actions"]


@pytest.fixture
def shop(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr("portal.queries.days.today", lambda: TODAY)
    return Shop()


def decided(shop: Shop, record: Record, *measures: Any) -> None:
    """The record decides measures: each a line, and a draft to follow it by."""
    view = Filed(record.id, record.number, record.form_code, {}, record.applicant_id, 1, 1, {}, NOW)
    effects.carry_out(list(follow(view, measures)), record, by=record.applicant_id, now=NOW)
    db.session.flush()


def given(shop: Shop, record: Record, **changed: Any) -> dict[str, Any]:
    return {
        "source_record": shop.ref(record),
        "action_no": f"{record.number}/1",
        "action": "加装软垫",
        "owner": shop.person("production_engineer"),
        "due_on": days(10),
        "expected_result": "不再划伤",
        "priority": "high",
        **changed,
    }


def rows(**picked: str) -> list[dict[str, Any]]:
    wanted = ledgers.Wanted(picked=tuple(picked.items()))
    return ledgers.page(LEDGER.source, wanted, "", 50).rows


def states() -> dict[str, str]:
    return {row["no"].rpartition("/")[2]: row["state"] for row in rows()}


def tracked(shop: Shop) -> tuple[Record, Record]:
    """A source with a measure, and its tracker."""
    record = eight_d(shop)
    decided(shop, record, ("加装软垫", shop.person("production_engineer"), days(10)))
    return record, shop.submit("QA-19", "quality_inspector", **given(shop, record))


def test_a_measure_is_a_line_at_once_and_a_draft_to_follow_it_by(shop: Shop) -> None:
    record = eight_d(shop)
    decided(shop, record, ("加装软垫", shop.person("production_engineer"), days(10)), ("培训", None, None))
    assert states() == {"1": "to_track", "2": "to_track"}
    first, second = (content_of(draft) for draft in shop.drafts(record, "QA-19"))
    assert (first["action_no"], first["due_on"]) == (f"{record.number}/1", days(10))
    assert second["action_no"] == f"{record.number}/2"
    assert first["source_record"].id == record.id


def test_its_fate_follows_from_its_tracker(shop: Shop) -> None:
    _record, tracker = tracked(shop)
    (row,) = rows()
    assert (row["state"], row["tracker"], row["verified"]) == ("open", tracker.number, False)
    assert row["department"] == department(shop).text  # which the source has not said
    shop.sign(tracker, done_on=TODAY, result="已加装")
    (row,) = rows()
    assert (row["state"], row["done_on"], row["result"]) == ("done", TODAY.isoformat(), "已加装")
    shop.sign(tracker, verified_effective=True)
    (row,) = rows()
    assert tracker.state == "finished"
    assert (row["state"], row["verified"], row["rounds"]) == ("effective", True, 1)


def test_a_measure_that_does_not_work_is_done_anew_until_another_day(shop: Shop) -> None:
    _record, tracker = tracked(shop)
    shop.sign(tracker, done_on=TODAY, result="已加装")
    assert wrong(shop.stage(tracker, verified_effective=False)) == {"new_due"}
    assert wrong(shop.stage(tracker, verified_effective=False, new_due=TODAY)) == {"new_due"}
    shop.sign(tracker, verified_effective=False, new_due=days(20))
    assert (tracker.step, tracker.round) == ("owner_report", 2)
    assert tracker.due_at is not None
    assert tracker.due_at.date() == days(20)
    (row,) = rows()
    assert (row["state"], row["due"], row["rounds"]) == ("open", days(20).isoformat(), 2)
    assert shop.signers(tracker) == {"production_engineer"}
    told = db.session.scalars(
        sa.select(Notice).where(Notice.record_id == tracker.id, Notice.kind == "told")
    ).all()
    assert len(told) == 1
    shop.sign(tracker, done_on=TODAY, result="再次加装")
    shop.sign(tracker, verified_effective=True)
    assert states() == {"1": "effective"}


def test_what_is_late_can_be_picked_out(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    record = eight_d(shop)
    decided(shop, record, ("加装软垫", None, days(10)), ("培训", None, days(30)))
    shop.submit("QA-19", "quality_inspector", **given(shop, record))
    monkeypatch.setattr("portal.queries.days.today", lambda: days(11))
    assert sorted(row["state"] for row in rows()) == ["overdue", "to_track"]
    assert [row["action"] for row in rows(state="overdue")] == ["加装软垫"]
    assert rows(state="effective") == []


def test_a_number_is_one_of_the_sources_measures(shop: Shop) -> None:
    record, _tracker = tracked(shop)
    sheet = shop.sheet("QA-19", "quality_inspector", **given(shop, record, action_no=f"{record.number}/9"))
    assert wrong(sheet) == {"action_no"}
    again = shop.sheet("QA-19", "quality_inspector", **given(shop, record))
    assert wrong(again) == {"action_no"}
    assert "QA-19-2026" in again.errors["action_no"][0]


def test_a_measure_proposed_here_gets_a_line_of_its_own(shop: Shop) -> None:
    record = eight_d(shop)
    tracker = shop.submit("QA-19", "quality_inspector", **given(shop, record, action_no=None))
    (row,) = rows()
    assert (row["no"], row["source"], row["state"]) == (tracker.number, record.number, "open")
    shop.sign(tracker, done_on=TODAY, result="已加装")
    shop.sign(tracker, verified_effective=True)
    assert rows()[0]["state"] == "effective"


def test_the_department_is_the_owners_unless_said_otherwise(shop: Shop) -> None:
    record = eight_d(shop)
    sheet = shop.sheet("QA-19", "quality_inspector", **given(shop, record, action_no=None))
    assert sheet.department.data == department(shop)
    other = department(shop, "buyer")
    sheet = shop.sheet("QA-19", "quality_inspector", **given(shop, record, action_no=None, department=other))
    assert sheet.department.data == other


def test_nothing_is_done_tomorrow(shop: Shop) -> None:
    _record, tracker = tracked(shop)
    assert wrong(shop.stage(tracker, done_on=days(1), result="将完成")) == {"done_on"}


def test_an_owner_may_return_a_measure(shop: Shop) -> None:
    _record, tracker = tracked(shop)
    shop.refuse(tracker)
    assert tracker.state == "returned"
    assert states() == {"1": "open"}


def test_what_the_source_has_proven_needs_no_tracker(shop: Shop) -> None:
    record = eight_d(shop)
    view = Filed(record.id, record.number, "QA-15", {}, record.applicant_id, 1, 1, {}, NOW)
    found = list(proven(view, [("加装软垫", None, TODAY)], "已落实", first=3))
    assert all(isinstance(one, PostsEntry) for one in found)
    assert not any(isinstance(one, Opens) for one in found)
    effects.carry_out(found, record, by=record.applicant_id, now=NOW)
    db.session.flush()
    (row,) = rows()
    assert (row["no"], row["state"], row["result"]) == (f"{record.number}/3", "effective", "已落实")


@pytest.mark.both_databases
def test_the_ledger_reads_on_both_databases(shop: Shop) -> None:
    _record, tracker = tracked(shop)
    shop.sign(tracker, done_on=TODAY, result="已加装")
    assert states() == {"1": "done"}


def test_a_long_ledger_stays_fast(shop: Shop) -> None:
    record, _tracker = tracked(shop)
    at = datetime.now(UTC) - timedelta(days=1)
    shared = {
        "ledger": LEDGER.key,
        "record_id": record.id,
        "posted_by_id": record.applicant_id,
        "posted_at": at,
    }
    lines = [
        {**shared, "facts": {"no": f"X/{n}", "source": record.number, "action": "其他", "due": "2026-01-01"}}
        for n in range(10_000)
    ]
    db.session.execute(sa.insert(LedgerEntry), lines)
    began = datetime.now(UTC)
    assert len(rows()) == 50
    assert ledgers.count(LEDGER.source, ledgers.Wanted(picked=(("state", "open"),)), 50_000) == 1
    assert datetime.now(UTC) - began < timedelta(seconds=5)
