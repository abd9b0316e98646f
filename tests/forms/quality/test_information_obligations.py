"""O74, O74b: departments report each month and on class A at once, the centre puts their reports together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.obligations import Case, Look
from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.forms.quality.obligations_information import consolidated_reports, department_reports
from portal.lib.clock import ZONE, now, today
from portal.lib.workdays import Calendar
from portal.models import Notice, ObligationRun, Person, Task
from portal.queries import information
from portal.queries import obligations as queries
from portal.services import obligations
from tests.forms.quality.centre import Centre

NUMBERS = {"day": 5, "hours": 24}
MAY, JUNE = date(2026, 5, 6), date(2026, 6, 1)


def look(on: date, hour: int = 9, **numbers: int) -> Look:
    at = datetime(on.year, on.month, on.day, hour, tzinfo=ZONE)
    return Look(at, date(2026, 4, 1), Calendar(), {**NUMBERS, **numbers})


def by_name(found: Any) -> dict[str, Case]:
    return {case.occurrence: case for case in found}


@pytest.mark.requirement("R74")
def test_o74_every_department_reports_on_the_month_before_from_the_first_working_day(centre: Centre) -> None:
    own = centre.department("purchasing").id
    with centre.app.app_context():
        holiday = by_name(department_reports(look(date(2026, 5, 5))))
        assert not holiday  # the first working day is the sixth
        found = by_name(department_reports(look(MAY)))
        assert len(found) == len(information.departments())
        case = found[f"{own}:2026-04"]
        assert case.to == (f"head:{own}",)
        assert case.due == datetime(
            2026, 5, 7, 18, tzinfo=ZONE
        )  # the second working day, as the fifth is a holiday
        assert case.answers["period"] == "2026-04"
        later = by_name(department_reports(look(JUNE)))
        assert {name.partition(":")[2] for name in later} == {"2026-04", "2026-05"}
        assert later[f"{own}:2026-05"].due == datetime(2026, 6, 5, 18, tzinfo=ZONE)
        db.session.remove()


def test_months_in_which_the_portal_was_not_used_yet_are_not_asked_for(centre: Centre) -> None:
    with centre.app.app_context():
        now = look(MAY).now
        for cases, numbers in ((department_reports, NUMBERS), (consolidated_reports, {"from": 6, "day": 10})):
            fresh = Look(now, date(2026, 5, 1), Calendar(), numbers)
            assert not by_name(cases(fresh))
            assert by_name(cases(Look(now, date(2026, 4, 30), Calendar(), numbers)))
        db.session.remove()


@pytest.mark.requirement("R74")
def test_o74_a_report_keeps_it_and_one_given_up_does_not(centre: Centre) -> None:
    own = centre.department("purchasing")
    number = centre.filed("IC-04", department=own, period="2026-04")
    with centre.app.app_context():
        found = by_name(department_reports(look(MAY)))
        kept = {name for name, case in found.items() if case.kept}
        assert kept == {f"{own.id}:2026-04"}
        centre.record(number).state = "voided"
        db.session.flush()
        assert not any(case.kept for case in department_reports(look(MAY)))
        db.session.rollback()
        db.session.remove()


@pytest.mark.requirement("R74")
def test_o74_class_a_is_reported_at_once(centre: Centre) -> None:
    own = centre.department("purchasing")
    piece = centre.filed("IC-01", department=own)
    for _step in range(2):
        centre.sign(piece)
    centre.sign(piece, quality_class="class_a", **{"departments_concerned-0-department": ""})
    named = centre.named(piece)
    with centre.app.app_context():
        at = Look(now(), today(), Calendar(), NUMBERS)
        case = by_name(department_reports(at))[f"a:{named.id}"]
        assert (case.to, case.kept, case.answers["kind"]) == ((f"head:{own.id}",), False, "class_a")
        assert timedelta(hours=23) < case.due - at.now <= timedelta(hours=24)
        db.session.remove()
    report = {"kind": "class_a", "department": own, "items": [{"record": named}]}
    centre.filed("IC-04", period=f"{today():%Y-%m}", **report)
    with centre.app.app_context():
        case = by_name(department_reports(Look(now(), today(), Calendar(), NUMBERS)))[f"a:{named.id}"]
        assert case.kept
        db.session.remove()


@pytest.mark.requirement("R74")
def test_o74_is_asked_for_taken_up_missed_and_called_off(centre: Centre) -> None:
    own = centre.department("purchasing")
    first = datetime(2026, 6, 1, 9, tzinfo=ZONE)
    with centre.app.app_context():
        db.session.add(ObligationRun(key="O74", since=date(2026, 5, 1), ran_at=first))
        db.session.flush()
        duty = OBLIGATIONS["O74"]
        assert obligations.run(duty, now=first).made == len(information.departments())
        assert obligations.run(duty, now=first).made == 0
        query = sa.select(Task).where(Task.obligation == "O74", Task.case_name == f"{own.id}:2026-05")
        task = db.session.scalars(query).unique().one()
        assert task.draft is not None
        assert task.draft.answers["department"]["id"] == own.id
        after = first + timedelta(days=5)
        assert obligations.run(duty, now=after).missed == len(information.departments())
        assert obligations.run(duty, now=after).missed == 0
        told = sa.select(Person.login).join(Notice, Notice.person_id == Person.id)
        assert "information_officer" in set(
            db.session.scalars(told.where(Notice.kind == "obligation_missed"))
        )
        long_after = first + timedelta(days=95)
        obligations.run(duty, now=long_after)
        assert task.state == "cancelled"  # nobody asks for so old a month any more
        db.session.rollback()
        db.session.remove()


@pytest.mark.requirement("R74")
def test_o74b_the_centre_reports_from_the_sixth_to_the_tenth(centre: Centre) -> None:
    numbers = {"from": 6, "day": 10}
    with centre.app.app_context():
        assert "2026-04" not in by_name(consolidated_reports(look(date(2026, 5, 5), **numbers)))
        case = by_name(consolidated_reports(look(MAY, **numbers)))["2026-04"]
        assert case.to == ("role:information_officer",)
        assert case.due == datetime(2026, 5, 10, 18, tzinfo=ZONE)
        assert (case.kept, case.answers) == (False, {"period": "2026-04"})
        db.session.remove()
    centre.filed("IC-05", period="2026-04")
    with centre.app.app_context():
        assert by_name(consolidated_reports(look(MAY, **numbers)))["2026-04"].kept
        db.session.remove()


@pytest.mark.requirement("R74")
def test_o74b_is_missed_and_kept(centre: Centre) -> None:
    duty, first = OBLIGATIONS["O74b"], datetime(2026, 6, 8, 9, tzinfo=ZONE)
    with centre.app.app_context():
        db.session.add(ObligationRun(key="O74b", since=date(2026, 5, 1), ran_at=first))
        db.session.flush()
        assert obligations.run(duty, now=first).made == 1
        assert obligations.run(duty, now=first + timedelta(days=3)).missed == 1
        told = sa.select(Person.login).join(Notice, Notice.person_id == Person.id)
        heads = set(db.session.scalars(told.where(Notice.kind == "obligation_missed")))
        assert heads == {"information_centre_head"}
        db.session.commit()
        db.session.remove()
    centre.filed("IC-05", period="2026-05")
    with centre.app.app_context():
        assert obligations.run(duty, now=first + timedelta(days=4)).ended == 1
        assert queries.open_tasks(duty) == []
        db.session.remove()


def test_both_are_those_of_the_procedures(app: Flask) -> None:
    assert {key: OBLIGATIONS[key].rule for key in ("O74", "O74b")} == {"O74": "R74", "O74b": "R74"}
