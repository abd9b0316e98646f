"""EN-26 重大质量事故书面处理意见及说明."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.deadlines import working_days
from portal.domain.effects import SUBMITTED, VOIDED, Effect, Opens, PostsEntry, Tells, after
from portal.domain.signoff import Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.engineering import holds, site_parts
from portal.forms.fields import Choice, Day, LongText, Moment, Money, Rows, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.actions import follow
from portal.forms.references import Attachments, Person, Project, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l, _lp
from portal.queries import improvement, service

REPORT_HOURS = 24  # R27: from the finding until the written opinion is with the engineering manager
SUBJECT = 60  # characters of an 8D report's subject


class AccidentMeasure(Sheet):
    """Something that is done about the accident."""

    measure = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))

    def check(self) -> None:
        """A measure lies ahead."""
        moments.refuse_past(self, "due", _l("措施的期限不能早于今天"))


class ManagerDecision(Stage):
    """What the engineering manager decides."""

    manager_opinion = LongText(_l("处理决定"))
    stop_work = YesNo(_l("是否停工"), help=_l("选“是”则工程暂停，到“处理结束”签署时恢复施工"))


class QualityRead(Stage):
    """Whether the cause must be looked for by a team."""

    report_8d = YesNo(_l("需8D报告"), help=_l("选“是”则生成纠正预防8D报告草稿"))


class Closing(Stage):
    """The accident is dealt with, and the works go on."""

    closed_on = Day(_l("处理完毕日期"))
    closing_note = LongText(_l("处理结果"))

    def check(self) -> None:
        """It is over, and was found before."""
        moments.refuse_future(self, "closed_on")
        text = _l("处理完毕日期不能早于发现时间")
        moments.refuse_earlier(self, "closed_on", self.context.get("found_at"), text)


class AccidentReport(CompanyForm):
    """Writes up a major accident of quality for the engineering manager, and follows it until the works go on."""

    code = "EN-26"
    name = _l("重大质量事故书面处理意见及说明")
    slug = "accident-reports"
    section = "construction"
    procedure = "EN-P-01#major-accident"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "found_at", "accident_kind", "estimated_loss", "responsible_person",
        "rectification_notice", "stop_work", "report_8d", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    rectification_notice = RecordLink(_l("整改通知单"), "EN-25", required=False)
    found_at = Moment(_l("发现时间"), help=_l("从这时起 24 小时内提交"))
    accident_kind = Choice(
        _l("事故类型"),
        {
            "structural": _l("结构安全"),
            "leak_to_neighbours": _l("渗漏影响邻居"),
            "injury": _l("人员伤害"),
            "large_loss": _l("重大损失"),
            "other": _l("其他"),
        },
    )
    facts = LongText(_l("事故经过"))
    written_opinion = LongText(_l("书面处理意见"))
    explanation = LongText(_lp("accident", "说明"))
    cause = LongText(_l("原因"))
    estimated_loss = Money(_l("预计损失"))
    responsible_person = Person(_l("责任人"))
    measures = Rows(_l("处理措施及期限"), AccidentMeasure)
    photos = Attachments(_l("照片及附件"))

    signoff = Route(
        Step(
            "manager_decision",
            _l("工程部经理审批"),
            role("engineering_manager"),
            within=working_days(1),
            fills=ManagerDecision,
        ),
        Step(
            "quality_read",
            _l("质量部备案"),
            role("quality_manager"),
            meaning="acknowledged",
            within=working_days(2),
            fills=QualityRead,
        ),
        Step(
            "gm_read",
            _l("总经理阅示"),
            role("general_manager"),
            meaning="acknowledged",
            within=working_days(2),
        ),
        Step(
            "closing",
            _l("处理结束"),
            role("engineering_manager"),
            meaning="done",
            fills=Closing,
            clause="EN-P-01#accident-closing",
        ),
    )

    def check(self) -> None:
        """It was found by now; the notice is of the same works."""
        moments.refuse_future(self, "found_at")
        site_parts.refuse_foreign(self, "rectification_notice")

    @staticmethod
    @after(SUBMITTED, _l("立即告知工程部经理；超过发现后24小时提交的，同时告知逾期"))
    def tell_manager(record: Filed) -> Iterator[Effect]:
        """R27: the manager hears at once; later than a day is a breach."""
        told = {"number": record.number, "project": record["project"].text}
        yield Tells(
            "role:engineering_manager", _l("%(number)s：%(project)s重大质量事故书面处理意见已提交", **told)
        )
        if record.now > record["found_at"] + timedelta(hours=REPORT_HOURS):
            late = _l("%(number)s：%(project)s重大质量事故的书面处理意见未在发现后24小时内提交", **told)
            yield Tells("role:engineering_manager", late)

    @staticmethod
    @after("manager_decision", _l("停工的，工程暂停；处理措施登记入纠正改进措施台帐，由质量部跟踪"))
    def decide(record: Filed) -> Iterator[Effect]:
        """The works stop where they must; every measure is followed to its end."""
        if record["stop_work"]:
            yield from holds.hold(record)
        else:
            yield from holds.release(record)
        rows = [(row["measure"], row["owner"], row["due"]) for row in record["measures"]]
        for effect in follow(record, rows):
            entered = isinstance(effect, PostsEntry) and improvement.line(record.id, effect.facts["no"])
            if not entered:  # in an earlier round
                yield effect

    @staticmethod
    @after("quality_read", _l("需8D报告的，生成纠正预防8D报告草稿"))
    def open_8d(record: Filed) -> Iterator[Effect]:
        """A team looks for the cause."""
        if not record["report_8d"]:
            return
        subject = str(_l("重大质量事故：%(project)s", project=record["project"].text))[:SUBJECT]
        answers = {"subject": subject, "problem": record["facts"], "found_on": day(record["found_at"])}
        if customer := service.customer_of(record["project"].id):
            answers["customer"] = Ref(customer, service.customer_label(customer))
        yield Opens("QA-15", answers, to="role:quality_inspector", names_as="source_record")

    @staticmethod
    @after("closing", _l("因事故停工的工程恢复施工"))
    def go_on(record: Filed) -> Iterator[Effect]:
        """The works go on, unless something else holds them."""
        yield from holds.release(record)

    @staticmethod
    @after(VOIDED, _l("作废的报告不再暂停工程"))
    def let_go(record: Filed) -> Iterator[Effect]:
        """A report that is given up stops nothing."""
        yield from holds.release(record)
