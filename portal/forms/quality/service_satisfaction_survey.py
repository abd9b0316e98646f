"""QA-11 顾客服务满意度调查表."""

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


class ServiceAnswer(SurveyAnswer):
    """The customer's marks for how fast, how seldom and how well problems are dealt with."""

    items = (
        Item("response_score", 35, "survey_response_marks"),
        Item("occurrence_score", 30, "survey_occurrence_marks"),
        Item("effectiveness_score", 35),
    )

    response_score = Score(_l("信息反馈响应时间"), maximum=35)
    occurrence_score = Score(_l("问题出现效率"), maximum=30)
    effectiveness_score = Score(_l("问题处理有效性"), maximum=35)


class ServiceSatisfactionSurvey(CustomerSurvey, CompanyForm):
    """Asks one customer how satisfied they are with the service."""

    code = "QA-11"
    name = _l("顾客服务满意度调查表")
    slug = "service-satisfaction-surveys"
    section = "quality_satisfaction"
    procedure = "QA-P-02#service"
    opened_by = ("customer_service_officer", "customer_service_supervisor")
    covers = ("《顾客服务满意度调查表》",)
    columns = COLUMNS
    module = "service"

    signoff = route(ServiceAnswer, "service_sign", _l("服务部确认"), "customer_service_supervisor")

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
    @after("service_sign", OFFERED)
    def offer_complaint(record: Filed) -> Iterator[Effect]:
        """What was marked low is taken up as a complaint."""
        return offered(record, ServiceAnswer)
