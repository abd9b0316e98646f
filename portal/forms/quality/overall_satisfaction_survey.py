"""QA-10 顾客整体满意度调查表."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.effects import SUBMITTED, Effect, after
from portal.forms.base import CompanyForm
from portal.forms.fields import Score
from portal.forms.filed import Filed
from portal.forms.quality.customer_survey import (
    ANSWER,
    ANSWERED,
    COLUMNS,
    OFFERED,
    REMINDED,
    CustomerSurvey,
    Item,
    SurveyAnswer,
    answered,
    offered,
    reminded,
    route,
)
from portal.lib.i18n import _l


class OverallAnswer(SurveyAnswer):
    """The customer's marks for price, delivery, use and the general impression."""

    items = (
        Item("price_score", 25, "survey_price_marks"),
        Item("delivery_score", 25, "survey_delivery_marks"),
        Item("use_score", 25, "survey_use_marks"),
        Item("general_score", 25),
    )

    price_score = Score(_l("产品价格"), maximum=25)
    delivery_score = Score(_l("交货期"), maximum=25)
    use_score = Score(_l("产品使用"), maximum=25)
    general_score = Score(_l("总体印象"), maximum=25)


class OverallSatisfactionSurvey(CustomerSurvey, CompanyForm):
    """Asks one customer how satisfied they are on the whole: price, delivery, use, impression."""

    code = "QA-10"
    name = _l("顾客整体满意度调查表")
    slug = "overall-satisfaction-surveys"
    section = "quality_satisfaction"
    procedure = "QA-P-02#overall"
    opened_by = ("salesperson", "sales_manager")
    covers = ("《顾客整体满意度调查表》",)
    columns = COLUMNS
    module = "overall"

    signoff = route(OverallAnswer, "sales_sign", _l("销售部确认"), "sales_manager")

    @staticmethod
    @after(SUBMITTED, REMINDED)
    def remind(record: Filed) -> Iterator[Effect]:
        """A week later somebody looks for the answer."""
        return reminded(record)

    @staticmethod
    @after(ANSWER, ANSWERED)
    def call_off(record: Filed) -> Iterator[Effect]:
        """Nobody looks for an answer that is there."""
        return answered(record)

    @staticmethod
    @after("sales_sign", OFFERED)
    def offer_complaint(record: Filed) -> Iterator[Effect]:
        """What was marked low is taken up as a complaint."""
        return offered(record, OverallAnswer)
