"""PL-17 建设用地规划许可证申请表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.effects import Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import LongText, Number, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Project, RecordLink
from portal.lib.i18n import _l

STAGE = "land_permit"
SITE_OPINION_ROW = 2  # of the materials: demanded of municipal roads only
PRE_EXAMINATION, PERMIT = _l("土地预审意见"), _l("建设工程用地规划许可证")


class PermitResult(permits.PermitResult):
    """The bureau's decision, and the permit where it is granted."""

    papers = ("land_permit",)

    land_permit_no = external_papers.number(PERMIT, when=permits.GRANTED)
    land_permit_issuer = external_papers.issuer(PERMIT, _l("规划局"), when=permits.GRANTED)
    land_permit_issue_date = external_papers.issued(PERMIT, when=permits.GRANTED)
    land_permit_expiry_date = external_papers.expires(PERMIT, when=permits.GRANTED)
    land_permit_scan = external_papers.scan(PERMIT, when=permits.GRANTED)


class LandPermitApplication(permits.Application, CompanyForm):
    """Applies to the planning bureau for the permit to build on a plot, with its four materials (R41)."""

    code = "PL-17"
    name = _l("建设用地规划许可证申请表")
    slug = "land-permit-applications"
    section = "planning_permits"
    procedure = "PL-P-01#land-permit"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("国土部门合法的土地预审意见", "建设工程用地规划许可证")
    columns = (
        "number", "project", "construction_unit", "legal_representative", "location", "land_area", "land_use",
        "decision", "land_permit_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    legal_representative = Text(_l("法定代表人"))
    location = Text(_l("用地位置"))
    land_area = Number(_l("用地面积(m2)"))
    land_use = Text(_l("用地性质"))
    scale = LongText(_l("建设规模"))
    basis_document = RecordLink(_l("项目建议书或可行性研究报告"), "PL-15", "PL-04")
    site_opinion = RecordLink(_l("选址意见书"), "PL-13", required=False, help=_l("仅市政道路项目"))
    pre_examination_no = external_papers.number(PRE_EXAMINATION)
    pre_examination_issuer = external_papers.issuer(PRE_EXAMINATION, _l("国土部门"))
    pre_examination_issue_date = external_papers.issued(PRE_EXAMINATION)
    pre_examination_expiry_date = external_papers.expires(PRE_EXAMINATION)
    pre_examination_scan = external_papers.scan(PRE_EXAMINATION)
    materials = Checklist(
        _l("报批资料"),
        (
            _l("建设单位填报的建设用地规划许可证申请表"),
            _l("项目建议书或可行性研究报告"),
            _l("规划部门核发的选址意见书"),
            _l("国土部门合法的土地预审意见"),
        ),
        row=Material,
    )

    signoff = Route(*permits.steps("land_permit_result", _l("规划局办理结果"), PermitResult))

    def proposal(self) -> dict[str, Any]:
        """What is known of the project, with its proposal or report."""
        return project_papers.known(self)

    def check(self) -> None:
        """R41: three materials of every project, the site opinion of municipal roads besides."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_unready(self, self.materials, but=(SITE_OPINION_ROW,))
        permits.refuse_nothing(self, "land_area")
        external_papers.check_enclosed(self, "pre_examination")
        permits.refuse_second(self, self.code)
        project_papers.refuse_foreign(self)
        self._check_site_opinion()

    def _check_site_opinion(self) -> None:
        """The opinion and its row go together; the project's kind decides where it is known."""
        ready = self.materials.rows[SITE_OPINION_ROW].ready.data
        kind = permits.permit_kind(self)
        road = kind == "municipal_road"
        if kind and not road and (not self.site_opinion.blank or ready):
            self.refuse("site_opinion", _l("只有市政道路项目需要选址意见书"))
        elif self.site_opinion.blank and (road or ready):
            self.refuse("site_opinion", _l("市政道路项目须附选址意见书"))
        elif ready is False and (road or not self.site_opinion.blank):
            self.refuse("materials", _l("市政道路项目的选址意见书须备齐"))

    @staticmethod
    @after("land_permit_result", _l("土地预审意见和许可证登记入外来证照批文台帐，手续进度记下办理结果"))
    def register_permit(record: Filed) -> Iterator[Effect]:
        """Pre-examination and permit enter the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "pre_examination", _l("国土部门合法的土地预审意见"))
            yield from external_papers.registered(record, "land_permit", _l("建设工程用地规划许可证"))
        yield from permits.decided(record, STAGE, "land_permit")
