"""EN-18 技术交底表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import equals
from portal.domain.deadlines import hours, working_days
from portal.domain.effects import Asks, Effect, Opens, SetsStage, Tells, after
from portal.domain.projects import PASSED
from portal.domain.signoff import Back, Entry, Route, Step, either, every, outside, person_in, role
from portal.forms.base import CompanyForm
from portal.forms.engineering import site_parts
from portal.forms.engineering.technical_briefing_stages import (
    BriefingAssessment,
    CustomerTalk,
    Delivery,
    JointSignature,
    MinorDefectOpinion,
    SiteSurvey,
    TimeChange,
)
from portal.forms.fields import Moment, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Customer, Person, Project
from portal.lib.clock import day
from portal.lib.i18n import _l

DELIVERY_HOURS = 24  # R22: from the end of the briefing until the engineering department has the form
PARTIES = ("site_supervisor", "designer", "foreman")  # the customer is the fourth


class TechnicalBriefing(CompanyForm):
    """Records the designer's briefing on site, from the agreed time to the form's arrival at the department."""

    code = "EN-18"
    name = _l("技术交底表")
    slug = "technical-briefings"
    section = "construction"
    procedure = "EN-P-01#joint-signature"
    opened_by = ("foreman", "site_supervisor")
    covers = (
        "技术交底时间确认/变更单",
        "施工现场勘查记录",
        "轻度质量问题技术处理意见单",
        "客户沟通及公司规定告知确认单",
        "材料进场验收/会面预约单",
        "设计交底评估及问题说明单",
    )
    columns = (
        "number", "project", "customer", "site_supervisor", "designer", "foreman", "agreed_at",
        "accurate", "treatment_proper", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    customer = Customer(_l("客户"))
    site_supervisor = Person(_l("工程监理"))
    designer = Person(_l("设计师"))
    foreman = Person(_l("工长"))
    agreed_at = Moment(_l("确认的交底时间"))
    confirmed_with_designer = YesNo(_l("已与设计师确认"))
    place = Text(_l("交底地点"))
    drawing_versions = Text(_l("图纸版本"))

    signoff = Route(
        Step(
            "site_survey",
            _l("施工现场勘查"),
            person_in("foreman"),
            meaning="inspected",
            within=working_days(1, since=("changed_to", "agreed_at")),
            fills=SiteSurvey,
            clause="EN-P-01#site-survey",
        ),
        Step(
            "minor_defect_opinion",
            _l("轻度质量问题技术处理意见"),
            person_in("foreman"),
            meaning="filled",
            within=working_days(1),
            when=equals("defect_level", "minor"),
            fills=MinorDefectOpinion,
            clause="EN-P-01#minor-defects",
        ),
        Step(
            "customer_talk",
            _l("客户沟通及公司规定告知"),
            person_in("foreman"),
            meaning="filled",
            within=working_days(1),
            fills=CustomerTalk,
            clause="EN-S-02#telling",
        ),
        Step(
            "briefing_assessment",
            _l("设计交底评估"),
            person_in("foreman"),
            meaning="filled",
            within=working_days(1),
            fills=BriefingAssessment,
            clause="EN-P-01#briefing-assessment",
        ),
        Step(
            "joint_signature",
            _l("四方共同签字"),
            every(
                person_in("site_supervisor"), person_in("designer"), person_in("foreman"), outside("customer")
            ),
            meaning="confirmed",
            within=working_days(1),
            fills=JointSignature,
            on_refusal=Back("joint_signature"),  # the reason is noted; the talks before it stand
        ),
        Step(
            "delivery",
            _l("监理交工程部"),
            person_in("site_supervisor"),
            meaning="delivered",
            within=hours(DELIVERY_HOURS, since="briefing_ended_at", fixed=True),
            fills=Delivery,
            clause="EN-P-01#delivery",
        ),
        Step(
            "department_receipt",
            _l("工程部接收"),
            role("engineering_manager"),
            meaning="received",
            within=working_days(1),
            on_refusal=Back("joint_signature"),
            clause="EN-P-01#delivery",
        ),
        entries=(
            Entry(
                "time_change",
                _l("交底时间变更"),
                either(person_in("designer"), person_in("site_supervisor")),
                TimeChange,
            ),
        ),
    )

    def compute(self) -> None:
        """The customer of the project."""
        super().compute()
        site_parts.fill_customer(self)

    def check(self) -> None:
        """R23: four parties sign, so nobody stands for two of them."""
        site_parts.refuse_over(self)
        site_parts.refuse_second(self, self.code)
        site_parts.refuse_stranger(self)
        named: set[int] = set()
        for party in PARTIES:
            person = self[party].data
            if person and person.id in named:
                self.refuse(party, _l("工程监理、设计师、工长须是不同的人"))
            elif person:
                named.add(person.id)

    @staticmethod
    @after("time_change", _l("延误时告知工程部经理和设计部经理：由设计师承担责任"))
    def tell_delay(record: Filed) -> Iterator[Effect]:
        """R25: a change that was told too late is the designer's liability."""
        if record["delayed"]:
            text = _l(
                "%(number)s：技术交底时间变更通知延误，责任人为设计师%(name)s",
                number=record.number,
                name=record["designer"].text,
            )
            yield Tells("role:engineering_manager", text)
            yield Tells("role:design_manager", text)

    @staticmethod
    @after("site_survey", _l("质量问题严重时生成原建筑质量问题处理建议书草稿"))
    def open_defect_proposal(record: Filed) -> Iterator[Effect]:
        """Serious defects of the building go to its owner and the property management."""
        if record["defect_level"] == "serious":
            answers = {
                "project": record["project"],
                "owner": record["customer"],
                "defects": [{"defect": record["structure_finding"]}],
            }
            if record["survey_photos"]:
                answers["photos"] = record["survey_photos"]
            yield Opens("EN-09", answers, to=f"person:{record['foreman'].id}", names_as="briefing")

    @staticmethod
    @after("customer_talk", _l("有客户需求时生成水电改造、工程增减项目确认单草稿"))
    def open_confirmations(record: Filed) -> Iterator[Effect]:
        """What the customer wants besides the contract is measured, priced and confirmed."""
        if record["customer_needs"]:
            shared = {
                "project": record["project"],
                "customer": record["customer"],
                "remark": record["customer_needs"],
            }
            for code in ("EN-14", "EN-15"):
                yield Opens(code, shared, to=f"person:{record['foreman'].id}")

    @staticmethod
    @after(
        "customer_talk", _l("约定的材料进场验收和下次见面列入工长的待办，约定日期为材料进场验收的计划日期")
    )
    def keep_appointments(record: Filed) -> Iterator[Effect]:
        """Appointments made with the customer are remembered."""
        foreman = f"person:{record['foreman'].id}"
        if record["material_acceptance_at"]:
            yield Asks(_l("按约定时间进行材料进场验收"), foreman, record["material_acceptance_at"])
            planned = {"planned_on": day(record["material_acceptance_at"])}
            yield SetsStage(record["project"].id, "material", planned)
        if record["next_meeting_at"]:
            said = (record["next_meeting_place"], record["next_meeting_purpose"])
            title = _l("与客户见面：%(what)s", what="，".join(one for one in said if one) or record["place"])
            yield Asks(title, foreman, record["next_meeting_at"])

    @staticmethod
    @after("briefing_assessment", _l("交底有误时生成设计变更单草稿，交设计师处理"))
    def open_design_change(record: Filed) -> Iterator[Effect]:
        """What is wrong in the briefing is put right by its designer."""
        if record["errors_found"]:
            yield Opens(
                "EN-17",
                {
                    "project": record["project"],
                    "reason": "error_found_at_the_briefing",
                    "error_reported": record["errors_found"],
                },
                to=f"person:{record['designer'].id}",
                names_as="briefing",
            )

    @staticmethod
    @after("delivery", _l("超过交底结束后24小时才交到工程部时告知工程部经理"))
    def tell_late_delivery(record: Filed) -> Iterator[Effect]:
        """R22: a late delivery is a breach."""
        if record["delivered_at"] > record["briefing_ended_at"] + timedelta(hours=DELIVERY_HOURS):
            yield Tells(
                "role:engineering_manager",
                _l(
                    "%(number)s：工程监理%(name)s未在交底结束后24小时内将技术交底表交到工程部",
                    number=record.number,
                    name=record["site_supervisor"].text,
                ),
            )

    @staticmethod
    @after("department_receipt", _l("开工条件“技术交底表已交工程部”具备；告知工长每周电话联系客户"))
    def tell_foreman(record: Filed) -> Iterator[Effect]:
        """The foreman may go on to the start of work, and calls the customer each week from now on."""
        yield SetsStage(
            record["project"].id, "briefing", {"state": PASSED, "passed_on": day(record["delivered_at"])}
        )
        yield Tells(
            f"person:{record['foreman'].id}",
            _l(
                "%(number)s：技术交底表已由工程部接收，请办理开工手续，并每周至少电话联系客户一次",
                number=record.number,
            ),
        )
