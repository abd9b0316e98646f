"""QA-01 质量信息传递单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.conditions import any_of, equals
from portal.domain.deadlines import days, hours, working_days
from portal.domain.effects import CORRECTED, SUBMITTED, Asks, Effect, Opens, Shares, Tells, after
from portal.domain.signoff import Back, Onward, Route, Step, applicant, every, head_of, role
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, LongText, Moment, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.moments import refuse_future
from portal.forms.quality import own
from portal.forms.quality.archive import archived
from portal.forms.quality.quality_information_stages import (
    EIGHT_D,
    NONCONFORMITY,
    STOPS,
    BatchOrStop,
    Filing,
    Instruction,
    JointSolution,
    QualityHandling,
    TechnicalDecision,
)
from portal.forms.references import Attachments, Department, Product, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import archive as books
from portal.queries import characteristics

A, B, C = "class_a", "class_b", "class_c_ordinary_added"
CLASSES = {A: _l("A类"), B: _l("B类"), C: _l("C类(补充:一般信息)")}
BATCH, OPINION = "batch_quality_accident", "important_customer_opinion_or_complaint"
SERIOUS, HARD, OTHER = "serious_nonconforming_item_or_defect", "problem_hard_to_solve_alone", "other"
ITEMS = {A: (BATCH, STOPS, OPINION), B: (SERIOUS, HARD), C: (OTHER,)}  # R73
MANAGER = "role:quality_manager"
TOLD = {  # R73: whom a class concerns, and within how many hours they read it
    A: ((MANAGER, "role:deputy_general_manager", "role:management_representative"), 1),
    B: ((MANAGER,), 24),
    C: ((), 0),
}
SUBJECT = 60  # characters of the information that a report is called by


class QualityInformation(CompanyForm):
    """Passes quality information on to those whom its class concerns, and follows it until the originator is content."""

    code = "QA-01"
    name = _l("质量信息传递单")
    slug = "quality-information"
    section = "quality_satisfaction"
    procedure = "QA-P-01#raising"
    opened_by = ("employee",)
    covers = ("质量信息传递单", "批量质量事故/停产质量问题报告", "生产技术问题处理单")
    columns = (
        *("number", "information_class", "class_item", "found_at", "department", "place", "product"),
        *("follow_up", "drawing_change_needed", "current_step", "due_at", "status"),
    )

    information_class = Choice(_l("质量信息类别"), CLASSES)
    class_item = Choice(
        _l("类别内容"),
        {
            BATCH: _l("批量质量事故"),
            STOPS: _l("造成停产的重大质量问题"),
            OPINION: _l("顾客查询的重要意见,顾客投诉"),
            SERIOUS: _l("生产中发生的严重不合格项目或质量缺陷"),
            HARD: _l("生产过程中的质量问题,自己难以解决的"),
            OTHER: _l("其他"),
        },
        help=_l("前三项属 A 类，随后两项属 B 类，“其他”属 C 类"),
    )
    found_at = Moment(_l("发现时间"))
    department = Department(_l("提出部门"))
    product = Product(_l("产品"), required=False)
    batch = Text(_l("批号"), max=60, required=False)
    place = Text(_l("发生地点(工序)"))
    description = LongText(_l("质量信息内容"))
    evidence = Attachments(_l("证据"), required=False)
    source_record = RecordLink(
        _l("来源记录"), "CS-51", "CR-03", "CS-39", "QA-03", "QA-05", "EN-26", "PU-06", "IC-01", required=False
    )
    tried_already = LongText(_l("已采取措施"), required=False)

    signoff = Route(
        Step("department_sign", _l("部门负责人确认"), head_of("department"), "confirmed", hours(1)),
        Step(
            "batch_or_stop",
            _l("批量事故或停产报告"),
            role("quality_inspector"),
            meaning="filled",
            within=days(1),
            when=any_of(equals("class_item", BATCH), equals("class_item", STOPS)),
            fills=BatchOrStop,
            clause="QA-P-01#batch-or-stop",
        ),
        Step(
            "quality_handling",
            _l("质量部处理"),
            role("quality_manager"),
            meaning="done",
            within=hours(24),
            fills=QualityHandling,
            clause="QA-P-01#handling",
        ),
        Step(
            "joint_solution",
            _l("生产技术与设计人员商讨解决"),
            every(role("production_engineer"), role("rd_engineer")),
            meaning="filled",
            within=hours(24),
            when=equals("class_item", HARD),
            fills=JointSolution,
            on_refusal=Onward("technical_decision"),
            clause="QA-P-01#hard-problems",
        ),
        Step(
            "technical_decision",
            _l("技术部经理决定"),
            role("rd_manager"),
            meaning="filled",
            within=hours(24),
            when=equals("solved", False),
            fills=TechnicalDecision,
            clause="QA-P-01#hard-problems",
        ),
        Step(
            "information_centre_file",
            _l("信息中心归档"),
            role("information_officer"),
            meaning="posted",
            within=working_days(2),
            fills=Filing,
            clause="QA-P-01#filing",
        ),
        Step(
            "management_read",
            _l("主管副总经理及管理者代表阅示"),
            every(role("deputy_general_manager"), role("management_representative")),
            meaning="acknowledged",
            within=days(1),
            when=equals("information_class", A),
            fills=Instruction,
            clause="QA-P-01#filing",
        ),
        Step(
            "originator_confirm",
            _l("提出部门确认关闭"),
            applicant(),
            meaning="confirmed",
            within=working_days(3),
            on_refusal=Back("quality_handling"),
            clause="QA-P-01#closing",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Found just now, by the own department."""
        return {"found_at": self.now, "department": own.department(self.person.id)}

    def heading(self) -> str:
        """The information in short."""
        return (self.description.data or "")[:SUBJECT]

    def check(self) -> None:
        """R73: what it is about belongs to its class; it was found by now."""
        class_, item = self.information_class.data, self.class_item.data
        right = next((one for one, items in ITEMS.items() if item in items), None)
        if class_ in ITEMS and right not in (None, class_):
            self.refuse(
                "class_item",
                _l("这项内容属于%(right)s，请改选类别或类别内容"),
                right=CLASSES[right],
            )
        refuse_future(self, "found_at")

    @staticmethod
    @after(SUBMITTED, _l("告知该类信息的有关人员：A 类 1 小时内、B 类 24 小时内阅知"))
    def tell(record: Filed) -> Iterator[Effect]:
        """R73: those whom the class concerns hear of it at once."""
        yield from _told(record)

    @staticmethod
    @after(CORRECTED, _l("更正后：按更正后的类别告知有关人员"))
    def tell_anew(record: Filed) -> Iterator[Effect]:
        """A sheet may turn out to be of another class."""
        yield from _told(record)

    @staticmethod
    @after("quality_handling", _l("按后续生成纠正预防8D报告或严重不合格/质量缺陷处理单的草稿"))
    def go_on(record: Filed) -> Iterator[Effect]:
        """A problem that has a cause to be found, or goods to be dealt with, gets a form of its own."""
        if record["follow_up"] == EIGHT_D:
            yield Opens("QA-15", _eight_d(record), to="role:quality_inspector", names_as="source_record")
        elif record["follow_up"] == NONCONFORMITY:
            yield Opens(
                "QA-05", _nonconformity(record), to="role:quality_inspector", names_as="source_record"
            )

    @staticmethod
    @after("joint_solution", _l("需修改资料时生成更改通知的草稿"))
    def change_drawings(record: Filed) -> Iterator[Effect]:
        """What they have found stands in the drawings from now on."""
        yield from _drawings(record, "drawing_change_needed", "solution")

    @staticmethod
    @after("technical_decision", _l("需修改资料时生成更改通知的草稿"))
    def change_decided(record: Filed) -> Iterator[Effect]:
        """The same of what the technical manager has decided."""
        yield from _drawings(record, "decided_drawing_change", "technical_decision")

    @staticmethod
    @after("information_centre_file", _l("登记入信息归档保管台帐"))
    def archive(record: Filed) -> Iterator[Effect]:
        """The centre keeps the sheet under its code; in a later round it stands there already."""
        code = record["archive_code"]
        if books.kept_under(code) != record.number:
            yield archived(
                record,
                "quality",
                record["description"][:SUBJECT],
                code=code,
                origin=record["department"].text,
            )


def _told(record: Filed) -> Iterator[Effect]:
    keys, within = TOLD[record["information_class"]]
    if not keys:
        return
    class_ = CLASSES[record["information_class"]]
    yield Shares(keys)
    for key in keys:
        yield Tells(key, _l("%(class_)s质量信息 %(number)s，请阅知", class_=class_, number=record.number))
        yield Asks(_l("阅知%(class_)s质量信息", class_=class_), key, record.now + timedelta(hours=within))


def _eight_d(record: Filed) -> dict[str, Any]:
    return {
        "subject": record["description"][:SUBJECT],
        "responsible_department": record["responsible_department"],
        "problem": record["description"],
        "found_on": day(record["found_at"]),
        "product": record["product"],
        "attachments": record["evidence"],
    }


def _nonconformity(record: Filed) -> dict[str, Any]:
    return {
        "product": record["product"],
        "batch": record["batch"],
        "quantity": record["quantity_affected"],
        "actual_state": record["description"],
        "found_at": record["found_at"],
    }


def _drawings(record: Filed, asked: str, content: str) -> Iterator[Effect]:
    if record[asked]:
        product = record["product"]
        project = characteristics.project_of(product.id) if product else None
        answers = {
            "product": Ref(project.id, project.label) if project else None,
            "new_content": record[content],
            "reason": " ".join(
                filter(None, (record.number, product.text if product else "", record["description"]))
            ),
        }
        yield Opens("RD-22", answers, to="role:rd_engineer")
