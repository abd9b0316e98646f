"""The charts of information security: incidents, risks, rights of access, training."""

from __future__ import annotations

from datetime import date

from portal.forms.charts.chart import STACKED, Asked, Bar, Chart, through
from portal.forms.ledgers.security import RIGHT_STATES
from portal.forms.quality.risk_levels import BANDS, band, may_see
from portal.forms.quality.security_words import SEVERITIES
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import access_rights, chart_figures, departments, risks, security, security_books
from portal.queries.chart_figures import Source


def _incidents(asked: Asked) -> Source:
    return security_books.incidents(asked.since)


def _by_month(asked: Asked) -> list[Bar]:
    found: dict[str, dict[str, int]] = {}
    for row in chart_figures.counts(_incidents(asked), asked.seen_by):
        found.setdefault(row.part, {})[row.series] = row.n
    return [
        Bar(month, month, tuple(found.get(month, {}).get(severity, 0) for severity in SEVERITIES))
        for month in through(found, asked)
    ]


def _risks(asked: Asked) -> list[Bar]:
    if asked.seen_by is not None:  # the books are for those who read them
        return []
    levels = {line.no: band(line.facts["level"]) for line in risks.current()}
    many = {key: sum(one == key for one in levels.values()) for key in BANDS}
    return [Bar(key, str(BANDS[key]), (many[key],)) for key in reversed(BANDS) if many[key]]


def _rights(asked: Asked) -> list[Bar]:
    if asked.seen_by is not None:
        return []
    found = access_rights.counts()
    return [Bar(key, str(word), (found[key],)) for key, word in RIGHT_STATES.items() if key in found]


def _training(asked: Asked) -> list[Bar]:
    if asked.seen_by is not None:
        return []
    today = day(asked.now)
    passed = security.trained(date(today.year, 1, 1), today)
    names = departments.names(asked.language)
    staff = security_books.headcount()
    return [
        Bar(str(id), names[id], (round(100 * len(passed.intersection(there)) / len(there)),))
        for id, there in staff.items()
        if passed
    ]


SECURITY = (
    Chart(
        "incidents",
        _l("信息安全事故（按月和级别）"),
        _by_month,
        tuple(SEVERITIES.values()),
        shape=STACKED,
        source=_incidents,
        forms=("IS-06",),
    ),
    Chart(
        "risks",
        _l("现有风险（按等级）"),
        _risks,
        (_l("风险"),),
        link="/quality/risks",
        open_to=may_see,
        forms=("IS-08",),
        periodic=False,
    ),
    Chart(
        "access_rights",
        _l("授权访问（按状态）"),
        _rights,
        (_l("权限"),),
        link="/registers/access",
        forms=("IS-03",),
        periodic=False,
    ),
    Chart(
        "security_training",
        _l("本年信息安全培训合格率"),
        _training,
        (_l("百分比"),),
        link="/registers/training",
        forms=("IS-14",),
        periodic=False,
    ),
)
