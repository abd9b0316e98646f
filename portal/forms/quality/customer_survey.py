"""What the three questionnaires for customers share: whom they ask, how they are answered, what a low mark sets going."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar

from wtforms.fields.core import UnboundField

from portal.domain.conditions import any_of, differs, equals, filled
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Asks, CallsOff, Effect, Opens
from portal.domain.limits import SURVEY_MARKS
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Phone, Score, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, DrawnSignature, RecordLink
from portal.lib.i18n import _l, both
from portal.queries import surveys

LOW = Decimal("0.6")  # of an item's marks: below it the customer's complaint is taken down
REMIND_AFTER = timedelta(weeks=1)
ANSWER = "customer_answer"  # the step at which the customer answers
ON_PAPER = differs("answer_way", "link")  # a customer who follows a link has no paper to scan
SENDING = "QA-P-02#sending"
UNSIGNED = any_of(equals("answer_way", "telephone"), filled("paper_scan"))


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its field, its full marks at first, and the limit by which the quality manager sets them.

    The last item of a questionnaire has no limit: it gets what the others leave of 100.
    """

    name: str
    full: int
    limit: str = ""


def marks_of(items: tuple[Item, ...], known: Mapping[str, Any]) -> dict[str, Decimal]:
    """R45: the full marks of the items as they are set now; together always 100."""
    found = {one.name: Decimal(known.get(f"@{one.limit}") or one.full) for one in items if one.limit}
    return {**found, items[-1].name: SURVEY_MARKS - sum(found.values(), Decimal(0))}


class SurveyAnswer(Stage):
    """The customer's marks; each questionnaire names its `items`, whose fields come first."""

    items: ClassVar[tuple[Item, ...]] = ()

    suggestions = LongText(_l("相关建议"), required=False)
    total_score = Score(_l("总分"), maximum=SURVEY_MARKS, computed=True)
    answered_by = Text(_l("填表人"))
    answered_on = Day(_l("填写日期"))
    customer_signature = DrawnSignature(_l("顾客签字"), required=False)
    paper_scan = Attachments(_l("纸质问卷扫描"), required=False, when=ON_PAPER)

    def __init_subclass__(cls) -> None:
        for name, field in list(vars(SurveyAnswer).items()):
            if isinstance(field, UnboundField):  # made anew, so that it stands after the questions
                setattr(cls, name, UnboundField(field.field_class, *field.args, **field.kwargs))
        super().__init_subclass__()

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Each item is marked out of what is set for it."""
        super().process(*args, **kwargs)
        for item, full in marks_of(self.items, self.context).items():
            self[item].high = self[item].maximum = full

    def proposal(self) -> dict[str, Any]:
        """Answered by the contact, today, unless somebody says otherwise."""
        return {"answered_by": self.context.get("contact_person"), "answered_on": self.today}

    def compute(self) -> None:
        """R45: the total of the items, out of 100."""
        super().compute()
        given = [self[one.name].data for one in self.items]
        self.total_score.data = None if None in given else sum(given, Decimal(0))

    def check(self) -> None:
        """Nobody answers before they were asked, or tomorrow."""
        sent, answered = self.context.get("sent_on"), self.answered_on.data
        if sent and answered and answered < sent:
            self.refuse("answered_on", _l("填写日期不能早于发出日期"))
        if answered and answered > self.today:
            self.refuse("answered_on", _l("填写日期不能晚于今天"))


class CustomerSurvey(Sheet):
    """A questionnaire for one customer of a yearly survey, by link, on paper, by telephone or face to face."""

    module: ClassVar[str]  # of the yearly survey

    survey = RecordLink(_l("年度调查"), "QA-13")
    customer = Customer(_l("顾客"))
    contact_person = Text(_l("联系人"))
    contact_phone = Phone(_l("联系电话"))
    products_bought = Text(_l("购买产品"), required=False)
    sent_on = Day(_l("发出日期"))
    answer_by = Day(_l("要求回收日期"))
    answer_way = Choice(
        _l("回收方式"),
        {"link": _l("链接"), "paper": _l("纸质"), "telephone": _l("电话"), "interview": _l("面访")},
    )

    def proposal(self) -> dict[str, Any]:
        """Sent today by link, to be back in two weeks."""
        return {"sent_on": self.today, "answer_by": self.today + timedelta(weeks=2), "answer_way": "link"}

    def heading(self) -> str:
        """The customer's name."""
        return str(self.customer.data or "")

    def check(self) -> None:
        """An answer comes after its question, and the question after its plan, which names the customer."""
        if self.answer_by.data and self.sent_on.data and self.answer_by.data < self.sent_on.data:
            self.refuse("answer_by", _l("要求回收日期不能早于发出日期"))
        plan = surveys.plan(self.survey.data.id) if self.survey.data and self.survey.data.id else None
        if plan is None:
            return
        if not plan.approved:
            self.refuse("survey", _l("这项年度调查的计划还没有批准，批准后再发放问卷"))
        if self.sent_on.data and self.sent_on.data < plan.starts_on:
            self.refuse("sent_on", _l("发出日期不能早于年度调查的开始日期"))
        asked = plan.modules.get(self.customer.data.id, ()) if self.customer.data else (self.module,)
        if self.module not in asked:
            self.refuse("customer", _l("年度调查计划中没有向这个顾客调查本模块，请先核对计划"))


COLUMNS = (
    "number", "survey", "customer", "contact_person", "sent_on", "answer_by", "answer_way", "answered_on",
    "current_step", "due_at", "status",
)  # fmt: skip


def route(answer: type[SurveyAnswer], step: str, title: Any, manager: str) -> Route:
    """The customer answers within two weeks, and a manager looks at the answer."""
    return Route(
        Step(
            ANSWER,
            _l("顾客填写"),
            outside("customer"),
            meaning="filled",
            within=weeks(2, since="sent_on"),
            fills=answer,
            unsigned=UNSIGNED,
            clause=SENDING,
        ),
        Step(
            step,
            title,
            role(manager),
            meaning="checked",
            within=working_days(2),
            on_refusal=Back(ANSWER),
            bulk=True,
            clause=SENDING,
        ),
    )


REMINDED = _l("发出一周后提醒发起人：未回收的，请催顾客填写")
ANSWERED = _l("顾客填写后：不再提醒发起人")
OFFERED = _l("有项目得分低于满分的60%时，交质量部一份投诉信息反馈单草稿")


def reminded(record: Filed) -> Iterator[Effect]:
    """A customer who has not answered is asked again."""
    yield Asks(
        _l("核对顾客是否已填写满意度调查表，未填写的请提醒顾客"),
        f"person:{record.applicant_id}",
        record["sent_on"] + REMIND_AFTER,
    )


def answered(_record: Filed) -> Iterator[Effect]:
    """Whoever has answered needs no reminder."""
    yield CallsOff()


def offered(record: Filed, answer: type[SurveyAnswer]) -> Iterator[Effect]:
    """A low mark is a complaint in waiting."""
    full = marks_of(answer.items, record.answers)
    low = [item for item in full if record[item] < full[item] * LOW]
    if low:
        labels = {field.short_name: both(field.label.text)["zh"] for field in answer()}
        said = "；".join(f"{labels[item]}：{record[item]}/{full[item].normalize():f}" for item in low)
        yield Opens(
            "CS-50",
            {
                "received_at": record.now,
                "complainant": f"{record['customer'].text} {record['contact_person']}",
                "complainant_phone": record["contact_phone"],
                "content": "\n".join(filter(None, (f"{record.number} {said}", record["suggestions"]))),
            },
            to="role:quality_manager",
        )
