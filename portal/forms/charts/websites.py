"""The charts of web design: where the websites stand, and how many drafts it takes until one is confirmed."""

from __future__ import annotations

from portal.domain.projects import WEB
from portal.forms.charts.chart import Asked, Bar, Chart
from portal.lib.i18n import _l
from portal.queries import chart_figures, websites
from portal.queries.chart_figures import Source


def _stages(asked: Asked) -> list[Bar]:
    """In the order of the stages; those at which none stands are left out."""
    found = websites.standing()
    return [
        Bar(stage.key, str(stage.title), (found[stage.key],)) for stage in WEB.stages if stage.key in found
    ]


def _confirmed(asked: Asked) -> Source:
    return websites.draft_versions(asked.since)


def _drafts(asked: Asked) -> list[Bar]:
    """In the order of the versions."""
    found = {int(row.part): row for row in chart_figures.counts(_confirmed(asked), asked.seen_by)}
    return [
        Bar(str(row.part), str(_l("第 %(version)d 稿", version=version)), (row.n,))
        for version, row in sorted(found.items())
    ]


WEBSITES: tuple[Chart, ...] = (
    Chart(
        "websites_by_stage",
        _l("在办网站项目所在的阶段"),
        _stages,
        (_l("项目"),),
        link="/registers/web_projects",
        forms=("DS-01",),
        periodic=False,
    ),
    Chart(
        "draft_versions",
        _l("设计稿第几稿得到确认"),
        _drafts,
        (_l("设计稿"),),
        source=_confirmed,
        forms=("DS-07",),
    ),
)
