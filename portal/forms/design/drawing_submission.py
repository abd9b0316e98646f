"""PL-37 全套施工图纸送审清单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.effects import Effect, Tells, after
from portal.domain.signoff import Route
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import Choice, Day, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Attachments, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import cases, works

STAGE = "drawing_review"
PRACTICE = (1, 2, 3, 4)  # rows of the materials that practice has added
CERTIFICATE = _l("施工图审查合格证书")


class ConstructionDrawing(Sheet):
    """Drawings of one number."""

    speciality = Choice(
        _l("专业"),
        {
            "architecture": _l("建筑"),
            "structure": _l("结构"),
            "water": _l("给排水"),
            "electricity": _l("电气"),
            "hvac": _l("暖通"),
            "energy": _l("节能"),
            "air_defence": _l("人防"),
        },
    )
    no = Text(_l("图号"), max=60)
    name_ = Text(_l("图名"))
    version = Text(_l("版本"), max=40)
    count = Integer(_l("张数"), low=1, high=10_000)


class DrawingReviewResult(permits.PermitResult):
    """The reviewing company's decision, its opinions, and its certificate where it is granted."""

    papers = ("drawing_certificate",)

    review_opinions = LongText(_l("审查意见"), required=False)
    drawing_certificate_no = external_papers.number(CERTIFICATE, when=permits.GRANTED)
    drawing_certificate_issuer = external_papers.issuer(CERTIFICATE, _l("审图公司"), when=permits.GRANTED)
    drawing_certificate_issue_date = external_papers.issued(CERTIFICATE, when=permits.GRANTED)
    drawing_certificate_expiry_date = external_papers.expires(CERTIFICATE, when=permits.GRANTED)
    drawing_certificate_scan = external_papers.scan(CERTIFICATE, when=permits.GRANTED)


class DrawingSubmission(permits.Application, CompanyForm):
    """Hands the full construction drawings to the reviewing company, once the review in the house is closed."""

    code = "PL-37"
    name = _l("全套施工图纸送审清单")
    slug = "drawing-submissions"
    section = "planning_permits"
    procedure = "PL-P-01#drawing-review"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("施工图审查合格证书", "报批资料核对清单")
    columns = (
        "number", "project", "design_unit", "review_company", "internal_review", "sets", "planned_on",
        "decision", "drawing_certificate_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    design_unit = Text(_l("设计单位"))
    review_company = Text(_l("审图公司"))
    internal_review = RecordLink(_l("施工图内审"), "CS-12", help=_l("本项目的施工图内审关闭后才能送审"))
    drawings = Rows(_l("全套施工图纸"), ConstructionDrawing)
    calculation_books = Attachments(_l("计算书"), required=False)
    sets = Integer(_l("份数(套)"), low=1, high=999)
    planned_on = Day(_l("计划送审日期"))
    materials = Checklist(
        _l("报批资料"),
        (
            _l("全套施工图纸"),
            _l("勘察报告"),
            _l("计算书"),
            _l("建设工程规划许可证"),
            _l("人防审查合格证"),
        ),
        row=Material,
    )

    signoff = Route(*permits.steps("drawing_review_result", _l("审图公司审查结果"), DrawingReviewResult))

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def check(self) -> None:
        """The permit is there and the review in the house is closed; each drawing stands there once."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_unready(self, self.materials, practice=PRACTICE)
        project_papers.refuse_foreign(self)
        moments.refuse_past(self, "planned_on", _l("计划送审日期不能早于提交日期"))
        review, project = self.internal_review.data, self.project.data
        if review and review.id and project and not cases.drawings_reviewed(project.id):
            self.refuse("internal_review", _l("本项目的施工图内审（CS-12）尚未关闭"))
        seen: set[tuple[Any, ...]] = set()
        for row in self.drawings.rows:
            drawing = (row.speciality.data, row.no.data)
            if all(drawing) and drawing in seen:
                row.refuse("no", _l("这个图号填写了两行，请合并"))
            seen.add(drawing)

    @staticmethod
    @after(
        "drawing_review_result",
        _l("合格证书登记入外来证照批文台帐，手续进度记下办理结果；通过后可以办结前期手续"),
    )
    def decide(record: Filed) -> Iterator[Effect]:
        """The certificate enters the ledger; with it the last of the stages has passed."""
        yield from permits.decided(record, STAGE, "drawing_certificate")
        if record["decision"] != "granted":
            return
        yield from external_papers.registered(record, "drawing_certificate", _l("施工图审查合格证书"))
        project = record["project"]
        text = _l("%(project)s：施工图审查已通过，可以办结前期手续（PL-01）", project=project.text)
        yield Tells(works.holder(project.id, "planning_manager"), text)
