"""The charts of construction: acceptances by verdict, problems still open, payments asked for, major accidents."""

from __future__ import annotations

from portal.forms.charts.chart import STACKED, Asked, Bar, Chart, begun, months
from portal.forms.engineering.acceptances import FORMS, SupervisorCheck
from portal.forms.engineering.accident_report import AccidentReport
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import chart_figures, chart_sites
from portal.queries.chart_figures import Source
from portal.queries.months import between

VERDICTS = SupervisorCheck().verdict.labels
ACCIDENTS = AccidentReport().accident_kind.labels
AGES = {
    chart_sites.IN_TIME: _l("未到期"),
    chart_sites.LATE: _l("逾期一周以内"),
    chart_sites.LONG_LATE: _l("逾期超过一周"),
}
PAYMENTS = {
    chart_sites.PAID: _l("已付（元）"),
    chart_sites.DUE: _l("未到期（元）"),
    chart_sites.OVERDUE: _l("逾期未付（元）"),
}


def _by_month(asked: Asked, rows: list[object], series: dict[str, object]) -> list[Bar]:
    found = {(row.part, row.series): round(float(row.n or 0)) for row in rows}  # type: ignore[attr-defined]
    every = (
        Bar(month, month, tuple(found.get((month, one), 0) for one in series)) for month in months(asked)
    )
    return begun(list(every))


def _acceptances(asked: Asked) -> Source:
    return chart_sites.acceptances(list(FORMS.values()), asked.since, asked.now)


def _verdicts(asked: Asked) -> list[Bar]:
    return _by_month(asked, chart_figures.counts(_acceptances(asked), asked.seen_by), VERDICTS)


def _rectifications(asked: Asked) -> Source:
    return chart_sites.open_rectifications(asked.now)


def _by_age(asked: Asked) -> list[Bar]:
    found = {row.part: row.n for row in chart_figures.counts(_rectifications(asked), asked.seen_by)}
    return [Bar(age, str(word), (found[age],)) for age, word in AGES.items() if age in found]


def _payments(asked: Asked) -> Source:
    return chart_sites.payments(asked.since, asked.now)


def _amounts(asked: Asked) -> list[Bar]:
    return _by_month(asked, chart_figures.sums(_payments(asked), asked.seen_by), PAYMENTS)


def _accidents(asked: Asked) -> Source:
    return chart_figures.by_answer("EN-26", "accident_kind", between(day(asked.since), day(asked.now)))


def _by_kind(asked: Asked) -> list[Bar]:
    return _by_month(asked, chart_figures.counts(_accidents(asked), asked.seen_by), ACCIDENTS)


CONSTRUCTION: tuple[Chart, ...] = (
    Chart(
        "acceptance_verdicts",
        _l("验收结论：按月"),
        _verdicts,
        tuple(VERDICTS.values()),
        shape=STACKED,
        source=_acceptances,
        forms=tuple(FORMS.values()),
    ),
    Chart(
        "open_rectifications",
        _l("未完成的限期整改"),
        _by_age,
        (_l("通知单"),),
        source=_rectifications,
        forms=("EN-25",),
        periodic=False,
    ),
    Chart(
        "site_payments",
        _l("催缴的工程款：按付款期限的月份"),
        _amounts,
        tuple(PAYMENTS.values()),
        shape=STACKED,
        source=_payments,
        forms=("EN-27",),
    ),
    Chart(
        "major_accidents",
        _l("重大质量事故：按月和类型"),
        _by_kind,
        tuple(ACCIDENTS.values()),
        shape=STACKED,
        source=_accidents,
        forms=("EN-26",),
    ),
)
