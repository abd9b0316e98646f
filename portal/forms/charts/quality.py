"""The charts of quality: information by class and month, inspections, nonconformities, measures, indicators."""

from __future__ import annotations

from collections.abc import Callable

from portal.forms.charts.chart import STACKED, Asked, Bar, Chart, counted, through
from portal.forms.ledgers.improvement import ACTION_STATES
from portal.forms.quality import kpi as declared
from portal.forms.quality.nonconformity_stages import DISPOSITIONS
from portal.forms.quality.quality_information import CLASSES
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import chart_figures, improvement, kpi, stage_answers
from portal.queries.chart_figures import Source
from portal.queries.months import Month, last_months


def _months(asked: Asked) -> list[Month]:
    """The months that the period touches, oldest first."""
    last, first = Month.of(day(asked.now)), Month.of(day(asked.since))
    many = (last.first.year - first.first.year) * 12 + last.first.month - first.first.month + 1
    return last_months(last, many)


def _information(asked: Asked) -> Source:
    return chart_figures.by_answer("QA-01", "information_class", _months(asked))


def _by_class(asked: Asked) -> list[Bar]:
    found: dict[str, dict[str, int]] = {}
    for row in chart_figures.counts(_information(asked), asked.seen_by):
        found.setdefault(row.part, {})[row.series] = row.n
    return [
        Bar(month, month, tuple(found.get(month, {}).get(class_, 0) for class_ in CLASSES))
        for month in through(found, asked)
    ]


def _dispositions(asked: Asked) -> Source:
    return chart_figures.submitted(
        "QA-05", asked.since, stage_answers.text("quality_decision", "disposition")
    )


def _passed(code: str) -> Callable[[Asked], Source]:
    return lambda asked: chart_figures.of_months(kpi.passed(code), _months(asked))


def _pass_rates(source: Callable[[Asked], Source]) -> Callable[[Asked], list[Bar]]:
    def bars(asked: Asked) -> list[Bar]:
        found = {str(row.part): float(row.n) for row in chart_figures.averages(source(asked), asked.seen_by)}
        return [Bar(month, month, (round(found[month] * 100, 1),)) for month in sorted(found)]

    return bars


def _actions(asked: Asked) -> Source:
    return improvement.by_state()


def _by_state(asked: Asked) -> list[Bar]:
    found = {row.part: row.n for row in chart_figures.counts(_actions(asked), asked.seen_by)}
    whole = sum(found.values())
    return [
        Bar(state, f"{word} {round(found[state] * 100 / whole)}%", (found[state],))
        for state, word in ACTION_STATES.items()
        if state in found
    ]


def _indicators(asked: Asked) -> list[Bar]:
    """The shares of this month; figures of the whole company."""
    month = Month.of(day(asked.now))
    shares = [one for one in declared.KPIS if one.kind == declared.SHARE]
    values = [(one, one.actual(month)) for one in shares]
    return [Bar(one.key, str(one.title), (float(value),)) for one, value in values if value is not None]


QUALITY = (
    Chart(
        "kpi",
        _l("本月关键绩效指标"),
        _indicators,
        (_l("实际（%）"),),
        link="/quality/kpi",
        open_to=declared.may_see,
        periodic=False,
    ),
    Chart(
        "information_by_class",
        _l("质量信息：按月和类别"),
        _by_class,
        tuple(CLASSES.values()),
        shape=STACKED,
        source=_information,
        forms=("QA-01",),
    ),
    Chart(
        "incoming_pass_rate",
        _l("进货检验批次合格率：按月"),
        _pass_rates(_passed("PU-06")),
        (_l("合格率（%）"),),
        source=_passed("PU-06"),
        forms=("PU-06",),
    ),
    Chart(
        "process_pass_rate",
        _l("过程和成品检验合格率：按月"),
        _pass_rates(_passed("QA-03")),
        (_l("合格率（%）"),),
        source=_passed("QA-03"),
        forms=("QA-03",),
    ),
    Chart(
        "dispositions",
        _l("不合格品的处置"),
        counted(_dispositions, lambda key: DISPOSITIONS.get(key, key)),
        (_l("处理单"),),
        source=_dispositions,
        forms=("QA-05",),
    ),
    Chart(
        "improvement_actions",
        _l("纠正改进措施的状态和占比"),
        _by_state,
        (_l("措施"),),
        source=_actions,
        link="/registers/improvement_actions",
        periodic=False,
    ),
)
