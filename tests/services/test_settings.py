"""Limits and the company's days: changed with a reason, old and new values in the trail."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.domain.refusal import NotAllowed, NotFound, ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.clock import now
from portal.models import AuditEvent
from portal.queries import calendar, history
from portal.queries.actors import Actor
from portal.services import settings

Find = Callable[[str], Actor]


def events(kind: str) -> list[dict[str, object]]:
    return [event.facts for event in db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == kind))]


@pytest.mark.proves("R33")
def test_a_limit_counts_at_once_with_its_reason_in_the_trail(context: Flask, person: Find) -> None:
    limit = settings.limit("write_off_limit")
    with transaction():
        settings.change_limit(limit, Decimal("8000.5"), by=person("administrator"), reason="board", now=now())
    assert history.limits()["@write_off_limit"] == Decimal("8000.5")
    assert events("limit_changed") == [
        {"key": "write_off_limit", "old": "5000", "new": "8000.5", "reason": "board"}
    ]


@pytest.mark.parametrize(
    ("value", "reason"), [("6000", ""), ("-1", "x"), ("5000", "same"), ("10000000000", "x")]
)
def test_no_reason_no_sense_no_change(context: Flask, person: Find, value: str, reason: str) -> None:
    with pytest.raises(Refusal), transaction():
        settings.change_limit(
            settings.limit("write_off_limit"),
            Decimal(value),
            by=person("administrator"),
            reason=reason,
            now=now(),
        )
    assert history.limits()["@write_off_limit"] == 5000
    assert not events("limit_changed")


def test_a_percentage_ends_at_a_hundred(context: Flask, person: Find) -> None:
    tolerance = settings.limit("stocktake_tolerance_percent")
    with pytest.raises(Refusal), transaction():
        settings.change_limit(tolerance, Decimal(101), by=person("administrator"), reason="x", now=now())
    with pytest.raises(NotFound):
        settings.limit("nothing")


def test_a_day_is_set_and_given_back(context: Flask, person: Find) -> None:
    saturday, administrator = date(2026, 11, 28), person("administrator")
    assert not calendar.current().is_working_day(saturday)
    with pytest.raises(ReasonMissing), transaction():
        settings.set_day(saturday, True, "", by=administrator, now=now())
    with pytest.raises(Refusal), transaction():
        settings.set_day(saturday, False, "is one already", by=administrator, now=now())
    with transaction():
        settings.set_day(saturday, True, "rush order", by=administrator, now=now())
    assert calendar.current().is_working_day(saturday)
    with transaction():
        settings.remove_day(saturday, by=administrator, now=now())
    assert not calendar.current().is_working_day(saturday)
    assert events("calendar_day_set")[0]["reason"] == "rush order"
    assert events("calendar_day_removed")[0]["working"] is True
    with pytest.raises(NotFound), transaction():
        settings.remove_day(saturday, by=administrator, now=now())


def test_the_marks_of_a_survey_are_set_by_the_quality_manager_and_leave_something_for_the_last_item(
    context: Flask, person: Find
) -> None:
    marks = settings.limit("survey_price_marks")
    manager = person("quality_manager")
    with pytest.raises(Refusal):
        settings.change_limit(marks, Decimal(50), by=manager, reason="x", now=now())
    with pytest.raises(Refusal):
        settings.change_limit(marks, Decimal(0), by=manager, reason="x", now=now())
    settings.change_limit(marks, Decimal(49), by=manager, reason="价格更重要", now=now())
    assert history.limits()["@survey_price_marks"] == 49
    quality = settings.limit("survey_quality_marks")
    settings.change_limit(quality, Decimal(99), by=manager, reason="x", now=now())
    assert history.limits()["@survey_quality_marks"] == 99, "each survey has its own 100"
    with pytest.raises(Refusal):
        settings.change_limit(quality, Decimal(100), by=manager, reason="x", now=now())
    with pytest.raises(NotAllowed):
        settings.change_limit(
            settings.limit("write_off_limit"), Decimal(1), by=manager, reason="x", now=now()
        )
