"""EN-25 质量问题处理意见及限期整改通知单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from portal.domain.conditions import equals
from portal.domain.deadlines import until, working_days
from portal.domain.effects import SUBMITTED, Asks, Effect, Opens, Tells, after
from portal.domain.signoff import Back, Route, Step, person_in, project_person
from portal.forms.base import CompanyForm, Stage
from portal.forms.engineering import site_parts
from portal.forms.engineering.acceptances import FORMS
from portal.forms.engineering.accident_report import REPORT_HOURS
from portal.forms.fields import Choice, LongText, Moment, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.moments import refuse_future
from portal.forms.references import Person, Photos, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import projects, works

ACCEPTANCES = tuple(FORMS.values())


class Rectification(Stage):
    """What the responsible person did."""

    rectified_on = Moment(_l("整改完成时间"))
    rectified_how = LongText(_l("整改情况"))
    rectified_photos = Photos(_l("整改后照片"))

    def check(self) -> None:
        """Nothing is put right before it is found, or later than now."""
        refuse_future(self, "rectified_on")
        done, found = self.rectified_on.data, self.context.get("found_at")
        if done and found and done < found.replace(second=0, microsecond=0):
            self.refuse("rectified_on", _l("整改完成时间不能早于发现时间"))


class Recheck(Stage):
    """The supervisor's look at what was put right; what is not good gets a new limit."""

    recheck_result = Choice(_l("复查结论"), {"pass": _l("合格"), "fail": _l("不合格")})
    new_limit = Moment(_l("新的期限"), required=False, required_when=equals("recheck_result", "fail"))

    def check(self) -> None:
        """The new limit lies ahead."""
        now = self.context.get("@now") or datetime.now(UTC)
        if self.recheck_result.data == "fail" and self.new_limit.data and self.new_limit.data <= now:
            self.refuse("new_limit", _l("新的期限须晚于现在"))


class RectificationNotice(CompanyForm):
    """Says on the spot how a quality problem is treated, by whom and until when, and follows it to the end."""

    code = "EN-25"
    name = _l("质量问题处理意见及限期整改通知单")
    slug = "rectification-notices"
    section = "construction"
    procedure = "EN-P-01#rectification"
    opened_by = ("foreman", "site_supervisor", "engineering_manager")
    columns = (
        "number", "project", "found_at", "place", "responsible_person", "rectify_by", "major_accident",
        "recheck_result", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    acceptance_record = RecordLink(_l("来源验收"), *ACCEPTANCES, "EN-30", required=False)
    found_at = Moment(_l("发现时间"))
    place = Text(_l("部位"))
    problem = LongText(_l("质量问题"))
    photos = Photos(_l("照片"))
    opinion = LongText(_l("当场处理意见"))
    responsible_person = Person(_l("相关责任人"))
    rectify_by = Moment(_l("整改期限"))
    major_accident = YesNo(_l("是否重大质量事故"))

    signoff = Route(
        Step(
            "rectification",
            _l("责任人限期整改"),
            person_in("responsible_person"),
            meaning="done",
            within=until("new_limit", "rectify_by"),
            fills=Rectification,
        ),
        Step(
            "recheck",
            _l("监理复查"),
            project_person("project", "site_supervisor"),
            meaning="inspected",  # also by the supervisor who has found it
            within=working_days(1),
            fills=Recheck,
            on_refusal=Back("rectification"),
            outcomes=(Back("rectification", when=equals("recheck_result", "fail")),),
            clause="EN-P-01#recheck",
        ),
    )

    def check(self) -> None:
        """R26: the limit is the rectification's deadline, so it cannot lie before the finding."""
        if self.rectify_by.data and self.found_at.data and self.rectify_by.data < self.found_at.data:
            self.refuse("rectify_by", _l("整改期限不能早于发现时间"))
        refuse_future(self, "found_at")
        site_parts.refuse_foreign(self, "acceptance_record")
        site_parts.refuse_supervisor(self, "responsible_person")

    @staticmethod
    @after(SUBMITTED, _l("重大质量事故：立即告知工程部经理，工长24小时内提交书面处理意见及说明"))
    def report_accident(record: Filed) -> Iterator[Effect]:
        """R27: a major accident is told at once, and written up within a day."""
        if not record["major_accident"]:
            return
        foreman = works.holder(record["project"].id, "foreman")
        yield Tells(
            "role:engineering_manager",
            _l(
                "%(number)s：%(project)s发生重大质量事故，部位：%(place)s",
                number=record.number,
                project=record["project"].text,
                place=record["place"],
            ),
        )
        yield Opens(
            "EN-26",
            {
                "project": record["project"],
                "found_at": record["found_at"],
                "facts": record["problem"],
                "written_opinion": record["opinion"],
                "responsible_person": record["responsible_person"],
                "photos": record["photos"],
            },
            to=foreman,
            names_as="rectification_notice",
            due=record["found_at"] + timedelta(hours=REPORT_HOURS),
        )

    @staticmethod
    @after("recheck", _l("复查不合格：按新的期限重新整改，并告知工程部经理"))
    def tell_manager(record: Filed) -> Iterator[Effect]:
        """A failed re-check is the manager's business too."""
        if record["recheck_result"] == "fail":
            yield Tells(
                "role:engineering_manager",
                _l(
                    "%(number)s：%(project)s整改复查不合格，责任人%(name)s须按新的期限重新整改",
                    number=record.number,
                    project=record["project"].text,
                    name=record["responsible_person"].text,
                ),
            )

    @staticmethod
    @after("recheck", _l("复查合格：来源验收可以重新进行"))
    def repeat_acceptance(record: Filed) -> Iterator[Effect]:
        """The acceptance that found the problem may be held again."""
        source = record["acceptance_record"]
        over = projects.passed(record["project"].id, "completion")
        if record["recheck_result"] != "pass" or source is None or over:
            return
        code, applicant = works.origin(source.id) or ("", 0)
        if code in ACCEPTANCES:
            yield Opens(code, {"project": record["project"]}, to=f"person:{applicant}")
        elif not code:
            title = _l("整改复查合格，可重新验收：%(source)s", source=source.text)
            yield Asks(title, works.holder(record["project"].id, "foreman"))
