"""The book of design reviews, by their stage."""

from __future__ import annotations

from portal.domain import projects as kinds
from portal.forms.columns import Column
from portal.forms.ledgers.ledger import RECORD, REVERSED, Ledger
from portal.lib.i18n import _l
from portal.queries import design_reviews

STAGES = {
    stage.key: stage.title
    for stage in kinds.PRODUCT.stages
    if design_reviews.FORM in stage.forms and stage.key.endswith("_review")
}
VERDICTS = {"pass": _l("通过"), "conditional_pass": _l("有条件通过"), "fail": _l("不通过")}

REVIEWS = (
    Ledger(
        "design_reviews",
        _l("产品设计评审表（初审/产品定型审/首样审/批量审）"),
        "view",
        "engineering",
        (
            Column("product", _l("产品")),
            Column("stage", _l("评审阶段"), "choice", STAGES),
            Column("round", _l("评审轮次"), "integer"),
            Column("review_at", _l("评审时间"), "datetime"),
            Column("verdict", _l("评审结论"), "choice", VERDICTS),
            Column("open_problems", _l("未关闭的问题"), "integer"),
            RECORD,
            REVERSED,
        ),
        design_reviews.book,
        ("quality", "purchasing"),
        clause="RD-P-01#design-reviews",
    ),
)
