"""PL-15 项目建议书."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import ChangesProject, Effect, Tells, after
from portal.domain.signoff import Route, Step, either, role
from portal.forms.base import CompanyForm
from portal.forms.design import permits, project_papers
from portal.forms.fields import LongText, Money, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_left_out
from portal.forms.references import Attachments, Project
from portal.lib.i18n import _l
from portal.queries import project_papers as papers
from portal.queries import works

STAGE = "land_permit"


class ProjectProposal(CompanyForm):
    """Proposes a project; once approved it stands for the report among the papers of the land permit (R41)."""

    code = "PL-15"
    name = _l("项目建议书")
    slug = "project-proposals"
    section = "planning_permits"
    procedure = "PL-P-01#proposal"
    opened_by = ("planning_officer", "land_development_manager")
    readers = permits.READERS
    columns = (
        "number", "project", "construction_unit", "site", "investment", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    necessity = LongText(_l("建设必要性"))
    site = Text(_l("拟建地点"))
    scale = LongText(_l("建设规模及内容"))
    investment = Money(_l("投资估算"))
    funding = LongText(_l("资金筹措"))
    schedule = LongText(_l("进度安排"))
    benefit = LongText(_l("效益分析"))
    conclusion = LongText(_l("结论"))
    proposal_file = Attachments(_l("建议书文件"))

    signoff = Route(
        Step("manager_review", _l("规划设计部审核"), role("planning_manager"), within=working_days(3)),
        Step(
            "development_review",
            _l("地产开发部审核"),
            either(role("land_development_manager"), role("general_manager")),
            within=working_days(3),
        ),
        Step("gm_approval", _l("总经理批准"), role("general_manager"), within=working_days(3)),
    )

    def proposal(self) -> dict[str, Any]:
        """What is known of the project."""
        return project_papers.known(self)

    def check(self) -> None:
        """A project that is still under way, and costs something."""
        refuse_left_out(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_nothing(self, "investment")

    @staticmethod
    @after("gm_approval", _l("可代替可行性研究报告办理用地规划许可证，告知规划经办人"))
    def stand_for_report(record: Filed) -> Iterator[Effect]:
        """R41: the land permit does not wait for the report any more."""
        project, former = record["project"], record["@corrects"]
        before = papers.project_of(former) if former else None
        if before not in (None, project.id):  # what stood for the report there was meant for this project
            yield ChangesProject(before, facts={"proposal": None})
        yield ChangesProject(project.id, facts={"proposal": record.number})
        text = _l("%(number)s：项目建议书已批准，可用于办理建设用地规划许可证", number=record.number)
        yield Tells(works.holder(project.id, permits.PLANNING), text)
