"""PL-13 选址意见书申请表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain import projects as kinds
from portal.domain.effects import Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import Choice, LongText, Number, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.kinds import Ref
from portal.forms.references import Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import goods

STAGE, ROAD = "site_opinion", "municipal_road"
BY_PRACTICE = (2,)  # of the materials
OPINION = _l("建设工程选址意见书")


class OpinionResult(permits.PermitResult):
    """What the planning authority has decided, and its opinion."""

    papers = ("site_opinion",)

    site_opinion_no = external_papers.number(OPINION, when=permits.GRANTED)
    site_opinion_issuer = external_papers.issuer(OPINION, _l("规划部门"), when=permits.GRANTED)
    site_opinion_issue_date = external_papers.issued(OPINION, when=permits.GRANTED)
    site_opinion_expiry_date = external_papers.expires(OPINION, when=permits.GRANTED)
    site_opinion_scan = external_papers.scan(OPINION, when=permits.GRANTED)


class SiteOpinionApplication(permits.Application, CompanyForm):
    """Applies for the opinion on the site of a municipal road; no other project needs it (R32)."""

    code = "PL-13"
    name = _l("选址意见书申请表")
    slug = "site-opinion-applications"
    section = "planning_permits"
    procedure = "PL-P-01#site-opinion"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("建设工程选址意见书",)
    columns = (
        "number", "project", "construction_unit", "project_kind", "proposed_site", "land_area", "road_class",
        "decision", "site_opinion_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit", help=_l("仅市政道路项目办理"))
    construction_unit = Text(_l("建设单位"))
    project_kind = Choice(_l("项目类型"), {ROAD: kinds.PERMIT_KINDS[ROAD]}, computed=True)
    proposed_site = Text(_l("拟选址位置"))
    land_area = Number(_l("拟用地面积(m2)"))
    road_class = Text(_l("道路等级"))
    road_length = Number(_l("长度(m)"))
    road_width = Number(_l("红线宽度(m)"), required=False, high=500)
    scale = LongText(_l("建设规模"))
    site_reason = LongText(_l("选址理由"))
    consent_letter = RecordLink(
        _l("管委会同意函"), "PL-05", help=_l("登记了管委会同意函的规划设计条件申请文件")
    )
    materials = Checklist(
        _l("报批资料"),
        (
            _l("建设单位填报的选址意见书申请表"),
            _l("管委会关于同意办理某地块规划设计条件的函"),
            _l("选址位置图"),
        ),
        row=Material,
    )

    signoff = Route(*permits.steps("site_opinion_result", _l("规划部门核发结果"), OpinionResult))

    def proposal(self) -> dict[str, Any]:
        """What is known of the project."""
        return project_papers.known(self)

    def compute(self) -> None:
        """R32: the kind is that of the project; the committee's letter is in the record named above."""
        super().compute()
        self.project_kind.data = ROAD if permits.permit_kind(self) == ROAD else None
        if isinstance(self.consent_letter.data, Ref):
            paper = self.materials.rows[1].paper
            paper.data, paper.text = self.consent_letter.data, self.consent_letter.data.text
            paper.process_errors = []

    def check(self) -> None:
        """R32: only municipal roads; the application and the committee's letter are ready."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_nothing(self, "land_area", "road_length")
        permits.refuse_unready(self, self.materials, practice=BY_PRACTICE)
        project_papers.refuse_foreign(self, "consent_letter")
        letter = self.consent_letter.data
        if isinstance(letter, Ref) and letter.id and goods.state(letter.id) in ("refused", "voided"):
            self.refuse("consent_letter", _l("%(record)s已经结束而未取得结果", record=letter.text))

    @staticmethod
    @after("site_opinion_result", _l("选址意见书登记入外来证照批文台帐，手续进度记下办理结果"))
    def register_opinion(record: Filed) -> Iterator[Effect]:
        """The opinion enters the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "site_opinion", _l("建设工程选址意见书"))
        yield from permits.decided(record, STAGE, "site_opinion")
