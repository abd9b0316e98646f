"""DC-01 文件编制审批发布单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals, filled
from portal.domain.deadlines import working_days
from portal.domain.effects import (
    CORRECTED,
    SUBMITTED,
    Effect,
    SendsRevision,
    Updates,
    after,
)
from portal.domain.signoff import Route, Step, either, head_of, heads_in, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.kinds import SERVED
from portal.forms.quality import document_in_force as in_force
from portal.forms.quality import document_release_checks as checks
from portal.forms.quality import released_texts as texts
from portal.forms.quality.document_words import FOR_EITHER, FOR_GENERAL_MANAGER, KINDS
from portal.forms.references import Attachments, Department, RecordLink, Revision
from portal.lib.i18n import _l
from portal.queries import documents

RELEASED, CONFIRMED = equals("purpose", "release"), equals("purpose", "confirm")


class Distribution(Sheet):
    """A department that gets copies."""

    department = Department(_l("部门"))
    copies = Integer(_l("份数"), low=1, high=999)


class Countersigner(Sheet):
    """A department other than the applicant's own that owns the document or gets copies, so that its head is heard."""

    department = Department(_l("部门"), computed=True)


class Release(Stage):
    """The day from which on the version is in force."""

    effective_on = Day(_l("生效日期"), when=RELEASED)

    def proposal(self) -> dict[str, Any]:
        """As planned, if that is not over."""
        planned = self.context.get("planned_effective_on")
        return {"effective_on": max(planned, self.today)} if planned else {}

    def check(self) -> None:
        """Nothing is in force before it is released, nor reviewed before it is in force."""
        given, review = self.effective_on.data, self.context.get("next_review_on")
        if given and given < self.today:
            self.refuse("effective_on", _l("生效日期不能早于发布当天，文件发布后才能执行"))
        elif given and review and given >= review:
            self.refuse("effective_on", _l("生效日期须早于下次评审日期 %(day)s"), day=review.isoformat())


class DocumentRelease(CompanyForm):
    """Brings a document, or a new version of one, from its draft into force; or confirms one that was reviewed."""

    code = "DC-01"
    name = _l("文件编制审批发布单")
    slug = "document-releases"
    section = "document_control"
    procedure = "DC-P-01#release"
    opened_by = ("employee",)
    covers = ("盘点规定(文件)", "策略声明(信息安全方针)", "营销计划")
    columns = (
        *("number", "document_no", "title", "document_kind", "version", "owner_department"),
        *("planned_effective_on", "effective_on", "current_step", "due_at", "status"),
    )

    purpose = Choice(
        _l("办理事项"),
        {"release": _l("编制或修订"), "confirm": _l("复审后维持不变")},
        help=_l("复审后要修改的文件，请先填写文件更改申请单（DC-02）"),
    )
    document_no = Text(_l("文件编号"), max=40)
    title = Text(_l("文件名称"))
    document_kind = Choice(_l("文件类别"), KINDS)
    issuer = Text(
        _l("发布单位"),
        when=equals("document_kind", "external"),
        help=_l("标准、法规、客户图纸等外来文件由谁发布"),
    )
    version = Text(_l("版本"), max=40)
    owner_department = Department(_l("归口部门"))
    text = Revision(
        _l("正文"),
        required=False,
        when=RELEASED,
        help=_l("在门户文件库中编写的草稿；编号、名称、类别、版本和归口部门以草稿为准"),
    )
    text_sha256 = Text(_l("正文指纹（SHA-256）"), computed=True, required=False, when=RELEASED)
    package = Rows(
        _l("一并审批发布的文件"),
        texts.PackagedText,
        required=False,
        when=filled("text"),
        help=_l("同一次修订涉及的其他文件，一起审批、一起生效"),
    )
    change_summary = LongText(_l("编制或修订说明"), help=_l("复审后维持不变的，写明评审结论"))
    change_request = RecordLink(
        _l("更改申请"),
        "DC-02",
        required=False,
        when=RELEASED,
        help=_l("修订现有文件时必须选择已办结的文件更改申请单"),
    )
    document_file = Attachments(
        _l("文件正文"), required=False, when=RELEASED, help=_l("不在文件库中编写的文件，上传正文")
    )
    flow_chart = Attachments(_l("流程图"), required=False, when=RELEASED)
    planned_effective_on = Day(_l("计划生效日期"), when=RELEASED)
    next_review_on = Day(_l("下次评审日期"))
    distribution = Rows(_l("发放部门"), Distribution, when=RELEASED)
    countersigners = Rows(_l("会签部门"), Countersigner, computed=True, required=False, when=RELEASED)

    signoff = Route(
        Step(
            "department_check",
            _l("部门负责人审核"),
            head_of(),
            meaning="checked",
            within=working_days(2),
        ),
        Step(
            "countersign",
            _l("相关部门会签"),
            heads_in("countersigners", "department"),
            meaning="confirmed",
            within=working_days(3),
            when=filled("countersigners"),
            clause="DC-P-01#countersign",
        ),
        Step(
            "approval",
            _l("批准"),
            either(role("management_representative"), role("general_manager")),
            within=working_days(3),
            when=FOR_EITHER,
            clause="DC-P-01#approval",
        ),
        Step(
            "gm_approval",
            _l("总经理批准"),
            role("general_manager"),
            within=working_days(3),
            when=FOR_GENERAL_MANAGER,
            clause="DC-P-01#approval",
        ),
        Step(
            "release",
            _l("文件发布"),
            role("document_controller"),
            meaning="done",
            within=working_days(1),
            fills=Release,
            clause="DC-P-01#effective",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """A new document or version, as most are."""
        return {"purpose": "release"}

    def heading(self) -> str:
        """The title with number and version."""
        return " ".join(filter(None, (self.title.data, self.document_no.data, self.version.data)))

    def compute(self) -> None:
        """The text says what it is. Owner and whoever gets copies countersign, but the applicant's own department, whose head has checked."""
        super().compute()
        texts.tell(self)
        own = self.person.person.department_id if self.person is not None else None
        named = [line["department"] for line in self.distribution.data if line["department"]]
        if self.owner_department.data:  # whose document it is has a word, whoever has written it
            named.insert(0, self.owner_department.data)
        others = {one.id: one for one in named if one.id != own}
        self.countersigners.fill({"department": one} for one in others.values())

    def check(self) -> None:
        """One effective version a document, each under a number of its own, no change without a request."""
        number = self.document_no.data or ""
        if number == documents.SYSTEM:
            self.refuse(
                "document_no", _l("客户服务体系的版本由客户服务体系审批表（CS-02）批准，请填写那张表")
            )
        elif number in SERVED:
            self.refuse(
                "document_no",
                _l("“%(number)s”是表单编号；记录不列入受控文件清单，请填写文件编号"),
                number=number,
            )
        elif number and (other := documents.release_under_way(number, but=self.itself)):
            self.refuse("document_no", _l("该文件正由 %(number)s 办理发布，请待其办结"), number=other)
        checks.days(self)
        found = documents.by_number(number) if number else None
        if self.purpose.data == "confirm":
            checks.confirmed(self, found)
            return
        texts.check(self)
        if found is not None:
            checks.revision(self, found)
        else:
            checks.request(self, None)
        named = [line["department"].id for line in self.distribution.data if line["department"]]
        if len(set(named)) < len(named):
            self.refuse("distribution", _l("同一部门只填一行，请把份数合并"))

    @staticmethod
    @after(SUBMITTED, _l("文件库中的草稿送审，审批期间锁定"))
    def send(record: Filed) -> Iterator[Effect]:
        """The texts are locked as long as they go round."""
        yield from (SendsRevision(id, sha256) for id, sha256 in texts.named(record))

    @staticmethod
    @after(CORRECTED, _l("修改后的草稿重新送审"))
    def send_again(record: Filed) -> Iterator[Effect]:
        """So are those that a later round brings."""
        yield from (SendsRevision(id, sha256) for id, sha256 in texts.named(record))

    @staticmethod
    @after("release", _l("受控文件清单登记新版本，原版本作废；维持不变的只更新下次评审日期"))
    def put_in_force(record: Filed) -> Iterator[Effect]:
        """One version is in force from now on, and every former one obsolete."""
        found = documents.by_number(record["document_no"])
        if record["purpose"] == "confirm":
            if found is not None:
                yield Updates("document", found.id, {"next_review_on": record["next_review_on"]})
            return
        yield from in_force.effects(record)
