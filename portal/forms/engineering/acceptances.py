"""What the five acceptances of a site share: the foreman's own check, the supervisor's verdict, the customer's signature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain import projects as kinds
from portal.domain.conditions import differs
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, SetsStage
from portal.domain.signoff import Close, Step, outside, project_person
from portal.forms.base import Sheet, Stage
from portal.forms.engineering import site_parts
from portal.forms.fields import Choice, LongText, Moment
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import DrawnSignature, Person, Photos
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, works

FORMS = {  # R29: the acceptances in their order, by the stage that each of them passes
    "material": "EN-20",
    "concealed": "EN-21",
    "waterproofing": "EN-22",
    "midterm": "EN-23",
    "completion": "EN-24",
}
PASSED = _l("验收合格并经客户签字：本项验收通过，生成下一项验收的草稿")
PROBLEM = _l("验收结论不是合格时生成限期整改通知单")
NOT_ACCEPTED = _l("客户不接受验收：生成限期整改通知单，整改后重新验收")
_WITH_PROBLEM = differs("verdict", "pass")


class SupervisorCheck(Stage):
    """R26: the verdict; a problem gets its opinion, its person and its limit on the spot."""

    checks = ""  # the form's checklist

    verdict = Choice(
        _l("验收结论"),
        {"pass": _l("合格"), "pass_after_rectification": _l("整改后复验"), "fail": _l("不合格")},
    )
    problem_found = LongText(_l("发现的质量问题"), required=False, required_when=_WITH_PROBLEM)
    on_spot_opinion = LongText(_l("当场处理意见"), required=False, required_when=_WITH_PROBLEM)
    responsible_person = Person(_l("相关责任人"), required=False, required_when=_WITH_PROBLEM)
    rectify_by = Moment(_l("整改期限"), required=False, required_when=_WITH_PROBLEM)

    def check(self) -> None:
        """A limit that has passed before the acceptance is none; who will look again does not put right.

        With a check that failed, or while the works rest, nothing passes.
        """
        limit, met = self.rectify_by.data, self.context.get("acceptance_at")
        if limit and met and limit < met:
            self.refuse("rectify_by", _l("整改期限不能早于约定验收时间"))
        site_parts.refuse_supervisor(self, "responsible_person")
        if self.verdict.data == "pass":
            self.check_pass()

    def check_pass(self) -> None:
        """What stands against the verdict “pass”; forms add to it."""
        rows = self.context.get(self.checks) or ()
        failed = next((row["item"] for row in rows if row["result"] == "fail"), None)
        if failed:
            self.refuse("verdict", _l("检查项目“%(item)s”不合格，不能判为合格"), item=failed)
        project = site_parts.project_of(self)
        if project and project.state == "held":
            self.refuse("verdict", site_parts.HELD, project=project.name)


class CustomerSign(Stage):
    """The customer's signature to the acceptance."""

    customer_opinion = LongText(_l("客户意见"), required=False)
    customer_signature = DrawnSignature(_l("客户签字"))


def self_check() -> Choice:
    """What the foreman found before anybody else has looked."""
    return Choice(_l("工长自检结论"), {"pass": _l("合格"), "fail": _l("不合格")})


def site_photos() -> Photos:
    """Photographs of what is accepted."""
    return Photos(_l("现场照片"))


def steps(check: type[SupervisorCheck], *between: Step) -> tuple[Step, ...]:
    """The way of an acceptance: the supervisor's verdict, what the form has `between`, the customer's signature."""
    return (
        Step(
            "supervisor_check",
            _l("监理验收"),
            project_person("project", "site_supervisor"),
            meaning="accepted",
            within=working_days(1, since="acceptance_at"),
            fills=check,
            clause="EN-P-01#acceptance-route",
        ),
        *between,
        Step(
            "customer_sign",
            _l("客户签字"),
            outside("customer"),
            meaning="confirmed",
            within=working_days(2),
            fills=CustomerSign,
            on_refusal=Close(),
            clause="EN-P-01#acceptance-route",
        ),
    )


def refuse_untimely(sheet: Sheet, key: str) -> None:
    """R29: says no while the acceptance may not be held yet, and once the works are completed.

    A record that corrects an earlier one comes as late as it likes.
    """
    refuse_closed(sheet, "project", key)
    named = next(field.data for field in sheet if field.short_name == "project")
    if named and not sheet.context.get("@corrects") and projects.passed(named.id, "completion"):
        sheet.refuse("project", _l("该工程已通过竣工验收，不能再办理验收"))


def problem(record: Filed, place: str = "") -> Iterator[Effect]:
    """R26: the problem, its opinion, person and limit become a notice."""
    if record["verdict"] != "pass":
        found = {
            "problem": record["problem_found"],
            "opinion": record["on_spot_opinion"],
            "responsible_person": record["responsible_person"],
            "rectify_by": record["rectify_by"],
        }
        yield _notice(record, place, found)


def not_accepted(record: Filed, place: str = "") -> Iterator[Effect]:
    """What the customer does not accept is put right; a problem found before has its notice already."""
    if record["verdict"] == "pass":
        yield _notice(record, place, {})


def concluded(record: Filed, key: str) -> Iterator[Effect]:
    """The stage has passed with the whole record, and the next acceptance may follow.

    A later acceptance that finds a problem takes nothing back; one that corrects the record which has passed the stage
    leaves it as it was before that record.
    """
    project = record["project"].id
    good = record["verdict"] == "pass"
    for row in works.stages_of(record["@corrects"]):
        yield SetsStage(row.project_id, row.key, works.former(row))
    stage = projects.stage(project, key)
    if not good or stage is None:
        return
    yield SetsStage(project, key, {"state": kinds.PASSED, "passed_on": day(record.now)})
    following = _following(project, key)
    if following and not stage.passed:
        yield Opens(following, {"project": record["project"]}, to=f"person:{record.applicant_id}")


def _following(project_id: int, key: str) -> str:
    """The form of the next acceptance that the project goes through; none after the last."""
    found = projects.project(project_id)
    stages = {one.row.key for one in projects.stages(found) if one.row.applies} if found else set()
    keys = list(FORMS)
    return next((FORMS[later] for later in keys[keys.index(key) + 1 :] if later in stages), "")


def _notice(record: Filed, place: str, found: dict[str, Any]) -> Opens:
    answers = {"project": record["project"], "found_at": record.now, **found}
    if place:
        answers["place"] = place
    return Opens("EN-25", answers, to=f"person:{record.applicant_id}", names_as="acceptance_record")
