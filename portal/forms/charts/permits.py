"""The charts of the permits: how far projects are with each procedure, and how long authorities take."""

from __future__ import annotations

from collections import Counter

from portal.domain import projects as kinds
from portal.forms.charts.chart import STACKED, Asked, Bar, Chart
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import permit_papers

LEDGER = "/registers/permits"
UNDER_WAY = (kinds.PREPARING, kinds.SUBMITTED, kinds.TO_BE_CORRECTED)


def _states(asked: Asked) -> list[Bar]:
    found = permit_papers.states()
    bars = []
    for stage in kinds.PERMIT.stages:
        counted = found.get(stage.key, Counter[str]())
        passed = counted[kinds.PASSED]
        under_way = sum(counted[state] for state in UNDER_WAY)
        left = sum(counted.values()) - passed - under_way
        if passed or under_way or left:
            bars.append(Bar(stage.key, str(stage.title), (passed, under_way, left)))
    return bars


def _days(asked: Asked) -> list[Bar]:
    found = permit_papers.days_taken(day(asked.since))
    return [
        Bar(stage.key, str(stage.title), (round(sum(days) / len(days), 1),))
        for stage in kinds.PERMIT.stages
        if (days := found.get(stage.key))
    ]


PERMITS: tuple[Chart, ...] = (
    Chart(
        "permit_states",
        _l("各项手续的办理进度"),
        _states,
        (_l("已取得"), _l("办理中"), _l("未办")),
        shape=STACKED,
        link=LEDGER,
        forms=("PL-01",),
        periodic=False,
    ),
    Chart(
        "permit_days",
        _l("各项手续从送件到取得的平均天数"),
        _days,
        (_l("天"),),
        link=LEDGER,
        forms=("PL-01",),
    ),
)
