"""PL-24 《结合民用建筑修建防空地下室申请书》."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.effects import Effect, after
from portal.domain.projects import AIR_DEFENCE_KINDS
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm, Sheet
from portal.forms.design import permit_letters, permits, project_papers
from portal.forms.design.air_defence_stages import refuse_other_kind
from portal.forms.fields import Choice, Integer, LongText, Number, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_left_out
from portal.forms.references import Project
from portal.lib.i18n import _l
from portal.queries import projects

STAGE = "air_defence"
OFF_SITE = equals("air_defence_kind", "off_site")


class AirDefenceLetter(permits.Preparation, CompanyForm):
    """Asks the authority, in one letter, for leave to build an air-defence basement here or elsewhere (R34)."""

    code = "PL-24"
    name = _l("结合民用建筑修建防空地下室申请书")
    slug = "air-defence-letters"
    section = "planning_permits"
    procedure = "PL-P-01#air-defence-letter"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    columns = (
        "number", "project", "construction_unit", "addressed_to", "air_defence_kind", "floor_area",
        "required_area", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    addressed_to = Text(_l("致(审批机关)"), default=lambda: str(_l("审批局(人防)")))
    air_defence_kind = Choice(_l("建设方式"), AIR_DEFENCE_KINDS, help=_l("与项目登记的人防建设方式一致"))
    floor_area = Number(_l("地上总建筑面积(m2)"))
    required_area = Number(_l("应建防空地下室面积(m2)"))
    planned_area = Number(_l("拟建面积(m2)"), help=_l("易地建设、不在本地修建的填 0"))
    off_site_reason = LongText(_l("易地建设理由"), required=False, when=OFF_SITE, required_when=OFF_SITE)
    application_text = LongText(_l("申请内容"))
    copies = Integer(_l("份数"), default=1, help=_l("申请书一份，申请表两份"))

    signoff = Route(*permit_letters.steps(_l("用印")))

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self) | kind_proposed(self)

    def check(self) -> None:
        """R33: not for municipal projects. R34: one letter. What is built here is as large as it must be."""
        refuse_left_out(self, "project", STAGE)
        refuse_other_kind(self, "air_defence_kind", self.project.data, self.air_defence_kind.data)
        permits.refuse_second(self, self.code)
        permits.refuse_nothing(self, "floor_area")
        if self.copies.data not in (None, 1):
            self.refuse("copies", _l("申请书为一份"))
        planned, required = self.planned_area.data, self.required_area.data
        here = self.air_defence_kind.data == "on_site"
        if here and planned is not None and required is not None and planned < required:
            self.refuse("planned_area", _l("就地建设的，拟建面积不能小于应建面积"))

    @staticmethod
    @after("seal", _l("生成防空地下室申请表草稿"))
    def apply(record: Filed) -> Iterator[Effect]:
        """The letter is the first paper of the application."""
        yield from permit_letters.application(
            record, "PL-25", "application_letter", "air_defence_kind", "floor_area", "planned_area"
        )


def kind_proposed(sheet: Sheet) -> dict[str, Any]:
    """The way of building that the project is registered with."""
    named = sheet.context.get("project")
    row = projects.project(named.id) if named else None
    kind = row.facts.get("air_defence_kind") if row else None
    return {"air_defence_kind": kind} if kind else {}
