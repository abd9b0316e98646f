"""The stages of RD-16: what each department says, the sample that is signed, and the verdict."""

from __future__ import annotations

from portal.domain.conditions import differs
from portal.forms.base import Stage
from portal.forms.engineering.product_words import CUSTOMER_ROUTE, fact
from portal.forms.fields import Choice, LongText, Text, YesNo
from portal.lib.i18n import _, _l
from portal.queries import new_products, security

PARTICIPANTS = "participants"
PASS, CONDITIONAL, FAIL = "pass", new_products.CONDITIONAL, "fail"
VERDICTS = {PASS: _l("通过"), CONDITIONAL: _l("有条件通过"), FAIL: _l("不通过")}


class DepartmentOpinion(Stage):
    """What one of the five departments says to the review, and whether it agrees."""

    opinion = LongText(_l("评审意见"))
    agrees = YesNo(_l("同意通过"))
    any_against = YesNo(_l("有部门不同意"), computed=True)

    def compute(self) -> None:
        """Whether this department, or one that spoke before in this round, does not agree."""
        super().compute()
        before = security.answered(self.context.get("@record_id"), PARTICIPANTS, self.context.get("@round"))
        self.any_against.data = False in [self.agrees.data, *(one.answers.get("agrees") for one in before)]


class SampleSignature(Stage):
    """The sample that is kept as the standard: its number, where it lies, whether the customer has signed it."""

    sample_no = Text(_l("样板编号"), max=60)
    sample_place = Text(_l("样板存放"), max=100)
    customer_signed = YesNo(
        _l("客户已签样"), required=False, help=_l("一类产品须客户签样；样板不被接受时请拒绝，重做样板后再审")
    )

    def check(self) -> None:
        """A sample made for a customer is one that the customer has signed."""
        if fact(self.context.get("plan"), "route") == CUSTOMER_ROUTE and not self.customer_signed.data:
            self.refuse("customer_signed", _l("一类产品的样板须客户签样；客户不接受的请拒绝，重做样板"))


class Verdict(Stage):
    """What the technical department concludes from all that was said."""

    against = Text(
        _l("不同意的部门"),
        computed=True,
        required=False,
        help=_l("由系统从各部门意见汇总；各部门的意见和表决见上文"),
    )
    verdict = Choice(
        _l("评审结论"),
        VERDICTS,
        help=_l(
            "有部门不同意时不能直接通过：可有条件通过，并说明如何处理不同意见；或不通过。"
            "有条件通过的，问题措施全部验证有效后才能进行下一次评审（批量审：才转入量产）；不通过的，本阶段重做后再审"
        ),
    )
    verdict_note = LongText(_l("结论说明"), required=False, required_when=differs("verdict", PASS))

    def compute(self) -> None:
        """The departments that do not agree, as they said when they were asked last."""
        super().compute()
        said = security.answered(self.context.get("@record_id"), PARTICIPANTS)
        against = [
            f"{one.department.text} {one.person.text}" for one in said if one.answers.get("agrees") is False
        ]
        self.against.data = _("、").join(against)[:200] or None

    def check(self) -> None:
        """A pass is everybody's; a condition needs something to be done."""
        if self.verdict.data == PASS and self.context.get("any_against"):
            self.refuse("verdict", _l("有部门不同意，只能有条件通过或不通过"))
        if self.verdict.data == CONDITIONAL and not self.context.get("problems_found"):
            self.refuse("verdict", _l("没有列出问题和措施，不能有条件通过；请退回补充问题，或改选结论"))
        if self.verdict.data == FAIL and self.context.get("@corrects"):
            self.refuse("verdict", _l("这是对已通过评审的更正；不同意更正的请退回或拒绝，原评审仍然有效"))
