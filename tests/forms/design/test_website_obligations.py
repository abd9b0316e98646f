"""The obligations of websites: their phases, their monthly checks, their domains."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.charts.chart import Asked
from portal.forms.charts.websites import WEBSITES
from portal.forms.kinds import Ref
from portal.lib.clock import months_later
from portal.models import Task
from portal.services import tasks
from tests.forms.customer_service.shop import TODAY, days
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.design.studio import SITE, Studio
from tests.forms.design.test_website_maintenance import check

CASES = ("OS-18", "OS-19", "OS-19-D")


@pytest.fixture
def studio(context: Flask) -> Studio:
    """The studio, whose obligations count from today."""
    found = Studio()
    for key in CASES:
        found.since(key, TODAY)
    return found


def looked_after(studio: Studio, project: Ref, on: date, **changed: Any) -> None:
    """A follow-up check that the manager has read."""
    studio.now = at(on)
    studio.sign(studio.submit("DS-17", "programmer", **check(project, checked_on=on, **changed)))


def test_os18_a_phase_is_asked_for_before_its_day_and_missed_after_it(studio: Studio) -> None:
    project = studio.opened()
    scheme = studio.planned(project)
    (draft,) = studio.drafts(scheme, "DS-07")
    waiting = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    tasks.end(waiting, "cancelled", now=studio.now)
    assert studio.run("OS-18", at(days(6))).made == 0
    assert studio.run("OS-18", at(days(7))).made == 1
    task = studio.only("OS-18")
    assert (task.form_code, studio.held(task)) == ("DS-07", {"designer"})
    assert studio.answers(task)["project"] == project
    assert studio.run("OS-18", at(days(11))).missed == 1
    assert "design_manager" in studio.told()


def test_os18_asks_for_nothing_that_somebody_has_in_hand(studio: Studio) -> None:
    project = studio.opened()
    scheme = studio.planned(project)
    assert studio.run("OS-18", at(days(9))).made == 0, "the scheme has left a draft"
    late = studio.run("OS-18", at(days(11)))
    assert (late.made, late.missed) == (1, 1)
    task = studio.only("OS-18")
    assert (task.kind, task.record_id, task.draft_id) == ("ask", scheme.id, None), "no second draft"
    assert "design_manager" in studio.told()
    assert studio.run("OS-18", at(days(12))).total == 0
    studio.finish_draft(studio.submit("DS-07", "designer", **studio.draft(project)))
    studio.run("OS-18", at(days(13)))
    assert studio.state(task) == "done"


def test_os18_tells_of_a_draft_that_is_still_on_its_way(studio: Studio) -> None:
    project = studio.opened()
    studio.planned(project)
    record = studio.submit("DS-07", "designer", **studio.draft(project))
    assert studio.run("OS-18", at(days(9))).made == 0
    assert studio.run("OS-18", at(days(11))).missed == 1
    assert studio.only("OS-18").record_id == record.id


def test_os18_does_not_ask_for_a_phase_that_cannot_begin(studio: Studio) -> None:
    studio.planned(studio.opened())
    studio.run("OS-18", at(days(18)))
    assert {task.form_code for task in studio.waiting("OS-18")} == {"DS-07"}
    studio.run("OS-18", at(days(21)))
    assert {(task.form_code, task.kind) for task in studio.waiting("OS-18")} == {
        ("DS-07", "ask"), ("DS-08", "ask"),
    }  # fmt: skip


def test_os18_tells_once_of_a_phase_that_is_taken_up_late(studio: Studio) -> None:
    project = studio.opened()
    (draft,) = studio.drafts(studio.planned(project), "DS-07")
    waiting = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    tasks.end(waiting, "cancelled", now=studio.now)
    assert studio.run("OS-18", at(days(11))).missed == 1
    studio.submit("DS-07", "designer", **studio.draft(project))
    assert studio.run("OS-18", at(days(12))).missed == 0


def test_os18_a_phase_that_has_passed_is_kept(studio: Studio) -> None:
    project = studio.opened()
    studio.designed(project)
    assert studio.run("OS-18", at(days(9))).made == 0


def test_os19_a_delivered_site_is_checked_each_month(studio: Studio) -> None:
    project = studio.opened()
    studio.delivered(project)
    assert studio.run("OS-19", at(date(2026, 5, 31))).made == 0
    assert studio.run("OS-19", at(date(2026, 6, 1))).made == 1
    task = studio.only("OS-19")
    assert (task.form_code, studio.held(task)) == ("DS-17", {"programmer"})
    assert (studio.answers(task)["project"], studio.answers(task)["site_address"]) == (project, SITE)
    looked_after(studio, project, date(2026, 6, 20))
    studio.run("OS-19", at(date(2026, 6, 21)))
    assert studio.state(task) == "done"
    assert studio.waiting("OS-19") == []
    assert studio.run("OS-19", at(date(2026, 7, 1))).made == 1
    assert studio.run("OS-19", at(date(2026, 8, 1))).missed == 1
    assert "design_manager" in studio.told()


def test_os19_ends_after_twelve_months(studio: Studio) -> None:
    studio.delivered(studio.opened())
    firsts = [months_later(date(2026, 6, 2), n) for n in range(14)]
    made = [studio.run("OS-19", at(first)).made for first in firsts]
    assert made == [1] * 12 + [0, 0]


def test_os19_d_a_domain_is_looked_at_sixty_days_before_it_expires(studio: Studio) -> None:
    project = studio.opened()
    studio.delivered(project)
    looked_after(studio, project, days(1), domain_expires_on=days(100))
    assert studio.run("OS-19-D", at(days(39))).made == 0
    assert studio.run("OS-19-D", at(days(40))).made == 1
    task = studio.only("OS-19-D")
    assert studio.held(task) == {"programmer"}
    looked_after(studio, project, days(50), domain_expires_on=days(465))
    studio.run("OS-19-D", at(days(51)))
    assert studio.state(task) == "done"


def test_charts_tell_where_websites_stand(studio: Studio) -> None:
    project = studio.opened()
    studio.designed(project)
    asked = Asked("design", at(days(-30)), at(days(1)), "zh")
    stages, drafts = (chart.ask(asked) for chart in WEBSITES)
    assert {bar.key: bar.values[0] for bar in stages}["program"] == 1
    assert [(bar.key, bar.label, bar.values) for bar in drafts] == [("1", "第 1 稿", (1,))]
