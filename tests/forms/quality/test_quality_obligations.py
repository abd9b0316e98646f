"""The obligations of quality: information read in time, a report each month, measures done when they are due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from portal.forms.quality.kpi import of_scope
from portal.queries import kpi as books
from portal.services import asks
from tests.forms.customer_service.shop import NOW, days
from tests.forms.customer_service.test_customer_obligations import Duties, at
from tests.forms.quality.quality_room import department, eight_d, informed

JUNE = at(date(2026, 6, 1))  # a Monday, the first working day


@pytest.fixture
def duties(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Duties:
    monkeypatch.setattr(books, "now", lambda: NOW)
    return Duties()


def asked(duties: Duties) -> dict[str, set[str]]:
    """Whom each report that waits is asked of, by its month and scope."""
    return {str(task.case_name): duties.held(task) for task in duties.waiting("O83")}


def test_each_scope_is_reported_from_the_first_working_day(duties: Duties) -> None:
    duties.since("O83", date(2026, 5, 11))
    duties.run("O83", at(date(2026, 5, 31)))
    assert asked(duties) == {}
    duties.run("O83", JUNE)
    assert asked(duties) == {
        "2026-05:quality": {"quality_inspector"},
        "2026-05:service_process": {"quality_inspector"},
        "2026-05:information_security": {"security_officer"},
    }
    task = next(task for task in duties.waiting("O83") if task.case_name == "2026-05:quality")
    assert duties.answers(task)["period"] == "2026-05"
    assert task.due_at is not None
    assert task.due_at.astimezone(JUNE.tzinfo).date() == date(2026, 6, 5)
    assert duties.run("O83", JUNE).total == 0


def test_a_fresh_company_is_not_asked_for_the_month_before(duties: Duties) -> None:
    duties.since("O83", date(2026, 6, 1))
    duties.run("O83", JUNE)
    assert asked(duties) == {}
    duties.run("O83", at(date(2026, 7, 1)))
    assert {name.partition(":")[0] for name in asked(duties)} == {"2026-06"}


def test_nobody_is_late_before_the_company_is_back_at_work(duties: Duties) -> None:
    duties.since("O83", date(2026, 9, 1))
    duties.run("O83", at(date(2026, 10, 8)))  # the first working day after the national holidays
    dues = {task.due_at.astimezone(JUNE.tzinfo).date() for task in duties.waiting("O83") if task.due_at}
    assert dues == {date(2026, 10, 9)}


def test_a_report_that_is_submitted_keeps_it(duties: Duties) -> None:
    duties.since("O83", date(2026, 5, 11))
    duties.run("O83", JUNE)
    rows = [{"indicator": one.key, "analysis": "受控"} for one in of_scope("quality")]
    duties.submit("QA-02", "quality_inspector", period="2026-05", scope="quality", indicators=rows)
    duties.run("O83", JUNE + timedelta(hours=1))
    assert set(asked(duties)) == {"2026-05:service_process", "2026-05:information_security"}


def test_a_report_that_is_missing_is_told(duties: Duties) -> None:
    duties.since("O83", date(2026, 5, 11))
    duties.run("O83", JUNE)
    assert duties.run("O83", at(date(2026, 6, 6))).missed == 3
    assert duties.told() == {"quality_manager", "quality_manager_2"}


def test_a_report_is_no_longer_asked_for_after_some_months(duties: Duties) -> None:
    duties.since("O83", date(2026, 5, 11))
    duties.run("O83", JUNE)
    duties.run("O83", at(date(2026, 9, 1)))
    assert not [name for name in asked(duties) if name.startswith("2026-05")]


def opinion(duties: Duties) -> Any:
    return informed(duties, information_class="class_a", class_item="important_customer_opinion_or_complaint")


def test_information_of_class_a_is_read_within_the_hour(duties: Duties) -> None:
    opinion(duties)
    assert duties.run("O73", NOW + timedelta(minutes=59)).missed == 0
    assert duties.run("O73", NOW + timedelta(minutes=61)).missed == 3
    assert duties.told() == {"general_manager"}
    assert duties.run("O73", NOW + timedelta(minutes=90)).missed == 0


def test_whoever_has_read_it_has_kept_it(duties: Duties) -> None:
    record = informed(duties)
    (task,) = duties.asked(record)
    by = duties.actor("quality_manager")
    asks.tick_off(task.id, by, "", now=NOW)
    assert duties.run("O73", NOW + timedelta(hours=25)).missed == 0


def test_class_b_has_a_day(duties: Duties) -> None:
    informed(duties)
    assert duties.run("O73", NOW + timedelta(hours=23)).missed == 0
    assert duties.run("O73", NOW + timedelta(hours=25)).missed == 1


def tracked(duties: Duties) -> Any:
    return duties.submit(
        "QA-19",
        "quality_inspector",
        source_record=duties.ref(eight_d(duties)),
        action="加装软垫",
        owner=duties.person("production_engineer"),
        department=department(duties),
        due_on=days(10),
        expected_result="不再划伤",
        priority="high",
    )


def test_a_measure_that_is_not_done_is_told_to_the_quality_manager(duties: Duties) -> None:
    record = tracked(duties)
    duties.run("OS-01", at(days(10), 23))
    assert duties.run("OS-01", at(days(11))).missed == 1
    assert duties.told() == {"quality_manager", "quality_manager_2"}
    assert record.step == "owner_report"


def test_a_measure_that_is_done_is_not_told(duties: Duties) -> None:
    record = tracked(duties)
    duties.sign(record, done_on=days(0), result="已加装")
    duties.run("OS-01", at(days(10), 23))  # the report that the measure comes from is late
    assert duties.run("OS-01", at(days(11))).missed == 0
