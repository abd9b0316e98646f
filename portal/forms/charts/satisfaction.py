"""The charts of quality: how satisfied customers and employees are, year by year, and what is still to come in."""

from __future__ import annotations

from decimal import Decimal

from portal.forms.catalogue import FORMS
from portal.forms.charts.chart import LINE, STACKED, Asked, Bar, Chart, Value
from portal.forms.quality.customer_survey import SurveyAnswer, marks_of
from portal.forms.quality.survey_words import LEDGER_MODULES, MODULES
from portal.forms.titles import form_title
from portal.lib.i18n import _l
from portal.queries import chart_figures, history, survey_figures, surveys
from portal.queries.chart_figures import Source

LOWEST = 6  # items that the chart of low items shows
TREND = (*MODULES, "total")


def _trend(asked: Asked) -> list[Bar]:
    """A bar for each year: the modules and the total; None where a year lacks one."""
    found = survey_figures.scores(asked.seen_by)
    years = sorted({year for year, module in found if module in TREND})
    return [
        Bar(str(year), str(year), tuple(_plain(found.get((year, module))) for module in TREND))
        for year in years
    ]


def _employees(asked: Asked) -> list[Bar]:
    rows = survey_figures.employee_means(asked.seen_by)
    return [Bar(row.part, row.part, (_plain(row.n),)) for row in sorted(rows, key=lambda row: row.part)]


def _returns(asked: Asked) -> Source:
    return survey_figures.returns(list(surveys.FORMS.values()), asked.since)


def _by_form(asked: Asked) -> list[Bar]:
    found: dict[str, dict[str, int]] = {}
    for row in chart_figures.counts(_returns(asked), asked.seen_by):
        found.setdefault(row.part, {})[row.series] = row.n
    return [
        Bar(
            code,
            f"{code} {form_title(code, asked.language)}",
            (many.get("answered", 0), many.get("outstanding", 0)),
        )
        for code, many in sorted(found.items())
    ]


def _answer(code: str) -> type[SurveyAnswer]:
    stage = FORMS[code].signoff.step(surveys.ANSWER).fills
    assert stage is not None
    assert issubclass(stage, SurveyAnswer)
    return stage


def _items(asked: Asked) -> Source:
    names = {code: [one.name for one in _answer(code).items] for code in surveys.FORMS.values()}
    return survey_figures.items(names, asked.since)


def _lowest(asked: Asked) -> list[Bar]:
    """Of each item the average share of its full marks, the lowest first."""
    found = {row.part: Decimal(str(row.n)) for row in chart_figures.averages(_items(asked), asked.seen_by)}
    limits, bars = history.limits(), []
    for code in surveys.FORMS.values():
        stage = _answer(code)
        labels = {field.short_name: str(field.label.text) for field in stage()}
        for name, full in marks_of(stage.items, limits).items():
            if name in found:
                share = min(100 * found[name] / full, Decimal(100))
                bars.append(Bar(name, f"{code} {labels[name]}", (_plain(share),)))
    return sorted(bars, key=lambda bar: (bar.values[0] or 0, bar.key))[:LOWEST]


def _plain(value: Decimal | float | None) -> Value:
    return None if value is None else round(float(value), 1)


SATISFACTION = (
    Chart(
        "satisfaction_trend",
        _l("历年顾客满意度（平均分）"),
        _trend,
        tuple(LEDGER_MODULES[module] for module in TREND),
        shape=LINE,
        source=lambda asked: survey_figures.surveys_by_year(),
        forms=(surveys.PLAN,),
        periodic=False,
    ),
    Chart(
        "satisfaction_returns",
        _l("满意度问卷：已答复和未答复"),
        _by_form,
        (_l("已答复"), _l("未答复")),
        shape=STACKED,
        source=_returns,
        forms=tuple(surveys.FORMS.values()),
    ),
    Chart(
        "satisfaction_items",
        _l("得分最低的项目（占满分的百分比）"),
        _lowest,
        (_l("得分率"),),
        source=_items,
        forms=tuple(surveys.FORMS.values()),
    ),
    Chart(
        "employee_trend",
        _l("历年员工满意度（平均总分）"),
        _employees,
        (_l("员工满意度"),),
        shape=LINE,
        source=lambda asked: survey_figures.employee_answers(),
        forms=("QA-16",),
        periodic=False,
    ),
)
