"""EN-21 隐蔽工程验收表."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.effects import FINISHED, REFUSED, Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist
from portal.forms.engineering import acceptances
from portal.forms.engineering.alterations import confirmed, unconfirmed
from portal.forms.fields import Integer, LongText, Moment, Number, Text
from portal.forms.filed import Filed
from portal.forms.references import Photos, Project
from portal.lib.i18n import _l
from portal.queries import projects
from portal.queries.alterations import WATER_AND_ELECTRICITY

STAGE = "concealed"
COVERED_BY = ("midterm", "completion")  # by these acceptances everything concealed lies under its cover


class ConcealedCheck(acceptances.SupervisorCheck):
    """The verdict on what will be covered."""

    checks = "concealed_checks"


class ConcealedWorksAcceptance(CompanyForm):
    """Accepts pipes, wires and frames before they are covered."""

    code = "EN-21"
    name = _l("隐蔽工程验收表")
    slug = "concealed-works-acceptances"
    section = "construction"
    procedure = "EN-P-01#concealed"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "acceptance_at", "areas", "self_check", "test_pressure", "holding_minutes",
        "verdict", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    acceptance_at = Moment(_l("约定验收时间"))
    areas = Text(_l("验收部位"))
    concealed_checks = Checklist(
        _l("检查项目"),
        (
            _l("给水管路走向及固定"),
            _l("给水管打压试验"),
            _l("排水管坡度及通水"),
            _l("强电线径、分色及回路"),
            _l("弱电线路"),
            _l("线管固定及间距"),
            _l("绝缘及通断测试"),
            _l("吊顶龙骨"),
        ),
    )
    test_pressure = Number(_l("试验压力(MPa)"), required=False)
    holding_minutes = Integer(_l("稳压时间(分钟)"), required=False)
    pressure_drop = Number(_l("压力降(MPa)"), required=False)
    layout_photos = Photos(_l("隐蔽部位照片"))
    confirmed_alterations = LongText(
        _l("可报验的水电改造项目"),
        required=False,
        computed=True,
        help=_l("客户已签字的水电改造项目，由系统列出；未经客户签字的改造项目不得报验"),
    )
    self_check = acceptances.self_check()
    site_photos = acceptances.site_photos()

    signoff = Route(*acceptances.steps(ConcealedCheck))

    def compute(self) -> None:
        """The alterations whose work may be shown, as the customer has signed for them, and those that may not yet."""
        super().compute()
        project = self.project.data
        said = ""
        if project and project.id:
            said = "\n".join(
                (
                    *confirmed(project.id, (WATER_AND_ELECTRICITY,)),
                    *unconfirmed(project.id, (WATER_AND_ELECTRICITY,)),
                )
            )
        self.confirmed_alterations.data = said or None

    def check(self) -> None:
        """A test loses no more pressure than it had; the acceptances have an order (R29)."""
        pressure, drop = self.test_pressure.data, self.pressure_drop.data
        if pressure is not None and drop is not None and drop > pressure:
            self.refuse("pressure_drop", _l("压力降不能大于试验压力"))
        acceptances.refuse_untimely(self, STAGE)
        named = None if self.context.get("@corrects") else self.project.data
        if named and any(projects.passed(named.id, key) for key in COVERED_BY):
            self.refuse("acceptance_at", _l("该工程已通过中期或竣工验收，隐蔽部位已经封闭，不能再验收"))

    @staticmethod
    @after("supervisor_check", acceptances.PROBLEM)
    def open_notice(record: Filed) -> Iterator[Effect]:
        """R26: a problem becomes a notice."""
        yield from acceptances.problem(record, record["areas"])

    @staticmethod
    @after(FINISHED, _l("验收合格：可以封闭，本项验收通过，生成下一项验收的草稿"))
    def conclude(record: Filed) -> Iterator[Effect]:
        """R29: what has passed may be covered, and the next acceptance follows."""
        yield from acceptances.concluded(record, STAGE)

    @staticmethod
    @after(REFUSED, acceptances.NOT_ACCEPTED)
    def open_notice_for_customer(record: Filed) -> Iterator[Effect]:
        """What the customer does not accept is put right."""
        yield from acceptances.not_accepted(record, record["areas"])
