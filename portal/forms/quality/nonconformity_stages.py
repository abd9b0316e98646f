"""What the steps of QA-05 fill in."""

from __future__ import annotations

from portal.domain.conditions import equals
from portal.forms.base import Stage
from portal.forms.fields import Choice, LongText, YesNo
from portal.forms.references import Department
from portal.lib.i18n import _l, _lp

SCRAP, RETURN = "scrap", "return"
FAIL = "fail"
DISPOSITIONS = {
    "rework": _l("返工"),
    "repair": _l("返修"),
    "concession": _l("让步接收"),
    SCRAP: _lp("goods", "报废"),
    RETURN: _l("退货"),
}


class Decision(Stage):
    """What becomes of the goods, and who sees to it."""

    disposition = Choice(_l("处置方式"), DISPOSITIONS)
    responsible_department = Department(_l("责任部门"))


class Action(Stage):
    """What the responsible department has found and done."""

    accepted = YesNo(_l("认可处置意见"), help=_l("有异议时选“否”，由主管副总经理裁定"))
    objection = LongText(_l("异议"), when=equals("accepted", False))
    cause = LongText(_l("原因"), when=equals("accepted", True))
    correction = LongText(_l("纠正情况"), when=equals("accepted", True))


class Ruling(Stage):
    """Who is right, the quality department or the one that objects."""

    ruling = Choice(
        _l("裁定"),
        {"upheld": _l("维持处置意见，由责任部门处理"), "anew": _l("异议成立，由质量部重新评审")},
    )
    ruling_reason = LongText(_l("裁定理由"))


class Reinspection(Stage):
    """Whether the goods are in order now."""

    reinspection_result = Choice(
        _l("复检结论"),
        {"pass": _l("合格"), FAIL: _l("不合格")},
        help=_l("报废或退货的，核对数量、标识无误即为合格；不合格时退回质量部重新评审处置"),
    )
    corrective_needed = YesNo(_l("需采取纠正预防措施"))
