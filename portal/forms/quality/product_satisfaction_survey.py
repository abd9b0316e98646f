"""QA-12 顾客产品质量满意度调查表."""

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


class ProductAnswer(SurveyAnswer):
    """The customer's marks for the quality of the products and for their safety."""

    items = (
        Item("quality_score", 60, "survey_quality_marks"),
        Item("safety_score", 40),
    )

    quality_score = Score(_l("产品质量"), maximum=60)
    safety_score = Score(_l("质量安全"), maximum=40)


class ProductSatisfactionSurvey(CustomerSurvey, CompanyForm):
    """Asks one customer how satisfied they are with the quality of the products."""

    code = "QA-12"
    name = _l("顾客产品质量满意度调查表")
    slug = "product-satisfaction-surveys"
    section = "quality_satisfaction"
    procedure = "QA-P-02#product-quality"
    opened_by = ("quality_inspector", "quality_manager")
    covers = ("《顾客产品质量满意度调查表》",)
    columns = COLUMNS
    module = "product_quality"

    signoff = route(ProductAnswer, "quality_sign", _l("质量部确认"), "quality_manager")

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
    @after("quality_sign", OFFERED)
    def offer_complaint(record: Filed) -> Iterator[Effect]:
        """What was marked low is taken up as a complaint."""
        return offered(record, ProductAnswer)
