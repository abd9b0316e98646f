"""PL-05 规划设计条件申请文件."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.effects import Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import LongText, Number, Percent, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Project
from portal.lib.i18n import _l

STAGE = "conditions"
BY_PRACTICE = (2,)  # of the materials
CONSENT, CONDITIONS = _l("管委会同意函"), _l("规划设计条件")


class ConditionsResult(permits.PermitResult):
    """What the planning bureau has decided, and the conditions."""

    papers = ("conditions",)

    conditions_summary = LongText(_l("规划指标摘要"), required=False, when=permits.GRANTED)
    conditions_no = external_papers.number(CONDITIONS, when=permits.GRANTED)
    conditions_issuer = external_papers.issuer(CONDITIONS, _l("规划局"), when=permits.GRANTED)
    conditions_issue_date = external_papers.issued(CONDITIONS, when=permits.GRANTED)
    conditions_expiry_date = external_papers.expires(CONDITIONS, when=permits.GRANTED)
    conditions_scan = external_papers.scan(CONDITIONS, when=permits.GRANTED)


class PlanningConditions(permits.Application, CompanyForm):
    """Asks the planning bureau under which conditions a plot may be built on, with the committee's consent."""

    code = "PL-05"
    name = _l("规划设计条件申请文件")
    slug = "planning-conditions"
    section = "planning_permits"
    procedure = "PL-P-01#planning-conditions"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("管委会关于同意办理某地块规划设计条件的函", "规划设计条件")
    columns = (
        "number", "project", "construction_unit", "plot", "land_area", "intended_use", "consent_letter_no",
        "decision", "conditions_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    plot = Text(_l("地块"))
    land_area = Number(_l("用地面积(m2)"))
    intended_use = Text(_l("拟用途"))
    requested_plot_ratio = Number(_l("申请容积率"), required=False, high=50)
    requested_height = Number(_l("申请限高(m)"), required=False, high=1000)
    requested_density = Percent(_l("申请建筑密度"), required=False)
    requested_green = Percent(_l("申请绿地率"), required=False)
    application_text = LongText(_l("申请内容"))
    consent_letter_no = external_papers.number(CONSENT)
    consent_letter_issuer = external_papers.issuer(CONSENT, _l("管委会"))
    consent_letter_issue_date = external_papers.issued(CONSENT)
    consent_letter_expiry_date = external_papers.expires(CONSENT)
    consent_letter_scan = external_papers.scan(CONSENT)
    materials = Checklist(
        _l("报批资料"),
        (
            _l("规划设计条件申请文件"),
            _l("管委会关于同意办理某地块规划设计条件的函"),
            _l("用地红线图"),
        ),
        row=Material,
    )

    signoff = Route(*permits.steps("planning_bureau_result", _l("规划局办理结果"), ConditionsResult))

    def proposal(self) -> dict[str, Any]:
        """What is known of the project."""
        return project_papers.known(self)

    def check(self) -> None:
        """The application and the committee's letter are ready; buildings and green fit on the plot."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_nothing(self, "land_area")
        permits.refuse_unready(self, self.materials, practice=BY_PRACTICE)
        external_papers.check_enclosed(self, "consent_letter")
        built, green = self.requested_density.data, self.requested_green.data
        if built is not None and green is not None and built + green > 100:
            self.refuse("requested_green", _l("建筑密度与绿地率之和不能超过百分之百"))

    @staticmethod
    @after(
        "planning_bureau_result", _l("管委会同意函和规划设计条件登记入外来证照批文台帐，手续进度记下办理结果")
    )
    def register_conditions(record: Filed) -> Iterator[Effect]:
        """Letter and conditions enter the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from external_papers.registered(
                record, "consent_letter", _l("管委会关于同意办理某地块规划设计条件的函")
            )
            yield from external_papers.registered(record, "conditions", _l("规划设计条件"))
        yield from permits.decided(record, STAGE, "conditions")
