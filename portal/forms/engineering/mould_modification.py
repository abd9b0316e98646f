"""RD-21 模具修改资料通知单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain import projects as kinds
from portal.domain.conditions import equals
from portal.domain.deadlines import until, working_days
from portal.domain.effects import Effect, Opens, SetsStage, after
from portal.domain.signoff import Back, Close, Route, Step, every, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.engineering import product_words
from portal.forms.engineering import technical_papers as papers
from portal.forms.fields import Choice, Day, LongText, Money, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Attachments, Supplier
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.queries import goods, projects

TOOLING = "tooling"
CHANGE = "RD-22"
PROOF = _l("设计变更证明")


class Result(Stage):
    """What the trial of the modified mould has shown."""

    trial_result = LongText(_l("试模结果"))
    accepted = YesNo(_l("合格"), help=_l("不合格的，采购部再次通知模具厂修改"))
    sizes_changed = YesNo(
        _l("产品尺寸有变化"),
        when=equals("accepted", True),
        help=_l("有变化的，生成修改通知单（RD-22）草稿"),
    )
    new_finish_by = Day(_l("再次修改的完成日期"), when=equals("accepted", False))

    def check(self) -> None:
        """The mould is modified again by a day to come."""
        if self.new_finish_by.data and self.new_finish_by.data < self.today:
            self.refuse("new_finish_by", _l("完成日期不能早于今天"))


class MouldModification(CompanyForm):
    """Tells the mould maker what to change, and follows it until the mould is good."""

    code = "RD-21"
    name = _l("模具修改资料通知单")
    slug = "mould-modification-notices"
    section = "product_development"
    procedure = "RD-P-01#mould-modification"
    opened_by = ("rd_engineer",)
    readers = papers.READERS
    columns = (
        *("number", "product", "mould_no", "part", "reason", "mould_maker", "finish_by", "accepted"),
        *("current_step", "due_at", "status"),
    )

    product = papers.product()
    mould_no = Text(_l("模具编号"), max=60)
    part = Text(_l("零件"))
    reason = Choice(
        _l("修改原因"),
        {
            "review_finding": _l("评审问题"),
            "trial_production": _l("试产问题"),
            "customer": _l("客户要求"),
            "production_problem": _l("生产问题"),
            "other": _l("其他"),
        },
    )
    old_state = LongText(_l("修改前"))
    new_state = LongText(_l("修改内容"))
    drawings = Attachments(_l("修改图纸"))
    mould_maker = Supplier(_l("模具厂"))
    finish_by = Day(_l("要求完成日期"))
    cost = Money(_l("修改费用"), required=False)

    signoff = Route(
        Step(
            "rd_approval",
            _l("技术部经理批准"),
            role("rd_manager"),
            within=working_days(1),
            on_refusal=Close(),
        ),
        Step(
            "receipt",
            _l("生产部及采购部签收"),
            every(role("production_manager"), role("purchasing_manager")),
            meaning="received",
            within=working_days(1),
        ),
        Step(
            "result",
            _l("修模结果确认"),
            role("rd_engineer"),
            meaning="confirmed",
            within=until("new_finish_by", "finish_by"),
            fills=Result,
            on_refusal=Back("receipt"),
            outcomes=(Back("receipt", when=equals("accepted", False)),),
        ),
    )

    def heading(self) -> str:
        """The product, the mould and its part."""
        named = (str(self.product.data or ""), self.mould_no.data, self.part.data)
        return " ".join(filter(None, named))

    def check(self) -> None:
        """Moulds are made once the first review has passed; a modification changes something."""
        refuse_closed(self, "product", TOOLING)
        moments.refuse_past(self, "finish_by", _l("要求完成日期不能早于提交日期"))
        if self.new_state.data and self.new_state.data == self.old_state.data:
            self.refuse("new_state", _l("修改内容与修改前相同"))

    @staticmethod
    @after("result", _l("合格的登记产品档案（设计变更证明），开模阶段通过；尺寸有变化的生成修改通知单草稿"))
    def take_over(record: Filed) -> Iterator[Effect]:
        """A good mould stands in the product's file."""
        if not record["accepted"]:
            return
        title = f"{both(PROOF)['zh']} {record.number} {record['mould_no']}"
        yield product_words.filed(record, title, field="product")
        yield from product_words.given_back(record, "product", TOOLING)
        stage = projects.stage(record["product"].id, TOOLING)
        if stage is not None and stage.row.applies and not stage.passed:
            passed = {"state": kinds.PASSED, "passed_on": day(record.now)}
            yield SetsStage(record["product"].id, TOOLING, passed)
        if record["sizes_changed"] and not _told_before(record):
            answers = {
                "product": record["product"],
                "change_kind": "design_change",
                "old_content": record["old_state"],
                "new_content": record["new_state"],
                "reason": f"{record.number} {record['mould_no']} {record['part']}",
            }
            yield Opens(CHANGE, answers, to=f"person:{record.applicant_id}")


def _told_before(record: Filed) -> bool:
    """Whether the record that this one corrects has left the notice of changed sizes already."""
    former = record["@corrects"]
    return bool(former and goods.stage_answers(former, "result").get("sizes_changed"))
