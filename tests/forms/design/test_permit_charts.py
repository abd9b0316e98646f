"""The charts of the permits: how far projects are, and how long authorities take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from portal.forms.charts import Asked
from portal.forms.charts.permits import PERMITS
from portal.queries.actors import Actor
from tests.forms.design.permit_office import NOW, OFFICER, TODAY, Office, days

STATES, DAYS = PERMITS


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def asked(seen_by: Actor | None = None) -> Asked:
    return Asked("design", NOW - timedelta(days=90), NOW, "zh", seen_by)


def test_projects_under_way_are_counted_by_procedure(office: Office) -> None:
    before = {bar.key: bar.values for bar in STATES.ask(asked())}
    _tracker, project = office.opened()
    _second, other = office.opened("municipal_road", plot="另一地块")
    office.passed(project, "land")
    office.stages(other)["land"].row.state = "submitted"
    bars = {bar.key: bar.values for bar in STATES.ask(asked())}
    gained = [now - was for now, was in zip(bars["land"], before.get("land", (0, 0, 0)), strict=True)]
    assert gained == [1, 1, 0]
    assert sum(bars["seismic"]) - sum(before.get("seismic", (0, 0, 0))) == 1, "a road has none"
    project.state = "ended"
    assert {bar.key: bar.values for bar in STATES.ask(asked())}["land"][0] == before.get("land", (0, 0, 0))[0]


def test_days_are_counted_from_handing_in_to_the_paper(office: Office) -> None:
    for number, taken in enumerate((10, 21)):
        _tracker, project = office.opened(plot=f"{number}号地块")
        row = office.stages(project)["land"].row
        row.state, row.submitted_on, row.passed_on = "passed", days(-taken), TODAY
    assert [(bar.key, bar.values) for bar in DAYS.ask(asked())] == [("land", (15.5,))]


def test_who_may_not_read_the_register_sees_no_numbers(office: Office) -> None:
    office.opened()
    assert STATES.ask(asked(office.actor(OFFICER)))
    assert STATES.ask(asked(office.actor("buyer"))) == []
