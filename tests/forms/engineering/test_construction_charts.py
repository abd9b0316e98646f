"""The charts of construction count what the records say, with the records behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from site_work import Site

from portal.extensions import db
from portal.forms.charts.chart import Asked
from portal.forms.charts.construction import CONSTRUCTION
from portal.forms.engineering.material_acceptance import MaterialAcceptance
from portal.forms.engineering.rectification_notice import RectificationNotice
from portal.queries import chart_figures

CHARTS = {chart.key: chart for chart in CONSTRUCTION}


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """The small company; nothing is committed."""
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def bars(site: Site, key: str) -> dict[str, tuple[Any, ...]]:
    asked = Asked("engineering", site.now - timedelta(days=90), site.now, "zh")
    chart = CHARTS[key]
    assert chart.source is not None
    assert (
        chart_figures.behind(chart.source(asked), "", site.actor("engineering_manager"), limit=9) is not None
    )
    return {bar.key: bar.values for bar in chart.ask(asked)}


def test_acceptances_are_counted_by_verdict_and_month() -> None:
    site = Site("material")
    assert bars(site, "acceptance_verdicts") == {}
    for verdict in ("pass", "pass", "fail"):
        record = site.file_in(MaterialAcceptance, **site.acceptance(MaterialAcceptance))
        site.judge(record, "pass" if verdict == "pass" else "pass_after_rectification")
        site.customer_signs(record)
    assert bars(site, "acceptance_verdicts") == {"2026-05": (2, 1, 0)}


def test_open_rectifications_are_counted_by_how_late_they_are() -> None:
    site = Site("material")
    answers = {
        "project": site.named,
        "found_at": site.now,
        "place": "厨房",
        "problem": "空鼓",
        "photos": [site.file()],
        "opinion": "返工",
        "responsible_person": site.ref("foreman"),
        "rectify_by": site.now + timedelta(days=1),
        "major_accident": False,
    }
    site.file_in(RectificationNotice, **answers)
    assert bars(site, "open_rectifications") == {"in_time": (1,)}
    site.later(days=2)
    assert bars(site, "open_rectifications") == {"late": (1,)}
    site.later(days=8)
    assert bars(site, "open_rectifications") == {"long_late": (1,)}


@pytest.mark.parametrize("key", ["site_payments", "major_accidents"])
def test_nothing_is_drawn_of_nothing(key: str) -> None:
    assert bars(Site("material"), key) == {}
