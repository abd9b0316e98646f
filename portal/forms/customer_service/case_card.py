"""CS-07 问题说明及取证记录."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, PostsEntry, Shares, after
from portal.domain.signoff import Back, Route, Step, head_of, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.customer_service.case_words import AVOID_AT, GROUPS
from portal.forms.fields import Choice, LongText, Moment, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Customer, Department, Person, Photos, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import cases, goods

REFUSES = equals("accepts_responsibility", False)


class LessonsAnalysis(Stage):
    """Why it happened, what it teaches, and whose matter it is."""

    cause = LongText(_l("原因分析"))
    lesson_learned = LongText(_l("经验教训"))
    responsible_department = Department(_l("责任部门"))
    how_to_avoid = LongText(_l("规避措施"))
    avoid_at_stage = Choice(_l("应规避阶段"), AVOID_AT)


class DepartmentAnswer(Stage):
    """Whether the department takes the responsibility; if not, why."""

    accepts_responsibility = YesNo(_l("是否认可"))
    department_opinion = LongText(_l("责任部门意见说明"), required=False, required_when=REFUSES)


class Ruling(Stage):
    """The general manager's word on whose matter it is."""

    ruled_department = Department(_l("裁定责任部门"))


class LibraryEntry(Stage):
    """How the case is called and found in the library."""

    case_title = Text(_l("案例标题"))
    keywords = Text(_l("关键词"), help=_l("用顿号分开，例如：外墙、渗水、窗台"))


class CaseCard(CompanyForm):
    """Puts a problem down with photographs and draws the lesson, so that new projects avoid it."""

    code = "CS-07"
    name = _l("问题说明及取证记录")
    slug = "case-cards"
    section = "case_library"
    procedure = "CS-P-02#evidence"
    opened_by = ("customer_service_officer",)
    covers = ("问题说明及取证记录(附照片)", "客户服务案例库台帐(案例卡)", "经验教训分析及责任部门认定表")
    columns = (
        *("number", "customer", "project", "found_at", "place", "category", "taken_by", "avoid_at_stage"),
        *("accepts_responsibility", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    project = Project(_l("项目"))
    source_record = RecordLink(_l("来源受理记录"), "CS-90", "CS-51", "CS-76", required=False)
    found_at = Moment(_l("发现时间"))
    place = Text(_l("部位"))
    problem_statement = LongText(_l("问题说明"))
    evidence_photos = Photos(_l("照片"), help=_l("至少一张，能看清问题部位"))
    category = Choice(_l("问题类别"), GROUPS)
    taken_by = Person(_l("取证人"))
    customer_demand = LongText(_l("客户诉求"), required=False)

    signoff = Route(
        Step(
            "lessons_analysis",
            _l("经验教训分析及责任部门认定"),
            role("customer_service_officer"),
            meaning="filled",
            within=weeks(1),
            fills=LessonsAnalysis,
            clause="CS-P-02#lessons",
        ),
        Step(
            "department_answer",
            _l("责任部门意见"),
            head_of("responsible_department"),
            meaning="confirmed",
            within=working_days(3),
            fills=DepartmentAnswer,
            on_refusal=Back("lessons_analysis"),
            clause="CS-P-02#lessons",
        ),
        Step(
            "gm_ruling",
            _l("总经理裁定"),
            role("general_manager"),
            within=working_days(3),
            when=REFUSES,
            fills=Ruling,
            on_refusal=Back("lessons_analysis"),
            clause="CS-P-02#lessons",
        ),
        Step(
            "library_entry",
            _l("案例入库"),
            role("customer_service_director"),
            meaning="checked",
            within=working_days(3),
            fills=LibraryEntry,
            clause="CS-P-02#library-entry",
        ),
    )

    def heading(self) -> str:
        """Where the problem is, and in which project."""
        project = self.project.data
        return f"{project.text if project else ''} {self.place.data or ''}".strip()

    def check(self) -> None:
        """A problem is put down after it was found; what it comes from is the customer's own."""
        if self.found_at.data and self.found_at.data > self.now:
            self.refuse("found_at", _l("发现时间不能晚于现在，请核对日期和时间"))
        source, customer = self.source_record.data, self.customer.data
        about = goods.named(source.id, "customer") if source and source.id else None
        if customer and about and about != customer.id:
            self.refuse("source_record", _l("该受理记录不是这个客户的，请核对客户或来源受理记录"))

    @staticmethod
    @after("library_entry", _l("登记案例库，各部门可查"))
    def enter(record: Filed) -> Iterator[Effect]:
        """The department is the one ruled, where the first one named has refused."""
        refused = record["accepts_responsibility"] is False
        responsible = record["ruled_department" if refused else "responsible_department"]
        yield PostsEntry(
            cases.LIBRARY,
            {
                "case_no": record.number,
                "title": record["case_title"],
                "keywords": record["keywords"],
                "category": record["category"],
                "project": record["project"].text,
                "project_named": {"id": record["project"].id, "text": record["project"].text},
                "problem": record["problem_statement"],
                "photos": "、".join(file["name"] for file in record["evidence_photos"]),
                "lesson": record["lesson_learned"],
                "responsible_department": responsible.text,
                "how_to_avoid": record["how_to_avoid"],
                "stage": record["avoid_at_stage"],
            },
            customer_id=record["customer"].id,
        )
        yield Shares(cases.readers())
