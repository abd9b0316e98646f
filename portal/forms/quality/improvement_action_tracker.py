"""QA-19 纠正改进措施跟踪表."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import equals
from portal.domain.deadlines import until, weeks
from portal.domain.effects import FINISHED, SUBMITTED, Effect, PostsEntry, Tells, after
from portal.domain.signoff import Back, Route, Step, person_in, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.engineering import product_release
from portal.forms.fields import Choice, Day, LongText, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Department, Person, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import improvement, people

SOURCES = (
    *("QA-15", "QA-13", "QA-17", "QA-02", "DC-06", "IS-13", "IS-08", "RD-16", "RD-25"),
    *("EN-26", "EN-32", "IC-07"),
)


class OwnerReport(Stage):
    """What the owner has done."""

    done_on = Day(_l("完成日期"))
    result = LongText(_l("完成情况"))
    evidence = Attachments(_l("证据"), required=False)

    def check(self) -> None:
        """What is reported as done lies behind us."""
        if self.done_on.data and self.done_on.data > self.today:
            self.refuse("done_on", _l("完成日期不能晚于今天；尚未完成的请完成后再报告"))


class Verification(Stage):
    """Whether the measure works; if it does not, until when it is to be done anew."""

    verified_effective = YesNo(_l("有效"))
    new_due = Day(_l("新期限"), when=equals("verified_effective", False))

    def check(self) -> None:
        """A measure that starts anew gets time for it."""
        if self.verified_effective.data is False and self.new_due.data and self.new_due.data <= self.today:
            self.refuse("new_due", _l("新期限须晚于今天，以便负责人重新落实"))


class ImprovementActionTracker(CompanyForm):
    """Follows one measure from its owner to the proof that it works."""

    code = "QA-19"
    name = _l("纠正改进措施跟踪表")
    slug = "improvement-actions"
    section = "quality_satisfaction"
    procedure = "QA-P-02#tracking"
    opened_by = ("quality_inspector", "quality_manager")
    covers = ("纠正改进措施跟踪表",)
    columns = (
        *("number", "source_record", "owner", "department", "due_on", "priority", "done_on"),
        *("verified_effective", "current_step", "due_at", "status"),
    )

    source_record = RecordLink(_l("来源"), *SOURCES)
    action_no = Text(
        _l("措施编号"),
        max=60,
        required=False,
        help=_l("来源记录登记的措施自动带出编号；另行提出的措施请留空，提交后另编一号登记"),
    )
    action = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    department = Department(_l("部门"), help=_l("留空时填入负责人所在的部门"))
    due_on = Day(_l("完成期限"))
    expected_result = LongText(_l("预期效果"))
    priority = Choice(_l("优先级"), {"high": _l("高"), "medium": _l("中"), "low": _l("低")})

    signoff = Route(
        Step(
            improvement.REPORT,
            _l("负责人报告完成情况"),
            person_in("owner"),
            meaning="done",
            within=until("new_due", "due_on"),
            fills=OwnerReport,
        ),
        Step(
            improvement.VERIFY,
            _l("质量部验证"),
            role("quality_manager"),
            meaning="verified",
            within=weeks(1),
            fills=Verification,
            on_refusal=Back(improvement.REPORT),
            outcomes=(Back(improvement.REPORT, when=equals("verified_effective", False)),),
        ),
    )

    def heading(self) -> str:
        """The measure."""
        return (self.action.data or "")[:60]

    def compute(self) -> None:
        """A measure belongs to its owner's department, unless said otherwise."""
        super().compute()
        owner = self.owner.data
        if owner and owner.id and self.department.data is None and not self.department.text:
            of = people.person(owner.id).department
            self.department.data = Ref(of.id, of.named("zh"))

    def check(self) -> None:
        """The number is one of the source's measures, and nobody else follows it."""
        source, number = self.source_record.data, self.action_no.data
        if source and source.id and number:
            if improvement.line(source.id, number) is None:
                self.refuse("action_no", _l("来源记录没有登记这个编号的措施；另行提出的措施请把编号留空"))
            elif other := improvement.tracked_by(source.id, number, self.itself):
                self.refuse("action_no", _l("这项措施已由 %(number)s 跟踪，请勿重复填写"), number=other)

    @staticmethod
    @after(SUBMITTED, _l("另行提出的措施登记入纠正改进措施台帐"))
    def enter(record: Filed) -> Iterator[Effect]:
        """A measure that no record has entered yet becomes a line of its own."""
        if not record["action_no"]:
            yield PostsEntry(
                improvement.LEDGER,
                {
                    "no": record.number,
                    "source": record["source_record"].text.partition(" ")[0],
                    "action": record["action"],
                    "owner": record["owner"].text,
                    "department": record["department"].text,
                    "due": record["due_on"].isoformat(),
                },
            )

    @staticmethod
    @after(improvement.VERIFY, _l("有效时台帐中的措施关闭；无效时告知负责人新的期限"))
    def tell_owner(record: Filed) -> Iterator[Effect]:
        """The owner of a measure that does not work hears until when it is to be done anew."""
        if record["verified_effective"] is False:
            yield Tells(
                f"person:{record['owner'].id}",
                _l(
                    "%(number)s：措施经验证无效，请在 %(day)s 前重新落实并报告",
                    number=record.number,
                    day=record["new_due"].isoformat(),
                ),
            )

    @staticmethod
    @after(FINISHED, _l("批量审有条件通过的产品，最后一项措施验证有效后转入量产"))
    def release(record: Filed) -> Iterator[Effect]:
        """A new product may have waited for nothing but this measure."""
        yield from product_release.measured(record["source_record"].id, day(record.now))
