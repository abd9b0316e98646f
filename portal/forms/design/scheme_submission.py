"""PL-20 建设工程设计方案送审单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import all_of, filled
from portal.domain.effects import Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.design.design_scheme import anew
from portal.forms.design.scheme_review_opinion import AGREED, STAGE, delivered
from portal.forms.fields import Integer, LongText, Number, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import goods
from portal.queries import project_papers as papers

REVIEW, NOTICE = _l("方案审核意见单"), _l("设计方案审核通知单")
NOTICED = all_of(permits.GRANTED, filled("notice_no"))


class SchemeReviewResult(permits.PermitResult):
    """The bureau's decision; where it agrees, its opinion and, mostly, its notice."""

    papers = ("scheme_review",)

    scheme_review_no = external_papers.number(REVIEW, when=permits.GRANTED)
    scheme_review_issuer = external_papers.issuer(REVIEW, _l("规划局"), when=permits.GRANTED)
    scheme_review_issue_date = external_papers.issued(REVIEW, when=permits.GRANTED)
    scheme_review_expiry_date = external_papers.expires(REVIEW, when=permits.GRANTED)
    scheme_review_scan = external_papers.scan(REVIEW, when=permits.GRANTED)
    notice_no = external_papers.number(
        NOTICE, required=False, when=permits.GRANTED, help=_l("没有发通知单的不填；人防报批须有通知单")
    )
    notice_issuer = external_papers.issuer(NOTICE, _l("规划局"), when=NOTICED)
    notice_issue_date = external_papers.issued(NOTICE, when=NOTICED)
    notice_expiry_date = external_papers.expires(NOTICE, when=NOTICED)
    notice_scan = external_papers.scan(NOTICE, when=NOTICED)

    def check(self) -> None:
        """R33: a scheme is granted once the opinion form says so."""
        super().check()
        if self.decision.data != "granted":
            return
        external_papers.check(self, "notice")
        opinion = self.context.get("review_opinion_form")
        if opinion and opinion.id and papers.said(opinion.id, "authority_opinion", "verdict") != AGREED:
            self.refuse("decision", _l("审核意见表%(form)s的结论为“同意”后才能通过", form=opinion.text))


class SchemeSubmission(permits.Application, CompanyForm):
    """Hands a scheme in to the planning bureau, sealed by its designers and by the company (R33)."""

    code = "PL-20"
    name = _l("建设工程设计方案送审单")
    slug = "scheme-submissions"
    section = "planning_permits"
    procedure = "PL-P-01#scheme-submission"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("建设工程方案审核意见单", "建设工程设计方案审核通知单(复印件)", "用印申请单")
    columns = (
        "number", "project", "construction_unit", "design_unit", "scheme", "scheme_version", "floor_area",
        "decision", "scheme_review_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设公司"))
    design_unit = Text(_l("设计院"))
    scheme = RecordLink(_l("设计方案"), "PL-19")
    scheme_version = Text(_l("方案版本"), computed=True)
    floor_area = Number(_l("总建筑面积(m2)"))
    indices_summary = LongText(_l("主要指标"))
    review_opinion_form = RecordLink(
        _l("建设工程设计方案审核意见表"), "PL-21", help=_l("同一版方案的意见表，送审时可以还在审核中")
    )
    design_institute_sealed = YesNo(_l("设计院公章"))
    company_sealed = YesNo(_l("建设公司公章"))
    paper_copies = Integer(_l("纸质份数"), low=1, high=999)
    materials = Checklist(
        _l("报批资料"),
        (
            _l("建设工程设计方案送审单(纸质盖设计院及建设公司公章)"),
            _l("建设工程设计方案审核意见表"),
            _l("方案册纸质一套"),
            _l("平立剖图纸dwg格式电子版一套"),
        ),
        row=Material,
    )

    signoff = Route(*permits.steps("scheme_review_result", _l("规划局审核结果"), SchemeReviewResult))

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def compute(self) -> None:
        """The version as it was delivered."""
        super().compute()
        self.scheme_version.data = delivered(self.scheme.data)

    def check(self) -> None:
        """R33: not for municipal projects; both seals are there, and the opinions are about this very scheme."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_unready(self, self.materials)
        permits.refuse_nothing(self, "floor_area")
        project_papers.refuse_foreign(self, "review_opinion_form")
        for name in ("design_institute_sealed", "company_sealed"):
            if self[name].data is False:
                self.refuse(name, _l("盖章后才能报送"))
        self._check_opinions()

    def _check_opinions(self) -> None:
        opinion, scheme = self.review_opinion_form.data, self.scheme.data
        if not opinion or opinion.id is None or not scheme:
            return
        verdict = papers.said(opinion.id, "authority_opinion", "verdict")
        if scheme.id and goods.named(opinion.id, "scheme") != scheme.id:
            self.refuse("review_opinion_form", _l("这份意见表审核的不是所选的设计方案"))
        elif verdict not in (None, AGREED) or goods.state(opinion.id) in ("refused", "voided"):
            self.refuse("review_opinion_form", _l("这份意见表没有同意方案，请报送修改后的新版方案"))

    @staticmethod
    @after("scheme_review_result", _l("通过时意见单和通知单登记入外来证照批文台帐，否则生成新版方案的草稿"))
    def decide(record: Filed) -> Iterator[Effect]:
        """Opinion and notice enter the ledger; what is not granted needs another scheme."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "scheme_review", _l("建设工程方案审核意见单"))
            yield from external_papers.registered(record, "notice", _l("建设工程设计方案审核通知单"))
        else:
            yield from anew(record["scheme"])
        yield from permits.decided(record, STAGE, "scheme_review")
