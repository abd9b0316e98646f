"""The stages of CS-12: the design department's answer, the review of its drawings, and the close."""

from __future__ import annotations

from typing import Any

from portal.domain.conditions import equals
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, LongText, PairedRows, Rows, Text, YesNo
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.text import next_version

SPECIALITIES = {
    "customer_service": _l("客户服务"),
    "engineering": _l("工程专业"),
    "planning": _l("规划"),
    "design": _l("设计"),
}
REVIEWING = ("customer_service", "engineering", "planning")
NOT_CLOSED = equals("all_opinions_closed", False)


class DesignAnswer(Sheet):
    """What the design department makes of one class of complaints."""

    class_ = Text(_l("投诉类别"), computed=True)
    adopted = YesNo(_l("是否采纳"))
    how = LongText(_l("落实方式或理由"))


class DesignReply(Stage):
    """The design department's answer to every class."""

    timeliness = Text(_l("提交是否及时"), computed=True)
    design_replies = PairedRows(_l("答复"), DesignAnswer)

    def compute(self) -> None:
        """One answer for each class; says whether the proposals came before the drawings were begun."""
        super().compute()
        classes = self.context.get("complaint_classes") or ()
        self.design_replies.pair({"class": row["class"]} for row in classes)
        begun = self.context.get("planned_drawing_start")
        if begun:
            came = day(moments.submitted_at(self))
            late = _l("迟于施工图设计计划开始日期，请尽快答复")
            self.timeliness.data = str(late if came > begun else _l("在施工图设计开始之前"))


class ReviewOpinion(Sheet):
    """What one speciality says of a place in the drawings."""

    speciality = Choice(_l("专业"), SPECIALITIES)
    clause = Text(_l("部位"))
    opinion = LongText(_l("意见"))
    must_fix = YesNo(_l("必须修改"))


class InternalReview(Stage):
    """The review of a version of the drawings by all specialities together."""

    drawing_no = Text(_l("图号"), max=60)
    drawing_version = Text(_l("图纸版本"), max=40)
    review_opinions = Rows(
        _l("本专业审核意见"),
        ReviewOpinion,
        help=_l("客户服务、工程、规划三个专业会同填写，没有意见的专业也写一行“无意见”"),
    )

    def process(self, formdata: Any = None, obj: Any = None, data: Any = None, **kwargs: Any) -> None:
        """After a round with open opinions the page opens with the next version of the drawings."""
        if formdata is None and data and NOT_CLOSED.holds(self.context):
            data = {**data, "drawing_version": next_version(data.get("drawing_version") or "")}
        super().process(formdata, obj, data, **kwargs)

    def check(self) -> None:
        """Each of the three specialities has had its say."""
        said = {row["speciality"] for row in self.review_opinions.data}
        missing = [str(SPECIALITIES[one]) for one in REVIEWING if one not in said]
        if missing:
            self.refuse(
                "review_opinions",
                _l("还缺少%(names)s专业的意见，没有意见时请写一行“无意见”"),
                names="、".join(missing),
            )


class OpinionAnswer(Sheet):
    """The answer to one opinion."""

    clause = Text(_l("部位"), computed=True)
    opinion = LongText(_l("意见"), computed=True)
    answer = LongText(_l("答复"))
    closed = YesNo(_l("已关闭"))


class DesignClose(Stage):
    """The answers to all opinions, and whether all are closed."""

    opinion_answers = PairedRows(_l("意见答复"), OpinionAnswer)
    all_opinions_closed = YesNo(
        _l("意见全部关闭"), help=_l("选“否”时，签署后退回内审，由各专业审核下一版图纸")
    )

    def compute(self) -> None:
        """One answer for each opinion."""
        super().compute()
        opinions = self.context.get("review_opinions") or ()
        self.opinion_answers.pair({name: row[name] for name in ("clause", "opinion")} for row in opinions)

    def check(self) -> None:
        """All are closed when each one is."""
        open_ = [row["clause"] for row in self.opinion_answers.data if row["closed"] is False]
        if self.all_opinions_closed.data and open_:
            self.refuse(
                "all_opinions_closed",
                _l("%(clauses)s的意见还没有关闭，请选“否”，修改图纸后再审"),
                clauses="、".join(open_),
            )
        if self.all_opinions_closed.data is False and not open_:
            self.refuse("all_opinions_closed", _l("各条意见均已关闭，请选“是”，或指出未关闭的意见"))
