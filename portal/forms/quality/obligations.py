"""The obligations of the quality department."""

from __future__ import annotations

from portal.domain.obligations import Obligation, Turn
from portal.domain.permissions import role_key
from portal.forms.quality import obligations_satisfaction
from portal.lib.i18n import _l

STEPS = (
    *("containment", "root_cause", "corrective_action", "implementation"),
    *("prevention", "verification", "closing"),
)

OBLIGATIONS = (
    Obligation(
        "OS-01",
        "",
        "quality",
        _l("8D 报告各步骤按期完成"),
        _l("8D 报告的步骤到期"),
        _l("小组组长或步骤责任人"),
        _l("各步骤的期限"),
        _l("步骤已签署"),
        "QA-15",
        _l("告知质量部经理"),
        (role_key("quality_manager"),),
        turns=tuple(Turn("QA-15", step) for step in STEPS),
    ),
    *obligations_satisfaction.OBLIGATIONS,
)
