"""What the steps of QA-01 fill in."""

from __future__ import annotations

from typing import Any

from portal.domain.conditions import equals
from portal.forms.base import Stage
from portal.forms.fields import Choice, LongText, Moment, Money, Number, Text, YesNo
from portal.forms.moments import refuse_earlier, refuse_future
from portal.forms.references import Department
from portal.lib.i18n import _l
from portal.queries import archive

EIGHT_D, NONCONFORMITY, CLOSE = "8d_report", "nonconformity_form", "close"
STOPS = "major_problem_that_stops_production"


class BatchOrStop(Stage):
    """The report of an accident that concerns a batch, or stops production."""

    quantity_affected = Number(_l("涉及数量"))
    stop_from = Moment(_l("停产开始"), required=False, required_when=equals("class_item", STOPS))
    stop_to = Moment(_l("恢复生产"), required=False, help=_l("尚未恢复时留空"))
    containment = LongText(_l("遏制措施"))
    loss = Money(_l("损失估计"))

    def check(self) -> None:
        """Production stops before it goes on, and both have been."""
        refuse_future(self, "stop_from", "stop_to")
        if self.stop_to.data and self.stop_from.blank:
            self.refuse("stop_from", _l("填写了恢复生产的时间，请同时填写停产开始的时间"))
        refuse_earlier(self, "stop_to", self.stop_from.data, _l("恢复生产的时间不能早于停产开始"))


class QualityHandling(Stage):
    """Who is responsible, and what follows."""

    responsible_department = Department(_l("责任部门"))
    handling = LongText(_l("处理意见"))
    follow_up = Choice(
        _l("后续"),
        {EIGHT_D: _l("8D报告"), NONCONFORMITY: _l("不合格处理单"), CLOSE: _l("关闭")},
        help=_l("选择 8D 报告或不合格处理单时，签署后生成相应草稿"),
    )


class JointSolution(Stage):
    """What production and design have found together."""

    solved = YesNo(_l("已商定解决办法"), help=_l("不能解决的，由技术部经理决定"))
    solution = LongText(_l("解决办法"), when=equals("solved", True))
    drawing_change_needed = YesNo(_l("需修改资料"), when=equals("solved", True))


class TechnicalDecision(Stage):
    """What the technical manager decides when production and design have found nothing."""

    technical_decision = LongText(_l("技术部经理决定"))
    decided_drawing_change = YesNo(_l("需修改资料（技术部经理决定）"))


class Filing(Stage):
    """Under which code the sheet is kept."""

    archive_code = Text(_l("归档编码"), max=60)

    def proposal(self) -> dict[str, Any]:
        """A code of the class and the day; in a later round the one under which the sheet stands."""
        if standing := archive.code_of(self.itself):
            return {"archive_code": standing}
        class_ = {"class_a": "A", "class_b": "B"}.get(str(self.context.get("information_class")), "C")
        record = self.context.get("@record_id")
        return {"archive_code": f"ZLXX-{class_}-{self.today:%Y%m%d}-{record}" if record else None}

    def check(self) -> None:
        """Each code stands for one paper, and each paper under one code."""
        code, standing = self.archive_code.data, archive.code_of(self.itself)
        if code and standing and code != standing:
            self.refuse("archive_code", _l("本单已按编码 %(code)s 归档，请沿用这个编码"), code=standing)
        if code and (other := archive.kept_under(code, self.itself)):
            self.refuse("archive_code", _l("这个编码已用于 %(number)s，请换一个归档编码"), number=other)


class Instruction(Stage):
    """What the management says to it."""

    instruction = LongText(_l("指示"), required=False)
