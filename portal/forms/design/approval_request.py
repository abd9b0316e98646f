"""PL-08 核准请示."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, after
from portal.domain.signoff import Route, Step, applicant
from portal.forms.base import CompanyForm, Stage
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import Choice, LongText, Money, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.kinds import Ref
from portal.forms.references import Project, RecordLink
from portal.lib.i18n import _l

STAGE = "approval"
EXPLANATION, CONDITIONS, TENDER_FORM = 1, 4, 5  # rows of the materials
AGREEMENT, LICENCE, APPROVAL = _l("投资协议"), _l("企业营业执照"), _l("立项文件")
CERTIFICATES = {
    "approval_certificate": _l("立项文件(核准证)"),
    "record_certificate": _l("立项文件(备案证)"),
}


class Explanation(Stage):
    """核准说明: the second of the six materials, written while the request goes on its way."""

    necessity = LongText(_l("项目建设必要性"))
    siting_and_land = LongText(_l("选址及用地说明"))
    resources_and_environment = LongText(_l("资源利用及环境影响说明"))
    social_benefit = LongText(_l("经济和社会效益"))


class ApprovalResult(permits.PermitResult):
    """What the approval bureau has decided, and its certificate."""

    papers = ("approval",)

    result_kind = Choice(
        _l("文件类型"),
        {"approval_certificate": _l("核准证"), "record_certificate": _l("备案证")},
        when=permits.GRANTED,
    )
    approval_no = external_papers.number(APPROVAL, when=permits.GRANTED)
    approval_issuer = external_papers.issuer(APPROVAL, _l("审批局"), when=permits.GRANTED)
    approval_issue_date = external_papers.issued(APPROVAL, when=permits.GRANTED)
    approval_expiry_date = external_papers.expires(APPROVAL, when=permits.GRANTED)
    approval_scan = external_papers.scan(APPROVAL, when=permits.GRANTED)

    def check(self) -> None:
        """Who asks for approval gets its certificate, who has the project recorded the other."""
        super().check()
        wanted = self.context.get("approval_kind")
        if self.result_kind.data and wanted and not self.result_kind.data.startswith(wanted):
            self.refuse("result_kind", _l("文件类型与立项方式不符"))


class ApprovalRequest(permits.Application, CompanyForm):
    """Asks for the approval of a project, or for its being put on record, with six materials (R40)."""

    code = "PL-08"
    name = _l("核准请示")
    slug = "approval-requests"
    section = "planning_permits"
    procedure = "PL-P-01#project-approval"
    opened_by = ("planning_officer", "land_development_manager")
    readers = permits.READERS
    covers = ("核准说明", "投资协议(及企业营业执照)", "立项文件(备案证/核准证)")
    columns = (
        "number", "project", "construction_unit", "approval_kind", "request_to", "investment", "report",
        "result_kind", "approval_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    approval_kind = Choice(_l("立项方式"), {"approval": _l("核准"), "record": _l("备案")})
    request_to = Text(_l("请示机关"), default=lambda: str(_l("审批局")))
    request_text = LongText(_l("请示内容"))
    scale = LongText(_l("建设规模及内容"))
    investment = Money(_l("总投资"))
    report = RecordLink(_l("可行性研究报告或申请报告"), "PL-04")
    conditions = RecordLink(_l("规划设计条件"), "PL-05", help=_l("报批资料第5项"))
    tender_form = RecordLink(_l("招标不招标申请表"), "PL-11", help=_l("报批资料第6项"))
    agreement_no = external_papers.number(AGREEMENT)
    agreement_issuer = external_papers.issuer(AGREEMENT, _l("投资方"))
    agreement_issue_date = external_papers.issued(AGREEMENT)
    agreement_expiry_date = external_papers.expires(AGREEMENT)
    agreement_scan = external_papers.scan(AGREEMENT)
    licence_no = external_papers.number(LICENCE)
    licence_issuer = external_papers.issuer(LICENCE, _l("市场监督管理局"))
    licence_issue_date = external_papers.issued(LICENCE)
    licence_expiry_date = external_papers.expires(LICENCE)
    licence_scan = external_papers.scan(LICENCE)
    materials = Checklist(
        _l("报批资料"),
        (
            _l("核准请示"),
            _l("核准说明"),
            _l("投资协议"),
            _l("企业营业执照"),
            _l("规划设计条件"),
            _l("招标不招标申请表"),
        ),
        row=Material,
        help=_l("“核准说明”在下一步填写，此时可未备齐；其余五项须备齐"),
    )

    signoff = Route(
        Step(
            "approval_explanation",
            _l("核准说明"),
            applicant(),  # so that a second officer is left to count the materials
            meaning="filled",
            within=working_days(2),
            fills=Explanation,
            clause="PL-P-01#approval-explanation",
        ),
        *permits.steps("project_approval_result", _l("立项批复"), ApprovalResult),
    )

    def proposal(self) -> dict[str, Any]:
        """What is known of the project, with its report, conditions and tender form."""
        return project_papers.known(self)

    def compute(self) -> None:
        """R40: the fifth and sixth materials are the records named above."""
        super().compute()
        for at, field in ((CONDITIONS, self.conditions), (TENDER_FORM, self.tender_form)):
            if isinstance(field.data, Ref):
                paper = self.materials.rows[at].paper
                paper.data, paper.text, paper.process_errors = field.data, field.data.text, []

    def check(self) -> None:
        """R40: six materials of this project; the explanation is written before anything is handed in."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_nothing(self, "investment")
        permits.refuse_unready(self, self.materials, but=(EXPLANATION,))
        for prefix in ("agreement", "licence"):
            external_papers.check_enclosed(self, prefix)
        project_papers.refuse_foreign(self)

    @staticmethod
    @after(
        "project_approval_result",
        _l("投资协议、营业执照和立项文件登记入外来证照批文台帐，手续进度记下办理结果"),
    )
    def register_approval(record: Filed) -> Iterator[Effect]:
        """The certificate and both papers enter the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "agreement", _l("投资协议"))
            yield from external_papers.registered(record, "licence", _l("企业营业执照"))
            paper = CERTIFICATES[record["result_kind"]]
            yield from external_papers.registered(record, "approval", paper)
        yield from permits.decided(record, STAGE, "approval")
