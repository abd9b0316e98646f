"""PL-29 抗震设防要求请示."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.effects import Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm
from portal.forms.design import permit_letters, permits, project_papers
from portal.forms.fields import Integer, LongText, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_left_out
from portal.forms.references import Attachments, Project
from portal.lib.i18n import _l

STAGE = "seismic"


class SeismicLetter(permits.Preparation, CompanyForm):
    """Asks the authority which earthquakes a project must withstand; the first paper of the application (R33)."""

    code = "PL-29"
    name = _l("抗震设防要求请示")
    slug = "seismic-letters"
    section = "planning_permits"
    procedure = "PL-P-01#seismic-letter"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    columns = (
        "number", "project", "construction_unit", "addressed_to", "location", "structure", "copies",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    addressed_to = Text(_l("致(审批机关)"), default=lambda: str(_l("审批局")))
    location = Text(_l("建设地点"))
    scale = LongText(_l("建设规模"))
    structure = Text(_l("结构形式"))
    request_text = LongText(_l("请示内容"))
    copies = Integer(_l("份数"), low=1, high=999)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(*permit_letters.steps(_l("总经理签发及用印")))

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def check(self) -> None:
        """R33: not for municipal projects."""
        refuse_left_out(self, "project", STAGE)
        permits.refuse_second(self, self.code)

    @staticmethod
    @after("seal", _l("生成抗震设防要求申请表草稿"))
    def apply(record: Filed) -> Iterator[Effect]:
        """The request is the first paper of the application."""
        taken = ("construction_unit", "location")
        yield from permit_letters.application(record, "PL-30", "request_letter", *taken)
