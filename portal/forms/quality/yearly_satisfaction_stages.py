"""Stages of QA-13: the scores rolled up, and what the quality manager makes of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Integer, LongText, Number, Rows, YesNo
from portal.forms.quality.actions import ImprovementAction
from portal.forms.quality.survey_words import MODULES, rounded
from portal.lib.i18n import _l
from portal.queries import surveys

HUNDRED = Decimal(100)


class ModuleScore(Sheet):
    """What the answers of one module came to."""

    module = Choice(_l("模块"), MODULES, computed=True)
    answers_ = Integer(_l("答卷份数"), computed=True)
    outstanding = Integer(_l("未回收"), computed=True)
    mean = Number(_l("平均分"), computed=True)
    weight = Number(_l("分值"), computed=True)
    converted = Number(_l("折算分"), computed=True)
    standard = Number(_l("达标准则"), computed=True)
    reached = YesNo(_l("是否达标"), computed=True)


class ScoreRollUp(Stage):
    """The scores of all answers that have come back, as they stand when this is signed."""

    module_scores = Rows(_l("各模块得分"), ModuleScore, computed=True)
    total_score = Number(_l("顾客满意度得分"), computed=True)
    missing_reason = LongText(
        _l("未回收说明"), required=False, help=_l("有模块一份答卷也没有收回时必填，该模块按 0 分折算")
    )

    def compute(self) -> None:
        """R44, R45: the mean of a module counts by its weight; a module that nobody answered counts nothing."""
        mine = self.itself
        rows = [_score(line, mine) for line in self.context.get("weights") or () if line["module"]]
        self.module_scores.fill(rows)
        self.total_score.data = rounded(sum((row["converted"] for row in rows), Decimal(0)))

    def check(self) -> None:
        """Nobody takes silence for dissatisfaction without a word."""
        silent = [str(MODULES[row["module"]]) for row in self.module_scores.data if not row["answers"]]
        if silent and self.missing_reason.blank:
            text = _l("“%(modules)s”还没有收回答卷：请先催收，仍要汇总的请说明原因")
            self.refuse("missing_reason", text, modules="、".join(silent))


def _score(line: dict[str, Any], mine: frozenset[int]) -> dict[str, Any]:
    code = surveys.FORMS[line["module"]]
    totals = surveys.totals(code, mine)
    mean = sum(totals, Decimal(0)) / len(totals) if totals else None
    return {
        "module": line["module"],
        "answers": len(totals),
        "outstanding": surveys.outstanding(code, mine),
        "mean": None if mean is None else rounded(mean),
        "weight": line["weight"],
        "converted": rounded((mean or Decimal(0)) * line["weight"] / HUNDRED),
        "standard": line["standard"],
        "reached": mean is not None and rounded(mean) >= line["standard"],  # as the sheet shows it
    }


def total_standard(weights: list[dict[str, Any]]) -> Decimal:
    """R46: what the total must come to: the standards of the modules by their weights."""
    return rounded(sum((line["standard"] * line["weight"] / HUNDRED for line in weights), Decimal(0)))


class Assessment(Stage):
    """What the scores mean, and what comes of them."""

    standard_reached = YesNo(_l("是否达标"), computed=True)
    assessment_text = LongText(_l("评定"))
    analysis = LongText(_l("分析"))
    improvement_chances = LongText(_l("持续改进机会"))
    improvement_actions = Rows(_l("改进措施"), ImprovementAction, required=False)

    def compute(self) -> None:
        """R46: reached where every module and the total reach their standard."""
        scores, total = self.context.get("module_scores") or [], self.context.get("total_score")
        whole = total is not None and total >= total_standard(self.context.get("weights") or [])
        self.standard_reached.data = whole and all(row["reached"] for row in scores)
