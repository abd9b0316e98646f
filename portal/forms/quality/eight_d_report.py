"""QA-15 纠正预防8D报告."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import equals
from portal.domain.deadlines import hours, weeks, working_days
from portal.domain.effects import Effect, Opens, Tells, after
from portal.domain.signoff import Back, Route, Step, person_in, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.moments import refuse_future
from portal.forms.quality.actions import Measure, follow, proven
from portal.forms.references import Attachments, Customer, Department, Person, Product, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import works


class Member(Sheet):
    """One of the team."""

    person_ = Person(_l("成员"))
    task = Text(_l("职责"))


class InterimAction(Sheet):
    """Something done at once, so that no more harm comes of the problem."""

    action = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    done_on = Day(_l("完成"))

    def check(self) -> None:
        """It has been done."""
        refuse_future(self, "done_on")


class CorrectiveAction(Sheet):
    """Something that takes the cause away for good."""

    action = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))


class Containment(Stage):
    """D3."""

    interim_actions = Rows(_l("临时措施"), InterimAction)


class RootCause(Stage):
    """D4."""

    root_cause_text = LongText(_l("根本原因"))
    escape_cause = LongText(_l("流出原因"))
    cause_method = Choice(
        _l("分析方法"),
        {"five_whys": _l("5个为什么"), "fishbone": _l("鱼骨图"), "trial": _l("试验"), "other": _l("其他")},
    )


class Correction(Stage):
    """D5."""

    corrective_actions = Rows(_l("纠正措施"), CorrectiveAction)


class Implementation(Stage):
    """D6."""

    implemented = LongText(_l("实施情况"))
    trial_result = LongText(_l("验证结果"), required=False)


class Prevention(Stage):
    """D7."""

    preventive_actions = LongText(_l("预防措施"))
    documents_to_change = Text(_l("需修改的文件"), required=False)


class Verification(Stage):
    """Whether the cause is gone."""

    effective = YesNo(_l("有效"))


class Closing(Stage):
    """D8."""

    lessons = LongText(_l("总结及表彰"))


class EightDReport(CompanyForm):
    """Leads a team from a problem to its cause and to what keeps it from coming back."""

    code = "QA-15"
    name = _l("纠正预防8D报告")
    slug = "8d-reports"
    section = "quality_satisfaction"
    procedure = "QA-P-02#corrective-action"
    opened_by = ("quality_inspector", "department_head")
    covers = ("《纠正预防8D报告》",)
    columns = (
        "number", "source_record", "subject", "responsible_department", "team_leader", "found_on", "customer",
        "cause_method", "effective", "current_step", "due_at", "status",
    )  # fmt: skip

    source_record = RecordLink(
        _l("来源"), "QA-13", "QA-17", "CS-59", "QA-01", "QA-05", "EN-26", "IS-13", "IS-06"
    )
    subject = Text(_l("主题"))
    responsible_department = Department(_l("责任部门"))
    team_leader = Person(_l("组长"))
    team = Rows(_l("D1小组成员"), Member)
    problem = LongText(_l("D2问题描述"))
    found_on = Day(_l("发现日期"))
    customer = Customer(_l("顾客"), required=False)
    product = Product(_l("产品"), required=False)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "containment",
            _l("D3 临时措施"),
            person_in("team_leader"),
            meaning="filled",
            within=hours(24),
            fills=Containment,
        ),
        Step(
            "root_cause",
            _l("D4 根本原因"),
            person_in("team_leader"),
            meaning="filled",
            within=working_days(5),
            fills=RootCause,
        ),
        Step(
            "corrective_action",
            _l("D5 永久纠正措施"),
            person_in("team_leader"),
            meaning="filled",
            within=working_days(7),
            fills=Correction,
        ),
        Step(
            "implementation",
            _l("D6 实施及验证"),
            person_in("team_leader"),
            meaning="done",
            within=weeks(3),
            fills=Implementation,
        ),
        Step(
            "prevention",
            _l("D7 预防再发"),
            person_in("team_leader"),
            meaning="filled",
            within=weeks(4),
            fills=Prevention,
        ),
        Step(
            "verification",
            _l("质量部有效性验证"),
            role("quality_manager"),
            meaning="verified",
            within=weeks(1),
            fills=Verification,
            on_refusal=Back("root_cause"),
            outcomes=(Back("root_cause", when=equals("effective", False)),),
        ),
        Step(
            "closing",
            _l("D8 总结关闭"),
            role("quality_manager"),
            meaning="done",
            within=working_days(3),
            fills=Closing,
        ),
    )

    def heading(self) -> str:
        """The subject."""
        return self.subject.data or ""

    def check(self) -> None:
        """It was found by now; each of the team stands once."""
        refuse_future(self, "found_on")
        named = [row["person"] for row in self.team.data if row["person"]]
        ids = [one.id for one in named]
        double = next((one.text for one in named if ids.count(one.id) > 1), None)
        if double:
            self.refuse("team", _l("%(who)s填写了两行，请删去一行"), who=double)

    @staticmethod
    @after("closing", _l("纠正措施和预防措施登记入纠正改进措施台帐；期限未到的，生成纠正改进措施跟踪表草稿"))
    def post_actions(record: Filed) -> Iterator[Effect]:
        """What the team did is done and proven here; what is still to come is followed further."""
        lines: list[Measure] = [
            (line["action"], line["owner"], line["due"]) for line in record["corrective_actions"]
        ]
        closed, of = day(record.now), record["responsible_department"]
        done = [line for line in lines if line[2] is None or line[2] <= closed]
        done.append((record["preventive_actions"], record["team_leader"], None))
        yield from proven(record, done, record["implemented"], department=of)
        ahead = [line for line in lines if line[2] is not None and line[2] > closed]
        yield from follow(record, ahead, department=of, first=len(done) + 1)

    @staticmethod
    @after("closing", _l("需修改文件时生成文件更改申请单草稿"))
    def open_document_change(record: Filed) -> Iterator[Effect]:
        """What the team learned goes into the procedures."""
        if record["documents_to_change"]:
            yield Opens(
                "DC-02",
                {
                    "request_kind": "change",
                    "affected_documents": record["documents_to_change"],
                    "reason": record["preventive_actions"],
                },
                to=f"person:{record['team_leader'].id}",
                names_as="source_record",
            )

    @staticmethod
    @after("closing", _l("结果告知来源记录的发起人"))
    def tell_source(record: Filed) -> Iterator[Effect]:
        """Whoever raised the problem hears that it is solved."""
        origin = works.origin(record["source_record"].id)
        if origin:
            yield Tells(
                f"person:{origin[1]}",
                _l(
                    "%(source)s：8D报告%(number)s已关闭，措施验证有效",
                    source=record["source_record"].text,
                    number=record.number,
                ),
            )
