"""IC-07 例会记录(会议纪要)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import hours, working_days
from portal.domain.effects import FINISHED, Asks, Effect, after
from portal.domain.signoff import Route, Step, heads_in, person_in
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Day, LongText, Moment, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality import own
from portal.forms.quality.actions import follow
from portal.forms.references import Attachments, Department, Person
from portal.lib.clock import day
from portal.lib.i18n import _l


class Attendee(Sheet):
    """Somebody who was asked to come."""

    person_ = Person(_l("人员"))
    department = Department(_l("部门"), computed=True)
    present = YesNo(_l("出席"))

    def compute(self) -> None:
        """The department that the person works in."""
        super().compute()
        who = next(field.data for field in self if field.short_name == "person")
        self.department.data = own.department(who.id) if who and who.id else None


class Decision(Sheet):
    """What was decided, who does it, until when."""

    decision = LongText(_l("决议"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))
    improvement = YesNo(_l("属改进措施"), required=False)


class MeetingMinutes(CompanyForm):
    """Keeps what a meeting talked about and decided, and sees that the decisions are carried out."""

    code = "IC-07"
    name = _l("例会记录(会议纪要)")
    slug = "minutes"
    section = "information_centre"
    procedure = "QA-P-01#meetings"
    opened_by = ("employee",)
    columns = (
        "number", "meeting", "held_at", "place", "chair", "recorder", "current_step", "due_at", "status",
    )  # fmt: skip

    meeting = Text(_l("会议名称"))
    held_at = Moment(_l("时间"))
    place = Text(_l("地点"))
    chair = Person(_l("主持人"))
    recorder = Person(_l("记录人"))
    attendees = Rows(_l("参加人"), Attendee)
    topics = LongText(_l("议题及内容"))
    decisions = Rows(
        _l("决议"), Decision, help=_l("属改进措施的转入纠正改进措施跟踪，其他的成为负责人的待办")
    )
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "chair_sign",
            _l("主持人审核"),
            person_in("chair"),
            meaning="confirmed",
            within=hours(24, since="held_at"),
        ),
        Step(
            "acknowledgement",
            _l("参会部门确认"),
            heads_in("attendees", "department"),
            meaning="acknowledged",
            within=working_days(2),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Whoever writes it down."""
        return {"recorder": Ref(self.person.id, self.person.person.label), "held_at": self.now}

    def heading(self) -> str:
        """The meeting."""
        return self.meeting.data or ""

    def check(self) -> None:
        """The meeting was held, with its chair; each person stands once; what was decided lies ahead of it."""
        moments.refuse_future(self, "held_at")
        rows = [row for row in self.attendees.data if row["person"]]
        ids = [row["person"].id for row in rows]
        double = next((row["person"].text for row in rows if ids.count(row["person"].id) > 1), None)
        if double:
            self.refuse("attendees", _l("%(who)s填写了两行，请删去一行"), who=double)
        away = {row["person"].id for row in rows if row["present"] is False}
        for name, label in (("chair", self.chair), ("recorder", self.recorder)):
            if label.data and label.data.id in away:
                self.refuse(name, _l("参加人中这位标为未出席，请核对"))
        held = self.held_at.data
        early = [row for row in self.decisions.data if held and row["due"] and row["due"] < day(held)]
        if early:
            self.refuse("decisions", _l("决议的期限不能早于会议当天"))

    @staticmethod
    @after("chair_sign", _l("决议成为负责人的待办"))
    def carry_out(record: Filed) -> Iterator[Effect]:
        """What was decided is somebody's to do, from the chair's signature on."""
        for row in record["decisions"]:
            if not row["improvement"]:
                title = _l("落实会议决议：%(text)s", text=row["decision"])
                yield Asks(title, f"person:{row['owner'].id}", row["due"])

    @staticmethod
    @after(FINISHED, _l("属改进措施的决议登记入纠正改进措施台帐，并生成纠正改进措施跟踪表草稿"))
    def track(record: Filed) -> Iterator[Effect]:
        """Measures of improvement are entered once nothing can send the minutes back any more: no line goes twice."""
        rows = [row for row in record["decisions"] if row["improvement"]]
        yield from follow(record, [(row["decision"], row["owner"], row["due"]) for row in rows])
