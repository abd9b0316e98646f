"""The charts of product development: how reviews were decided, and how trials in the workshop ended."""

from __future__ import annotations

from portal.forms.charts.chart import STACKED, Asked, Bar, Chart, counted
from portal.forms.engineering.trial_production_stages import TrialConclusion
from portal.forms.ledgers.reviews import STAGES, VERDICTS
from portal.lib.i18n import _l
from portal.queries import chart_figures, design_reviews
from portal.queries.chart_figures import Source


def _reviews(asked: Asked) -> Source:
    return design_reviews.verdicts(asked.since)


def _by_verdict(asked: Asked) -> list[Bar]:
    rows = chart_figures.counts(_reviews(asked), asked.seen_by)
    found = {(row.part, row.series): row.n for row in rows}
    there = {part for part, _verdict in found}
    return [
        Bar(stage, str(title), tuple(found.get((stage, verdict), 0) for verdict in VERDICTS))
        for stage, title in STAGES.items()
        if stage in there
    ]


def _trials(asked: Asked) -> Source:
    return design_reviews.trials(asked.since)


PRODUCTS: tuple[Chart, ...] = (
    Chart(
        "design_reviews",
        _l("设计评审的结论"),
        _by_verdict,
        tuple(VERDICTS.values()),
        shape=STACKED,
        source=_reviews,
        forms=(design_reviews.FORM,),
    ),
    Chart(
        "trial_productions",
        _l("新产品试产的结论"),
        counted(_trials, lambda verdict: TrialConclusion().trial_verdict.labels[verdict]),
        (_l("次"),),
        source=_trials,
        forms=(design_reviews.TRIAL,),
    ),
)
