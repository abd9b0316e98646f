"""What is filled in on the way of an application for an air-defence basement (PL-25)."""

from __future__ import annotations

from portal.domain.conditions import equals
from portal.domain.projects import AIR_DEFENCE_KINDS
from portal.forms.base import Sheet, Stage
from portal.forms.design import external_papers, permits
from portal.forms.fields import Choice, Integer, Number, Rows, Text
from portal.forms.kinds import Ref
from portal.forms.references import Attachments
from portal.lib.i18n import _l
from portal.queries import projects

OPINION = _l("人防意见书")
ON_SITE = equals("air_defence_kind", "on_site")
RESULTS = {"on_site": "scheme_opinion", "off_site": "off_site_opinion"}
OPINIONS = {"scheme_opinion": _l("人防修建防空地下室方案意见书"), "off_site_opinion": _l("易建意见书")}


class AnnexBuilding(Sheet):
    """A building of the annex."""

    building = Text(_l("楼栋"))
    storeys = Integer(_l("层数"), low=1, high=300)
    height = Number(_l("高度(m)"), high=1000)
    area = Number(_l("建筑面积(m2)"))
    use = Text(_l("用途"))

    def check(self) -> None:
        """A building has a height and an area."""
        permits.refuse_nothing(self, "height", "area")


class PlanningAnnex(Stage):
    """The annex to the planning application."""

    annex_buildings = Rows(_l("附件内容"), AnnexBuilding)
    annex_file = Attachments(_l("附件扫描"), required=False)

    def check(self) -> None:
        """Each building stands there once."""
        refuse_twice(self.annex_buildings)


class OnSitePapers(Stage):
    """What the reviewing unit of an air-defence design has handed over: one copy each, and one disc (R39)."""

    review_unit = Text(_l("人防审查单位"))
    review_certificate_no = Text(_l("审查合格证编号"))
    review_certificate_scan = Attachments(_l("审查合格证及报告扫描"))
    qualification_copies = Integer(_l("资质复印件份数"), default=1)
    reviewed_drawing_sets = Integer(_l("审查合格施工图(套)"), high=999)
    disc_count = Integer(_l("电子光盘(张)"), default=1)

    def check(self) -> None:
        """R39: neither more nor less than one; the drawings are there."""
        if self.qualification_copies.data not in (None, 1):
            self.refuse("qualification_copies", _l("资质复印件、审查合格证、审查报告各一份"))
        if self.disc_count.data not in (None, 1):
            self.refuse("disc_count", _l("电子光盘为一张"))
        if self.reviewed_drawing_sets.data == 0:
            self.refuse("reviewed_drawing_sets", _l("至少须有一套审查合格的施工图"))


class AirDefenceResult(permits.PermitResult):
    """The authority's decision, and the opinion where it is granted."""

    papers = ("air_defence_opinion",)

    result_kind = Choice(
        _l("文件类型"),
        {"scheme_opinion": _l("修建防空地下室方案意见书"), "off_site_opinion": _l("易建意见书")},
        when=permits.GRANTED,
    )
    air_defence_opinion_no = external_papers.number(OPINION, when=permits.GRANTED)
    air_defence_opinion_issuer = external_papers.issuer(OPINION, _l("人防主管部门"), when=permits.GRANTED)
    air_defence_opinion_issue_date = external_papers.issued(OPINION, when=permits.GRANTED)
    air_defence_opinion_expiry_date = external_papers.expires(OPINION, when=permits.GRANTED)
    air_defence_opinion_scan = external_papers.scan(OPINION, when=permits.GRANTED)

    def check(self) -> None:
        """Who builds here gets the opinion on the scheme, who builds elsewhere the other one."""
        super().check()
        wanted = RESULTS.get(self.context.get("air_defence_kind") or "")
        if self.result_kind.data and wanted and self.result_kind.data != wanted:
            self.refuse("result_kind", _l("与申请的建设方式不符"))
        if self.decision.data == "granted":
            refuse_other_kind(
                self, "decision", self.context.get("project"), self.context.get("air_defence_kind")
            )


def refuse_other_kind(sheet: Sheet, name: str, project: Ref | None, given: str | None) -> None:
    """Says no beside a field, where the project is registered with another way of building than the one given."""
    row = projects.project(project.id) if project else None
    kind = row.facts.get("air_defence_kind") if row else None
    if kind and given and kind != given:
        text = _l("项目登记的是“%(kind)s”；有变化的，请先更正项目登记", kind=AIR_DEFENCE_KINDS[kind])
        sheet.refuse(name, text)


def refuse_twice(table: Rows) -> None:
    """Says no to a building that stands in two rows of a table."""
    seen: set[str] = set()
    for row in table.rows:
        if row.building.data and row.building.data in seen:
            row.refuse("building", _l("这栋楼填写了两行，请合并"))
        seen.add(row.building.data)
