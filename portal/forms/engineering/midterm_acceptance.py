"""EN-23 工程中期验收表."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.effects import FINISHED, REFUSED, Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist
from portal.forms.engineering import acceptances, payments
from portal.forms.engineering.alterations import confirmed
from portal.forms.fields import LongText, Moment, Percent
from portal.forms.filed import Filed
from portal.forms.references import Project
from portal.lib.i18n import _l
from portal.queries.alterations import ITEMS, WATER_AND_ELECTRICITY

STAGE = "midterm"


class MidtermCheck(acceptances.SupervisorCheck):
    """The verdict on half of the works."""

    checks = "mid_checks"


class MidtermAcceptance(CompanyForm):
    """Accepts the works so far, with which the mid-term payment falls due."""

    code = "EN-23"
    name = _l("工程中期验收表")
    slug = "midterm-acceptances"
    section = "construction"
    procedure = "EN-P-01#mid-term"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "acceptance_at", "progress_percent", "self_check", "changes_done", "verdict",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    acceptance_at = Moment(_l("约定验收时间"))
    progress_percent = Percent(_l("完成进度"))
    mid_checks = Checklist(
        _l("检查项目"),
        (
            _l("墙面砖铺贴平整无空鼓"),
            _l("地面铺贴及坡度"),
            _l("木作结构"),
            _l("吊顶封板"),
            _l("墙面基层"),
            _l("门窗套安装"),
            _l("成品保护"),
            _l("现场整洁"),
        ),
    )
    changes_done = LongText(
        _l("已确认增减项目"),
        required=False,
        computed=True,
        help=_l("客户已签字的水电改造和增减项目，由系统列出"),
    )
    remaining_works = LongText(_l("后续工程安排"))
    self_check = acceptances.self_check()
    site_photos = acceptances.site_photos()

    signoff = Route(*acceptances.steps(MidtermCheck))

    def compute(self) -> None:
        """What the customer has signed for besides the contract."""
        super().compute()
        project = self.project.data
        lines = confirmed(project.id, (WATER_AND_ELECTRICITY, ITEMS)) if project and project.id else ()
        self.changes_done.data = "\n".join(lines) or None

    def check(self) -> None:
        """R29: after everything that will be covered."""
        acceptances.refuse_untimely(self, STAGE)

    @staticmethod
    @after("supervisor_check", acceptances.PROBLEM)
    def open_notice(record: Filed) -> Iterator[Effect]:
        """R26: a problem becomes a notice."""
        yield from acceptances.problem(record)

    @staticmethod
    @after(FINISHED, _l("验收合格并经客户签字：本项验收通过，生成竣工验收表和中期款催缴通知的草稿"))
    def conclude(record: Filed) -> Iterator[Effect]:
        """R29, R30: the completion may follow, and the mid-term payment is asked for."""
        yield from payments.reminder(record, STAGE, "mid_term_payment")
        yield from acceptances.concluded(record, STAGE)

    @staticmethod
    @after(REFUSED, acceptances.NOT_ACCEPTED)
    def open_notice_for_customer(record: Filed) -> Iterator[Effect]:
        """What the customer does not accept is put right."""
        yield from acceptances.not_accepted(record)
