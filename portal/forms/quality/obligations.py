"""The obligations of the quality department."""

from __future__ import annotations

from portal.domain.obligations import Obligation, Turn
from portal.domain.permissions import role_key
from portal.forms.quality import (
    obligations_documents,
    obligations_information,
    obligations_quality,
    obligations_satisfaction,
    obligations_security,
)
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
        _l("8D 报告各步骤和改进措施按期完成"),
        _l("8D 报告的步骤到期，或纠正改进措施到期"),
        _l("小组组长、步骤责任人或措施负责人"),
        _l("各步骤的期限，措施的完成期限"),
        _l("步骤已签署"),
        "QA-15",
        _l("告知质量部经理"),
        (role_key("quality_manager"),),
        turns=(*(Turn("QA-15", step) for step in STEPS), Turn("QA-19", "owner_report")),
        clause="QA-P-02#corrective-action",
    ),
    *obligations_quality.OBLIGATIONS,
    *obligations_documents.OBLIGATIONS,
    *obligations_security.OBLIGATIONS,
    *obligations_information.OBLIGATIONS,
    *obligations_satisfaction.OBLIGATIONS,
)
