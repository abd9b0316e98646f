"""The charts of the information centre: what was learned, whether reports come in time, which receipts are missing."""

from __future__ import annotations

from datetime import timedelta

from portal.forms.charts.chart import Asked, Bar, Chart, counted
from portal.forms.quality.information_words import CLASSES, SOURCES
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import (
    chart_figures,
    departments,
    information,
    information_books,
    opening_answers,
    stage_answers,
)
from portal.queries.chart_figures import Source

LAST_DAY = 5  # of the following month
KEPT = {"in_time": _l("按期"), "late": _l("逾期")}


def _classes(asked: Asked) -> Source:
    answer = stage_answers.text("classification", "information_class")
    return chart_figures.submitted("IC-01", asked.since, answer)


def _sources(asked: Asked) -> Source:
    return chart_figures.submitted("IC-01", asked.since, opening_answers.text("source_kind"))


def _reports(asked: Asked) -> list[Bar]:
    found = {"in_time": 0, "late": 0}
    for period, made in information.report_days(asked.since, asked.seen_by):
        last = months_later(information.month(period), 1) + timedelta(days=LAST_DAY - 1)
        found["in_time" if made <= last else "late"] += 1
    bars = [Bar(key, str(word), (found[key],)) for key, word in KEPT.items()]
    return bars if any(found.values()) else []


def _receipts(asked: Asked) -> Source:
    return information_books.waiting_receipts(asked.since)


def _owing(asked: Asked) -> list[Bar]:
    names = departments.names(asked.language)
    return counted(_receipts, lambda key: names.get(int(key.rpartition(":")[2]), key))(asked)


INFORMATION = (
    Chart(
        "collected_by_class",
        _l("信息按类别"),
        counted(_classes, lambda key: CLASSES.get(key, key)),
        (_l("信息"),),
        source=_classes,
        forms=("IC-01",),
    ),
    Chart(
        "collected_by_source",
        _l("信息按来源"),
        counted(_sources, lambda key: SOURCES.get(key, key)),
        (_l("信息"),),
        source=_sources,
        forms=("IC-01",),
    ),
    Chart(
        "reports_in_time",
        _l("部门信息报告是否按期"),
        _reports,
        (_l("报告"),),
        link="/quality/department-reports/",
        forms=("IC-04",),
    ),
    Chart(
        "receipts_missing",
        _l("未签收的下发文件"),
        _owing,
        (_l("签收"),),
        source=_receipts,
        forms=("IC-10",),
    ),
)
