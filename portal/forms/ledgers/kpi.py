"""The sheet of key performance indicators, as the monthly reports hold it."""

from __future__ import annotations

from portal.forms.columns import LINK, Column
from portal.forms.ledgers.ledger import REVERSED, Ledger
from portal.forms.quality import kpi
from portal.lib.i18n import _l
from portal.queries import quality_reports

KPI_SHEET = (
    Ledger(
        "kpi",
        _l("关键绩效指标(KPI)设置与分析表"),
        "view",
        "quality",
        (
            Column("period", _l("期间")),
            Column("scope", _l("范围"), "choice", kpi.SCOPES),
            Column("indicator", _l("指标"), "choice", kpi.TITLES),
            Column("parameter", _l("设置"), "choice", kpi.PARAMETERS),
            Column("sampling", _l("取样"), "choice", kpi.SAMPLINGS),
            Column("calculation", _l("计算"), "choice", kpi.CALCULATIONS),
            Column("target", _l("目标"), "decimal"),
            Column("actual", _l("实际"), "decimal"),
            Column("analysis", _l("分析")),
            Column("reported_by", _l("报告人")),
            Column("record", _l("来源记录"), LINK),
            REVERSED,
        ),
        quality_reports.indicators,
        kpi.READERS,
        clause="IS-P-01#kpi",
    ),
)
