"""The stages of RD-03: what the market wants, the plan itself, and whether each department finds it feasible."""

from __future__ import annotations

from decimal import Decimal

from portal.domain.conditions import equals
from portal.forms.base import Stage
from portal.forms.fields import LongText, Money, YesNo
from portal.forms.references import Attachments
from portal.lib.i18n import _l
from portal.queries import security

FEASIBILITY = "feasibility"
INFEASIBLE = equals("any_infeasible", True)


class MarketSurvey(Stage):
    """What was learned of the market, and where the product is to stand in it."""

    survey_result = LongText(_l("市场调查、了解"))
    positioning = LongText(_l("产品定位"))


class PlanDrafting(Stage):
    """The plan: what the product does, how it is built, what may go wrong, what it costs."""

    functions = LongText(_l("功能及性能"))
    structure = LongText(_l("结构及外观方案"))
    main_risks = LongText(_l("主要风险及对策"))
    cost_estimate = Money(
        _l("成本估算"), low=Decimal("0.01"), help=_l("单件成本；高于目标成本时请在风险及对策中说明")
    )
    plan_files = Attachments(_l("方案文件"))


class Feasibility(Stage):
    """Whether a department can do it; one that cannot says why."""

    feasible = YesNo(_l("可行"), help=_l("三个部门都签署后，有一个部门认为不可行，即退回方案编制"))
    infeasible_reason = LongText(_l("不可行的原因"), when=equals("feasible", False))
    any_infeasible = YesNo(_l("有部门认为不可行"), computed=True)

    def compute(self) -> None:
        """Whether this department, or one that answered before in this round, finds it not feasible."""
        super().compute()
        before = security.answered(self.context.get("@record_id"), FEASIBILITY, self.context.get("@round"))
        said = [self.feasible.data, *(one.answers.get("feasible") for one in before)]
        self.any_infeasible.data = False in said
