"""QA-10 顾客整体满意度调查表."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import SUBMITTED, Asks, Effect, Opens, after
from portal.domain.limits import SURVEY_MARKS
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Day, LongText, Phone, Score, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, DrawnSignature, RecordLink
from portal.lib.i18n import _l

LIMITED = {  # full marks that the quality manager sets; the general impression has what is left of 100
    "price_score": "@survey_price_marks",
    "delivery_score": "@survey_delivery_marks",
    "use_score": "@survey_use_marks",
}
QUARTER = Decimal(25)
LOW = Decimal("0.6")  # of an item's marks: below it the customer's complaint is taken down
REMIND_AFTER = timedelta(weeks=1)


def marks(known: Mapping[str, Any]) -> dict[str, Decimal]:
    """R45: the full marks of the items as they are set now; together always 100."""
    found = {item: Decimal(known.get(limit) or QUARTER) for item, limit in LIMITED.items()}
    return {**found, "general_score": SURVEY_MARKS - sum(found.values(), Decimal(0))}


class CustomerAnswer(Stage):
    """The customer's marks."""

    price_score = Score(_l("产品价格"), maximum=25)
    delivery_score = Score(_l("交货期"), maximum=25)
    use_score = Score(_l("产品使用"), maximum=25)
    general_score = Score(_l("总体印象"), maximum=25)
    suggestions = LongText(_l("相关建议"), required=False)
    total_score = Score(_l("总分"), maximum=SURVEY_MARKS, computed=True)
    answered_by = Text(_l("填表人"))
    answered_on = Day(_l("填写日期"))
    customer_signature = DrawnSignature(_l("顾客签字"), required=False)
    paper_scan = Attachments(_l("纸质问卷扫描"), required=False)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """Each item is marked out of what is set for it."""
        super().process(*args, **kwargs)
        for item, full in marks(self.context).items():
            self[item].high = self[item].maximum = full

    def compute(self) -> None:
        """R45: the total of the items, out of 100."""
        super().compute()
        given = [self[item].data for item in marks(self.context)]
        self.total_score.data = None if None in given else sum(given, Decimal(0))


class OverallSatisfactionSurvey(CompanyForm):
    """Asks one customer how satisfied they are on the whole: price, delivery, use, impression."""

    code = "QA-10"
    name = _l("顾客整体满意度调查表")
    slug = "overall-satisfaction-surveys"
    section = "quality_satisfaction"
    opened_by = ("salesperson", "sales_manager")
    covers = ("《顾客整体满意度调查表》",)
    columns = (
        "number", "survey", "customer", "contact_person", "sent_on", "answer_by", "answer_way", "answered_on",
        "current_step", "due_at", "status",
    )  # fmt: skip

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

    signoff = Route(
        Step(
            "customer_answer",
            _l("顾客填写"),
            outside("customer"),
            meaning="filled",
            within=weeks(2, since="sent_on"),
            fills=CustomerAnswer,
        ),
        Step(
            "sales_sign",
            _l("销售部确认"),
            role("sales_manager"),
            meaning="checked",
            within=working_days(2),
            on_refusal=Back("customer_answer"),
            bulk=True,
        ),
    )

    def heading(self) -> str:
        """The customer's name."""
        return str(self.customer.data or "")

    def check(self) -> None:
        """An answer comes after its question."""
        if self.answer_by.data and self.sent_on.data and self.answer_by.data < self.sent_on.data:
            self.refuse("answer_by", _l("要求回收日期不能早于发出日期"))

    @staticmethod
    @after(SUBMITTED, _l("发出一周后提醒发起人：未回收的，请催顾客填写"))
    def remind(record: Filed) -> Iterator[Effect]:
        """A customer who has not answered is asked again."""
        yield Asks(
            _l("核对顾客是否已填写满意度调查表，未填写的请提醒顾客"),
            f"person:{record.applicant_id}",
            record["sent_on"] + REMIND_AFTER,
        )

    @staticmethod
    @after("sales_sign", _l("有项目得分低于满分的60%时，交质量部一份投诉信息反馈单草稿"))
    def offer_complaint(record: Filed) -> Iterator[Effect]:
        """A low mark is a complaint in waiting."""
        full = marks(record.answers)
        low = [item for item in full if record[item] < full[item] * LOW]
        if low:
            labels = {field.short_name: str(field.label.text) for field in CustomerAnswer()}
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
