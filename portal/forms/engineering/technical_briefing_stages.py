"""The stages of EN-18 技术交底表, from the survey on site to the form's arrival at the department."""

from __future__ import annotations

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.checklists import Checklist, Done
from portal.forms.fields import Choice, LongText, Moment, Rows, Text, YesNo
from portal.forms.references import Photos
from portal.lib.i18n import _l


class TimeChange(Stage):
    """R24: another time for the briefing, which only the customer may be the cause of."""

    change_reason = Choice(_l("变更原因"), {"customer_reason": _l("客户原因")})
    changed_to = Moment(_l("变更后的时间"))
    supervisor_told_at = Moment(_l("通知监理时间"))
    delayed = YesNo(_l("是否延误"))

    def check(self) -> None:
        """The supervisor has been told."""
        moments.refuse_future(self, "supervisor_told_at")


class SiteSurvey(Stage):
    """What the foreman found of the building before any work."""

    structure_finding = LongText(_l("结构情况"))
    surface_finding = LongText(_l("施工面层情况"))
    waterproof_finding = LongText(_l("原有防水层情况"))
    survey_photos = Photos(_l("勘查照片"), required=False)
    defect_level = Choice(_l("质量问题程度"), {"none": _l("无"), "minor": _l("轻度"), "serious": _l("严重")})


class MinorDefect(Sheet):
    """One slight defect and how it is to be treated."""

    place = Text(_l("部位"))
    defect = LongText(_l("问题"))
    opinion = LongText(_l("技术处理意见"))
    told_designer = YesNo(_l("已告设计师"))
    told_customer = YesNo(_l("已告客户"))


class MinorDefectOpinion(Stage):
    """How slight defects of the building are treated."""

    minor_defects = Rows(_l("轻度问题及处理意见"), MinorDefect)


class CustomerTalk(Stage):
    """What was told to the customer, and what the customer said."""

    contacts_exchanged = YesNo(_l("已互换通讯方法"))
    rules_told = Checklist(
        _l("已告知的公司规定"), (_l("施工管理"), _l("质检"), _l("交款"), _l("服务")), row=Done
    )
    customer_opinion = LongText(_l("客户意见"), required=False)
    customer_needs = LongText(_l("客户需求"), required=False)
    material_acceptance_at = Moment(_l("约定材料进场验收时间"), required=False)
    next_meeting_at = Moment(_l("下次见面时间"), required=False)
    next_meeting_place = Text(_l("下次见面地点"), required=False)
    next_meeting_purpose = Text(_l("下次见面事由"), required=False)


class BriefingAssessment(Stage):
    """The foreman's opinion of the designer's briefing."""

    full_and_true = YesNo(_l("交底详实"))
    accurate = YesNo(_l("交底准确"))
    treatment_proper = YesNo(_l("技术处理恰当"))
    errors_found = LongText(_l("有误之处说明"), required=False)


class JointSignature(Stage):
    """What all four parties sign for."""

    briefing_content = LongText(_l("交底内容"))
    briefing_ended_at = Moment(_l("交底结束时间"))

    def check(self) -> None:
        """R22: the clock runs from an end that has come."""
        moments.refuse_future(self, "briefing_ended_at")


class Delivery(Stage):
    """When the form reached the engineering department."""

    delivered_at = Moment(_l("交到工程部时间"))

    def check(self) -> None:
        """R22: the clock runs from the end of the briefing; later than its limit is allowed, but told."""
        moments.refuse_future(self, "delivered_at")
        ended, delivered = self.context.get("briefing_ended_at"), self.delivered_at.data
        if ended and delivered and delivered < ended:
            self.refuse("delivered_at", _l("交到工程部的时间不能早于交底结束时间"))
