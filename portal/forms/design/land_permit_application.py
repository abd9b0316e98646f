"""PL-17 建设用地规划许可证申请表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import differs, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsEntry, after
from portal.domain.signoff import Back, Route, Step, every, outside, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.checklists import Checklist, Material
from portal.forms.fields import Choice, Day, Integer, LongText, MultiChoice, Number, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, RecordLink
from portal.lib.i18n import _l
from portal.queries import works

SITE_OPINION_ROW = 2  # of the materials: demanded of municipal roads only
STATES = {"granted": "granted", "to_be_corrected": "to_be_corrected", "refused": "returned"}  # of the tracker


class MaterialsCheck(Stage):
    """A second officer's count of the materials."""

    materials_complete = YesNo(_l("资料是否齐备"))
    missing_materials = LongText(
        _l("缺少的资料"), required=False, required_when=equals("materials_complete", False)
    )


class Sealing(Stage):
    """What was sealed, and with which seals."""

    sealed_copies = Integer(_l("盖章份数"), low=1, high=999)
    seal_kinds = MultiChoice(
        _l("印章种类"),
        {
            "company_seal": _l("公章"),
            "legal_representative_seal": _l("法定代表人章"),
            "contract_seal": _l("合同章"),
        },
    )


class Submission(Stage):
    """When the papers were handed in, and what the authority said at the counter."""

    submitted_on = Day(_l("送件日期"))
    acceptance_no = Text(_l("受理编号"), required=False)
    accepted_on = Day(_l("受理日期"), required=False)
    supplements_asked = LongText(_l("补正要求"), required=False)

    def check(self) -> None:
        """Nothing is accepted before it is handed in."""
        if (
            self.accepted_on.data
            and self.submitted_on.data
            and self.accepted_on.data < self.submitted_on.data
        ):
            self.refuse("accepted_on", _l("受理日期不能早于送件日期"))


class PermitResult(Stage):
    """The authority's decision, and the permit where it is granted."""

    decision = Choice(
        _l("办理结果"),
        {"granted": _l("通过"), "to_be_corrected": _l("补正"), "refused": _l("不予通过")},
    )
    land_permit_no = Text(_l("建设工程用地规划许可证编号"), when=equals("decision", "granted"))
    land_permit_issuer = Text(
        _l("建设工程用地规划许可证出具单位"), default="规划局", when=equals("decision", "granted")
    )
    land_permit_issue_date = Day(_l("建设工程用地规划许可证出具日期"), when=equals("decision", "granted"))
    land_permit_expiry_date = Day(
        _l("建设工程用地规划许可证有效期至"), required=False, when=equals("decision", "granted")
    )
    land_permit_scan = Attachments(_l("建设工程用地规划许可证扫描件"), when=equals("decision", "granted"))

    def check(self) -> None:
        """A permit ends after it begins."""
        issued, expires = self.land_permit_issue_date.data, self.land_permit_expiry_date.data
        if issued and expires and expires < issued:
            self.refuse("land_permit_expiry_date", _l("有效期不能早于出具日期"))
        submitted = self.context.get("submitted_on")
        if issued and submitted and issued < submitted:
            self.refuse("land_permit_issue_date", _l("出具日期不能早于送件日期"))


class LandPermitApplication(CompanyForm):
    """Applies to the planning bureau for the permit to build on a plot, with its four materials (R41)."""

    code = "PL-17"
    name = _l("建设用地规划许可证申请表")
    slug = "land-permit-applications"
    section = "planning_permits"
    opened_by = ("planning_officer",)
    covers = ("国土部门合法的土地预审意见", "建设工程用地规划许可证")
    columns = (
        "number", "project", "construction_unit", "legal_representative", "location", "land_area", "land_use",
        "decision", "land_permit_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = RecordLink(_l("项目"), "PL-01")
    construction_unit = Text(_l("建设单位"))
    legal_representative = Text(_l("法定代表人"))
    location = Text(_l("用地位置"))
    land_area = Number(_l("用地面积(m2)"))
    land_use = Text(_l("用地性质"))
    scale = LongText(_l("建设规模"))
    basis_document = RecordLink(_l("项目建议书或可行性研究报告"), "PL-15", "PL-04")
    site_opinion = RecordLink(_l("选址意见书"), "PL-13", required=False, help=_l("仅市政道路项目"))
    pre_examination_no = Text(_l("土地预审意见编号"))
    pre_examination_issuer = Text(_l("土地预审意见出具单位"), default="国土部门")
    pre_examination_issue_date = Day(_l("土地预审意见出具日期"))
    pre_examination_expiry_date = Day(_l("土地预审意见有效期至"), required=False)
    pre_examination_scan = Attachments(_l("土地预审意见扫描件"))
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

    signoff = Route(
        Step(
            "materials_check",
            _l("资料核对(第二人)"),
            role("planning_officer"),
            meaning="checked",
            within=working_days(1),
            fills=MaterialsCheck,
            outcomes=(Back(when=equals("materials_complete", False)),),
        ),
        Step(
            "manager_review",
            _l("规划设计部审核"),
            role("planning_manager"),
            within=working_days(2),
            bulk=True,
        ),
        Step(
            "seal",
            _l("用印"),
            every(role("land_development_manager"), role("general_manager")),
            meaning="sealed",
            within=working_days(1),
            fills=Sealing,
        ),
        Step(
            "submission",
            _l("送件及受理"),
            role("planning_officer"),
            meaning="delivered",
            within=working_days(1),
            fills=Submission,
        ),
        Step(
            "land_permit_result",
            _l("规划局办理结果"),
            outside("authority"),
            meaning="confirmed",
            fills=PermitResult,
            outcomes=(Back(when=differs("decision", "granted")),),
        ),
    )

    def check(self) -> None:
        """R41: three materials of every project, the site opinion of municipal roads besides."""
        for index, item in enumerate(self.materials.items):
            if index != SITE_OPINION_ROW and self.materials.rows[index].ready.data is False:
                self.refuse("materials", _l("“%(item)s”须备齐后才能报批"), item=item)
        self._check_site_opinion()
        issued, expires = self.pre_examination_issue_date.data, self.pre_examination_expiry_date.data
        if issued and expires and expires < issued:
            self.refuse("pre_examination_expiry_date", _l("有效期不能早于出具日期"))

    def _check_site_opinion(self) -> None:
        """The opinion and its row go together; the project's kind decides where the tracker knows it."""
        ready = self.materials.rows[SITE_OPINION_ROW].ready.data
        kind = works.fact(self.project.data.id, "project_kind") if self.project.data else None
        road = kind == "municipal_road"
        if kind and not road and (not self.site_opinion.blank or ready):
            self.refuse("site_opinion", _l("只有市政道路项目需要选址意见书"))
        elif self.site_opinion.blank and (road or ready):
            self.refuse("site_opinion", _l("市政道路项目须附选址意见书"))
        elif ready is False and (road or not self.site_opinion.blank):
            self.refuse("materials", _l("市政道路项目的选址意见书须备齐"))

    @staticmethod
    @after("submission", _l("土地预审意见登记入外来证照批文台帐，手续进度记为已送件"))
    def register_pre_examination(record: Filed) -> Iterator[Effect]:
        """The opinion enters the ledger once, however often the papers are handed in."""
        if not works.paper_registered(record.id, record["pre_examination_no"]):
            yield _paper(record, "国土部门合法的土地预审意见", "pre_examination")
        yield _progress(record, "submitted")

    @staticmethod
    @after("land_permit_result", _l("许可证登记入外来证照批文台帐，手续进度记下办理结果"))
    def register_permit(record: Filed) -> Iterator[Effect]:
        """The permit enters the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield _paper(record, "建设工程用地规划许可证", "land_permit")
        yield _progress(record, STATES[record["decision"]])


def _paper(record: Filed, name: str, prefix: str) -> PostsEntry:
    return PostsEntry(
        "external_papers",
        {
            "paper": name,
            "number": record[f"{prefix}_no"],
            "issuer": record[f"{prefix}_issuer"],
            "issued_on": _day(record[f"{prefix}_issue_date"]),
            "expires_on": _day(record[f"{prefix}_expiry_date"]),
            "scan": "、".join(file["name"] for file in record[f"{prefix}_scan"] or ()),
            "project": record["project"].text,
            "form": record.number,
        },
    )


def _progress(record: Filed, state: str) -> PostsEntry:
    granted = state == "granted"
    return PostsEntry(
        "permits",
        {
            "project": record["project"].text,
            "stage": "建设工程用地规划许可证",
            "submitted_on": _day(record["submitted_on"]),
            "accepted_on": _day(record["accepted_on"]),
            "issued_on": _day(record["land_permit_issue_date"]) if granted else "",
            "paper_no": record["land_permit_no"] if granted else "",
            "state": state,
            "form": record.number,
        },
    )


def _day(value: Any) -> str:
    return value.isoformat() if value else ""
