"""The book of satisfaction scores, of customers and of employees."""

from __future__ import annotations

from portal.forms.columns import Column
from portal.forms.ledgers.ledger import ENTERED, Ledger
from portal.forms.quality.survey_words import LEDGER_MODULES
from portal.lib.i18n import _l
from portal.queries import master_books, surveys

SATISFACTION = (
    Ledger(
        surveys.LEDGER,
        _l("满意度得分台帐"),
        "ledger",
        "quality",
        (
            Column("year", _l("年度")),
            Column("module", _l("模块"), "choice", LEDGER_MODULES),
            Column("answers", _l("答卷份数"), "integer"),
            Column("mean", _l("平均分"), "decimal"),
            Column("weight", _l("分值"), "decimal"),
            Column("converted", _l("折算分"), "decimal"),
            Column("total", _l("总分"), "decimal"),
            Column("standard", _l("达标准则"), "decimal"),
            Column("reached", _l("是否达标"), "yes_no"),
            *ENTERED,
        ),
        lambda: master_books.entries(surveys.LEDGER, "year", "module"),
        ("customer_service",),
        clause="QA-P-02#reading",
    ),
)
