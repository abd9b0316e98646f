"""Obligations of product development: reviews at their dates, and every other stage at its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from portal.domain import projects as kinds
from portal.domain.obligations import Case, Look, Number, Obligation
from portal.domain.permissions import role_key
from portal.forms import stage_duties
from portal.forms.engineering import product_release
from portal.forms.engineering.product_words import BATCH, FIRST_SAMPLE, OUTPUT, RELEASED, REVIEWS
from portal.forms.kinds import SERVED
from portal.lib.i18n import _l
from portal.queries import projects
from portal.queries.projects import Stage

MANAGER = (role_key("rd_manager"),)
BEFORE = (Number("before", _l("提前提醒"), 7, _l("天")),)
REVIEW, SCHEDULE = "RD-16", "RD-04"
CARRIED = {"samples": FIRST_SAMPLE, RELEASED: BATCH}  # stages that pass with a review


def reviews(look: Look) -> Iterator[Case]:
    """R79: each review at the day planned for it, its form begun with the review's name."""
    for case in _REVIEWS(look):
        yield replace(case, answers={**case.answers, "review_stage": _parts(case)[1]})


def others(look: Look) -> Iterator[Case]:
    """Every other stage at its day; one that passes with a review is not asked for beside that review."""
    keys = [one.key for one in kinds.PRODUCT.stages if one.key not in REVIEWS and one.forms[0] in SERVED]
    for case in stage_duties.due("product", keys, form=_form)(look):
        project_id, key = _parts(case)
        review = projects.stage(project_id, CARRIED[key]) if key in CARRIED else None
        if case.kept or review is None or review.passed:
            yield case
        elif review.row.planned_on is None:
            yield replace(case, answers={**case.answers, "review_stage": review.row.key})


def _form(stage: Stage) -> str:
    """The form by which a stage passes; for the output of papers, and after the batch review, a paper that is missing."""
    reviewed = stage.row.key == RELEASED and projects.passed(stage.row.project_id, BATCH)
    if not reviewed and stage.row.key != OUTPUT:
        return stage.kind.forms[0]
    lacking = product_release.missing(stage.row.project_id)
    return next((code for code in lacking if code in SERVED), SCHEDULE)


def _parts(case: Case) -> tuple[int, str]:
    """The project and the stage of a case."""
    project_id, key, _on = case.occurrence.split(":")
    return int(project_id), key


_REVIEWS = stage_duties.due("product", tuple(REVIEWS), form=lambda stage: REVIEW)

OBLIGATIONS: tuple[Obligation, ...] = (
    Obligation(
        "O79",
        "R79",
        "engineering",
        _l("按计划进行设计评审"),
        _l("评审的计划日期临近"),
        _l("项目的设计开发人员，或进度表写明的负责人"),
        _l("设计计划或进度表中的评审日期"),
        _l("该评审已由总经理批准"),
        REVIEW,
        _l("告知技术部经理"),
        MANAGER,
        BEFORE,
        cases=reviews,
        clause="RD-P-01#design-reviews",
    ),
    Obligation(
        "OS-17",
        "",
        "engineering",
        _l("新产品开发各阶段按期完成"),
        _l("进度表中的完成日期临近"),
        _l("该阶段的负责人"),
        _l("进度表中的完成日期"),
        _l("该阶段已通过"),
        "RD-04",
        _l("告知技术部经理"),
        MANAGER,
        BEFORE,
        cases=others,
        clause="RD-P-01#schedule",
    ),
)
