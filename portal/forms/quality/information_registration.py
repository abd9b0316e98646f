"""IC-01 信息收集登记表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Close, Route, Step, head_of, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, LongText, Moment, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality import own
from portal.forms.quality.archive import archived
from portal.forms.quality.information_registration_stages import (
    Archiving,
    Classification,
    Identification,
    Verification,
)
from portal.forms.quality.information_words import AREAS, SOURCES, VALUES
from portal.forms.references import Attachments, Department, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.queries import information

ORIGINS = {"internal": _l("内部"), "external": _l("外部")}
INSIDE, OUTSIDE = {"department"}, {"customer", "supplier", "company_of_the_trade"}


class InformationRegistration(CompanyForm):
    """Takes a piece of information from who came upon it through identification, verification and analysis into the archive."""

    code = "IC-01"
    name = _l("信息收集登记表")
    slug = "information"
    section = "information_centre"
    procedure = "IC-P-01#registration"
    opened_by = ("employee", "information_officer")
    covers = (
        "信息分类及分析记录",
        "信息归档保管台帐(分类、登记、编码)",
        "信息识别记录",
        "信息检验记录",
        "采购信息沟通记录",
    )
    columns = (
        "number", "plan", "collected_at", "origin", "source_kind", "source_name", "subject_area",
        "checked_correct", "quality_class", "current_step", "due_at", "status",
    )  # fmt: skip

    plan = RecordLink(_l("信息收集计划"), "IC-13", help=_l("日常信息选用在执行的日常收集计划"))
    collected_at = Moment(_l("收集时间"))
    origin = Choice(_l("来源性质"), ORIGINS)
    source_kind = Choice(_l("来源"), SOURCES)
    source_name = Text(_l("来源名称"))
    subject_area = Choice(_l("信息范围"), AREAS)
    title = Text(_l("标题"))
    content = LongText(_l("信息内容"))
    value = Choice(_l("量值"), VALUES)
    attachments = Attachments(_l("附件"), required=False)
    department = Department(_l("收集部门"))

    signoff = Route(
        Step(
            "identification",
            _l("信息识别"),
            role("information_officer"),
            meaning="done",
            within=working_days(1),
            fills=Identification,
            on_refusal=Close(),
            outcomes=(Close(when=equals("selected", False)),),
            clause="IC-P-01#identification",
        ),
        Step(
            "verification",
            _l("信息检验"),
            role("information_officer"),
            meaning="inspected",
            within=working_days(1),
            fills=Verification,
            outcomes=(Back(when=equals("checked_correct", False)),),
            clause="IC-P-01#verification",
        ),
        Step(
            "classification",
            _l("信息分类及分析"),
            head_of("department"),
            meaning="filled",
            within=working_days(1),
            fills=Classification,
            clause="QA-P-01#analysis",
        ),
        Step(
            "archive",
            _l("归档、登记、编码"),
            role("information_officer"),
            meaning="done",
            within=weeks(1),
            fills=Archiving,
            on_refusal=Back("classification"),
            clause="IC-P-01#archiving",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """The plan that is in force; here and now."""
        plan = information.plan_in_force(self.today)
        return {
            "plan": Ref(*plan) if plan else None,
            "collected_at": self.now,
            "department": own.department(self.person.id),
        }

    def heading(self) -> str:
        """The title."""
        return self.title.data or ""

    def check(self) -> None:
        """R80: only by an approved plan, in its time; R81: where it comes from is told without contradiction."""
        moments.refuse_future(self, "collected_at")
        plan, at = self.plan.data, self.collected_at.data
        if self.plan.blank and information.plan_in_force(self.today) is None:
            self.plan.errors += [
                str(_l("现在没有在执行的信息收集计划，请信息管理人员先编制 IC-13 信息收集计划，批准后再登记"))
            ]
        if plan and plan.id:
            approved, first, last = information.plan(plan.id)
            if not approved:
                self.refuse("plan", _l("这份信息收集计划还没有批准或已被更正，请选用已批准的计划"))
            elif at and not first <= day(at) <= last:
                self.refuse(
                    "plan",
                    _l("这份计划的时间是 %(first)s 至 %(last)s，收集时间不在其中，请选用在执行的计划"),
                    first=first,
                    last=last,
                )
        kind = self.source_kind.data
        if self.origin.data == "external" and kind in INSIDE:
            self.refuse("source_kind", _l("来源性质为外部时，来源不能是本公司部门"))
        if self.origin.data == "internal" and kind in OUTSIDE:
            self.refuse("source_kind", _l("来源性质为内部时，来源不能是顾客、供应商或同行业企业"))

    @staticmethod
    @after("classification", _l("A类、B类质量信息：生成质量信息报告草稿；涉及其他部门：生成信息传递单草稿"))
    def pass_on(record: Filed) -> Iterator[Effect]:
        """Quality information is reported, and whom it concerns hears of it."""
        if record["quality_class"] in ("class_a", "class_b"):
            yield Opens(
                "QA-01",
                {
                    "information_class": record["quality_class"],
                    "found_at": record["collected_at"],
                    "department": record["department"],
                    "place": record["source_name"],
                    "description": f"{record.number} {record['title']}\n{record['content']}",
                },
                to="role:quality_inspector",
                names_as="source_record",
            )
        concerned = [row["department"] for row in record["departments_concerned"] or () if row["department"]]
        if concerned:
            urgent = record["quality_class"] == "class_a"
            yield Opens(
                "IC-06",
                {
                    "kind": "information_transfer",
                    "from_department": record["department"],
                    "to_departments": [{"department": one, "reply_needed": False} for one in concerned],
                    "subject": record["title"],
                    "content": f"{record['content']}\n{record['analysis_result']}",
                    "medium": "portal",
                    "urgency": "same_day" if urgent else "normal",
                },
                to="role:information_officer",
                names_as="source_information",
            )

    @staticmethod
    @after("archive", _l("登记入信息归档保管台帐"))
    def keep(record: Filed) -> Iterator[Effect]:
        """R81: kept under a class and a code of its own."""
        yield archived(
            record,
            record["archive_class"],
            record["title"],
            code=record["archive_code"],
            years=record["retention_years"],
            place=record["storage_place"],
            origin=f"{both(SOURCES[record['source_kind']])['zh']} {record['source_name']}",
        )
