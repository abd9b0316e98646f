"""The parts of DS-18: each role notes its work while it goes on, and signs its own part when its phase is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from portal.domain.projects import STAGES, WEB
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Day, LongText, Rows, Text
from portal.lib.i18n import _l
from portal.queries import projects, websites
from portal.queries.websites import Paper

Line = dict[str, Any]


class WorkLine(Sheet):
    """One piece of work: planned, done, what it was, what went wrong."""

    phase = Text(_l("阶段"), max=100)
    planned = Day(_l("计划日期"), required=False)
    actual = Day(_l("实际日期"))
    work = LongText(_l("工作内容"))
    problem = LongText(_l("问题"), required=False)

    def check(self) -> None:
        """It has been done."""
        moments.refuse_future(self, "actual")


class WorkNote(Stage, WorkLine):
    """The same, noted while the work goes on."""


class Part(Stage):
    """A role's part: what it has noted, and a line for each form of the project that was signed (R52)."""

    table: str  # its field
    notes: str  # the side entry in which it notes its work
    forms: tuple[str, ...]
    stage: str  # of the project, that must be through

    def proposal(self) -> dict[str, Any]:
        """Everything so far, in the order of time."""
        record, project = self.context.get("@record_id"), self.context.get("project")
        lines = [_noted(one) for one in websites.entered(record, self.notes)]
        if project and project.id:
            lines += _signed(project.id, self.forms)
        return {self.table: sorted(lines, key=lambda line: line["actual"])}

    def check(self) -> None:
        """The part is signed when the phase is over, so that nothing of it is left out."""
        project = self.context.get("project")
        stage = projects.stage(project.id if project else None, self.stage)
        if stage is not None and not stage.passed:
            text = _l("“%(stage)s”完成后再签本部分；在此之前请在本单的补充登记中记录工作")
            self.refuse(self.table, text, stage=stage.kind.title)


class DesignerPart(Part):
    """The designer's part."""

    table, notes, forms, stage = "design_entries", "design_note", ("DS-02", "DS-07"), "design"

    design_entries = Rows(_l("设计记录"), WorkLine)


class ProgrammerPart(Part):
    """The programmer's part."""

    table, notes, forms, stage = "program_entries", "program_note", ("DS-08", "DS-11"), "test"

    program_entries = Rows(_l("程序记录"), WorkLine)


class ProjectManagerPart(Part):
    """The project manager's part, and what the work was worth."""

    table, notes, forms, stage = "manager_entries", "manager_note", ("DS-14",), "acceptance"

    manager_entries = Rows(_l("项目经理记录明细"), WorkLine)
    quality_remark = LongText(_l("质量与效率评价"), required=False)


ENDS = {
    "DS-02": ("scheme", "confirmed_on", ""),
    "DS-07": ("design", "finished_on", "customer_remarks"),
    "DS-08": ("program", "finished_on", "known_faults"),
    "DS-11": ("test", "test_to", ""),
    "DS-14": ("acceptance", "accepted_on", "customer_remarks"),
}
"""Of each form: the stage that it works on, the answer that says when it was done, and the one that tells of problems."""


def _noted(answers: Mapping[str, Any]) -> Line:
    """A side entry as a line."""
    days = {name: _day(answers.get(name)) for name in ("planned", "actual")}
    return {**{name: answers.get(name) for name in ("phase", "work", "problem")}, **days}


def _signed(project_id: int, forms: tuple[str, ...]) -> Iterator[Line]:
    """A line for each form of the project that is signed, or as good as: an acceptance that the customer has signed."""
    for code in forms:
        papers = websites.finished(project_id, code)
        last = websites.under_way(project_id, code)
        if last and last.id not in {one.id for one in papers} and last.answers.get("accepted_on"):
            papers.append(last)
        yield from (_line(project_id, paper) for paper in papers)


def _line(project_id: int, paper: Paper) -> Line:
    key, done, problem = ENDS[paper.code]
    stage = projects.stage(project_id, key)
    return {
        "phase": str(STAGES[WEB.key, key].title),
        "planned": _day(paper.answers.get("planned_on")) or (stage.row.planned_on if stage else None),
        "actual": _day(paper.answers.get(done)) or paper.on,
        "work": paper.label,
        "problem": paper.answers.get(problem),
    }


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
