"""PL-25 《结合民用建筑修建防空地下室申请表》."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, after
from portal.domain.projects import AIR_DEFENCE_KINDS
from portal.domain.signoff import Route, Step, applicant
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Material
from portal.forms.design import area_totals, external_papers, permits, project_papers
from portal.forms.design.air_defence_letter import STAGE, kind_proposed
from portal.forms.design.air_defence_stages import (
    ON_SITE,
    OPINIONS,
    AirDefenceResult,
    OnSitePapers,
    PlanningAnnex,
    refuse_other_kind,
)
from portal.forms.fields import Choice, Integer, Number, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import project_papers as papers
from portal.queries import works

FORMS = 2  # R34: two forms and one letter
COPIES = {0: 1, 1: FORMS, 5: 1, 6: 1, 9: 1}  # rows of the materials with a number of copies (R34, R37, R39)
ONLY_ON_SITE = (5, 6, 7)  # R35
OPTIONAL = (8, 9)
LICENCE = _l("行政审批许可书")


class AirDefenceApplication(permits.Application, CompanyForm):
    """Applies for the opinion on an air-defence basement built here, or on building one elsewhere (R34, R35, R39)."""

    code = "PL-25"
    name = _l("结合民用建筑修建防空地下室申请表")
    slug = "air-defence-applications"
    section = "planning_permits"
    procedure = "PL-P-01#air-defence"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = (
        "人防工程审查合格证、审查报告及资质复印件",
        "人防修建防空地下室方案意见书或易建意见书",
        "行政审批许可书",
        "建设工程规划申请附件",
        "人防审查合格全套施工图及电子光盘移交单",
    )
    columns = (
        "number", "project", "construction_unit", "air_defence_kind", "application_letter", "form_copies",
        "scheme_notice", "result_kind", "air_defence_opinion_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    air_defence_kind = Choice(_l("建设方式"), AIR_DEFENCE_KINDS, help=_l("与项目登记的人防建设方式一致"))
    application_letter = RecordLink(_l("申请书"), "PL-24")
    form_copies = Integer(_l("申请表份数"), default=FORMS, help=_l("申请表两份，申请书一份"))
    scheme_notice = RecordLink(_l("设计方案审核通知单"), "PL-20", help=_l("选择取得通知单的方案送审单"))
    floor_area = Number(_l("地上总建筑面积(m2)"))
    storeys = Integer(_l("建筑层数"), low=1, high=300)
    ground_floor_area = Number(_l("首层建筑面积(m2)"))
    foundation_depth = Number(_l("基础埋深(m)"), high=200)
    basement_class = Text(_l("防空地下室等级"), required=False)
    planned_area = Number(_l("拟建面积(m2)"))
    area_schedule = RecordLink(
        _l("明细表"), "PL-26", required=False, help=_l("附明细表的，首层建筑面积须与其合计一致")
    )
    administrative_licence_no = external_papers.number(LICENCE)
    administrative_licence_issuer = external_papers.issuer(LICENCE, _l("审批局"))
    administrative_licence_issue_date = external_papers.issued(LICENCE)
    administrative_licence_expiry_date = external_papers.expires(LICENCE)
    administrative_licence_scan = external_papers.scan(LICENCE)
    materials = Checklist(
        _l("报批资料"),
        (
            _l("《结合民用建筑修建防空地下室申请书》"),
            _l("《结合民用建筑修建防空地下室申请表》"),
            _l("建设工程设计方案审核通知单复印件"),
            _l("建设工程规划申请附件"),
            _l("行政审批许可书"),
            _l("人防工程设计和审查单位的资质复印件、审查合格证及审查报告各一份"),
            _l("审查合格的全套施工图和电子光盘一张"),
            _l("立项文件"),
            _l("建设项目总平图、建筑平立剖图(三章)"),
            _l("总建筑面积、建筑层数、首层建筑面积、基础埋深明细表"),
        ),
        row=Material,
        help=_l("易地建设只须前五项；就地建设须前八项；最后两项按审批机关的要求"),
    )

    signoff = Route(
        Step(
            "planning_annex",
            _l("建设工程规划申请附件"),
            applicant(),  # a planning officer, so that another is left to count the materials
            meaning="filled",
            within=working_days(1),
            fills=PlanningAnnex,
            clause="PL-P-01#planning-annex",
        ),
        Step(
            "on_site_papers",
            _l("人防审查资料移交"),
            applicant(),
            meaning="received",
            within=working_days(2),
            when=ON_SITE,
            fills=OnSitePapers,
            clause="PL-P-01#air-defence-papers",
        ),
        *permits.steps("air_defence_result", _l("人防主管部门办理结果"), AirDefenceResult),
    )

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self) | kind_proposed(self)

    def check(self) -> None:
        """R33 to R35: the project builds so; letter, notice and materials are what this way of building asks for."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        refuse_other_kind(self, "air_defence_kind", self.project.data, self.air_defence_kind.data)
        permits.refuse_nothing(self, "floor_area", "ground_floor_area")
        if ON_SITE.holds(self.answers()):
            permits.refuse_nothing(self, "planned_area")
        external_papers.check_enclosed(self, "administrative_licence")
        project_papers.refuse_foreign(self)
        if self.form_copies.data not in (None, FORMS):
            self.refuse("form_copies", _l("申请表为两份"))
        self._check_materials()
        self._check_papers()

    def _check_materials(self) -> None:
        """R35: five rows elsewhere, eight here; R34, R37 and R39 say in how many copies."""
        here = ON_SITE.holds(self.answers())
        permits.refuse_unready(self, self.materials, but=OPTIONAL if here else (*ONLY_ON_SITE, *OPTIONAL))
        for index, row in enumerate(self.materials.rows[: len(self.materials.items)]):
            copies = COPIES.get(index)
            if index in ONLY_ON_SITE and not here and row.ready.data:
                row.refuse("ready", _l("易地建设不需要此项资料"))
            elif copies and row.ready.data and row.copies.data not in (None, copies):
                row.refuse("copies", _l("应为 %(copies)s 份", copies=copies))

    def _check_papers(self) -> None:
        """The letter asks for the same; the notice has been issued; the schedule gives the same areas."""
        letter, notice = self.application_letter.data, self.scheme_notice.data
        kind = works.fact(letter.id, "air_defence_kind") if letter else None
        if kind and self.air_defence_kind.data and kind != self.air_defence_kind.data:
            self.refuse("application_letter", _l("申请书申请的是另一种建设方式"))
        if notice and notice.id and not papers.said(notice.id, "scheme_review_result", "notice_no"):
            self.refuse("scheme_notice", _l("这份送审单还没有登记设计方案审核通知单"))
        area_totals.refuse_other(self, "ground_floor_area", self.area_schedule.data, "ground_area")
        area_totals.refuse_more(self, "floor_area", self.area_schedule.data)

    @staticmethod
    @after(
        "air_defence_result",
        _l("行政审批许可书、审查合格证和意见书登记入外来证照批文台帐，手续进度记下办理结果"),
    )
    def decide(record: Filed) -> Iterator[Effect]:
        """What others have issued enters the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "administrative_licence", _l("行政审批许可书"))
            if ON_SITE.holds(record.answers):
                number, scans = record["review_certificate_no"], record["review_certificate_scan"]
                yield from external_papers.entered(
                    record,
                    _l("人防工程审查合格证及审查报告"),
                    number,
                    record["review_unit"],
                    None,
                    None,
                    scans,
                )
            yield from external_papers.registered(
                record, "air_defence_opinion", OPINIONS[record["result_kind"]]
            )
        yield from permits.decided(record, STAGE, "air_defence_opinion")
