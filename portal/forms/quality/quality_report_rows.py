"""The tables of QA-02: inspections, indicators, measures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from portal.forms.base import Sheet
from portal.forms.fields import Choice, Integer, LongText, Number, Percent, Text
from portal.forms.quality import kpi as declared
from portal.forms.quality.process_information import CONTROL, INSPECTION, MEASUREMENT, PROCESS
from portal.lib.i18n import _l
from portal.queries import history, kpi
from portal.queries.kpi import Count
from portal.queries.months import Month

KINDS = {
    "incoming": _l("进货"),
    "process": _l("过程"),
    "finished": _l("成品"),
    "trial": _l("试产"),
}
IN_PROCESS = (PROCESS, MEASUREMENT, CONTROL)
TABLES = {  # of each kind: the form, which of its records, and where faults stand in it
    "incoming": ("PU-06", (), ("lines", "reason", "bad")),
    "process": ("QA-03", IN_PROCESS, ("measurements", "item", "pass")),
    "finished": ("QA-03", (INSPECTION,), ("measurements", "item", "pass")),
}


class InspectionResult(Sheet):
    """How the inspections of one kind went."""

    kind = Choice(_l("检验类别"), KINDS, computed=True)
    lots = Integer(_l("批次"), computed=True)
    passed = Integer(_l("合格批次"), computed=True)
    rate = Percent(_l("合格率"), computed=True)
    main_faults = Text(_l("主要问题"), computed=True)


class Indicator(Sheet):
    """R83: one indicator with its parameter, sampling, calculation and analysis."""

    indicator = Choice(_l("指标"), declared.TITLES)
    parameter = Choice(_l("设置"), declared.PARAMETERS, computed=True)
    sampling = Choice(_l("取样"), declared.SAMPLINGS, computed=True)
    calculation = Choice(_l("计算"), declared.CALCULATIONS, computed=True)
    target = Number(_l("目标"), computed=True)
    actual = Number(_l("实际"), computed=True)
    analysis = LongText(_l("分析"), max=500)


def inspections(month: Month) -> list[dict[str, Any]]:
    """What the inspections of a month found, kind by kind."""
    found = []
    for kind, (code, kinds, place) in TABLES.items():
        counted = kpi.by_month(kpi.passed(code, kinds), [month])[month.key]
        found.append(_result(kind, counted, kpi.faults(code, month, *place, kinds)))
    trials = kpi.by_month(kpi.judged("RD-25", "rd_conclusion", "trial_verdict"), [month])[month.key]
    return [*found, _result("trial", trials, [])] if trials.many else found


def _result(kind: str, count: Count, faults: list[str]) -> dict[str, Any]:
    return {
        "kind": kind,
        "lots": count.many,
        "passed": int(count.total),
        "rate": declared.KPI["process_pass"].value(count),
        "main_faults": "、".join(faults)[:200] or None,
    }


def indicators(scope: str, month: Month, given: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every indicator of a scope with its figures of a month; what was written to it is kept."""
    written = {row.get("indicator"): row.get("analysis") for row in given}
    limits = history.limits()
    return [
        {
            **dict.fromkeys(("indicator", "parameter", "sampling", "calculation"), one.key),
            "target": limits[one.limit],
            "actual": one.actual(month),
            "analysis": written.get(one.key),
        }
        for one in declared.of_scope(scope)
    ]


def missed(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The indicators that have not reached their targets."""
    return [
        row["indicator"]
        for row in rows
        if row["indicator"] in declared.KPI
        and row["target"] is not None
        and declared.KPI[row["indicator"]].reaches(row["actual"], row["target"]) is False
    ]
