"""Projects: the list, one page for each, and the stages that those who answer for them adjust."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import projects as kinds
from portal.domain.refusal import NotAllowed, NotFound
from portal.domain.roles import DEPARTMENT
from portal.forms import project_parts
from portal.lib.clock import day, now, today
from portal.lib.i18n import _, language
from portal.models import Project
from portal.queries import project_search
from portal.queries import projects as books
from portal.queries.actors import Actor
from portal.services import projects
from portal.web import meanwhile, posted, project_drawings, project_page, project_papers, project_steps
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.project_sheets import StageSheet, sheet_of
from portal.web.reading import reads
from portal.web.transaction import writes

bp = Blueprint("projects", __name__, url_prefix="/projects")
SIZE = 50
Answer = Response | str | tuple[str, int]


@bp.get("/")
@open_to("signed_in")
@reads
def index() -> str:
    """The projects that fit what is typed and picked, among those that the person may see."""
    by = actor()
    typed, kind, state = posted.asked("q"), posted.asked("kind"), posted.asked("state")
    kind, state = kind if kind in kinds.KINDS else "", state if state in kinds.PROJECT_STATES else ""
    shown, cursor = project_parts.kinds_for(by), request.args.get("after", "")
    found = project_search.page(typed, shown, by.id, kind, state, today(), cursor, SIZE)
    return render_template(
        "projects/index.html",
        typed=typed,
        kind=kind,
        state=state,
        kinds=kinds.KINDS,
        states=kinds.PROJECT_STATES,
        looks=project_parts.LOOKS,
        projects=found.rows,
        today=today(),
        previous=found.previous,
        following=found.following,
    )


@bp.get("/<project>")
@open_to("signed_in")
def project(project: str) -> str:
    """Everything about one project that the person may know."""
    by, at, spoken = actor(), now(), language()
    one = _seen(project, by)
    steps = project_steps.steps(one, by, day(at), spoken)
    return render_template(
        "projects/project.html",
        project=one,
        kind=kinds.KINDS[one.kind],
        department=DEPARTMENT[kinds.KINDS[one.kind].department],
        state=kinds.PROJECT_STATES[one.state],
        look=project_parts.LOOKS[one.state],
        steps=steps,
        figures=project_page.figures(one, steps, day(at)),
        money=project_page.money(one) if project_parts.may_see_money(by, one) else [],
        graph=project_drawings.graph(one, steps),
        gantt=project_drawings.gantt(steps, one, day(at)),
        adjusts=project_parts.may_adjust(by, one),
        facts=project_page.facts(one, by),
        team=project_page.team(one),
        tasks=project_page.tasks(one, by, spoken, at),
        few=project_page.FEW,
        papers=project_papers.papers(one, by, day(at), spoken),
        cards=project_page.cards(one, by, spoken, at),
        line=project_page.time_line(one, by, request.args.get("after", ""), spoken),
    )


@bp.get("/<project>/stages/<stage>")
@open_to("writers")
def stage(project: str, stage: str) -> str:
    """The sheet on which a stage is adjusted."""
    one, found = _adjustable(project, stage)
    return _sheet(one, found, sheet_of(one, found, person=actor()))


@bp.post("/<project>/stages/<stage>")
@open_to("writers")
@writes
def adjust(project: str, stage: str) -> Answer:
    """Adjusts a stage."""
    one, found = _adjustable(project, stage)
    by = actor()
    form = sheet_of(one, found, request.form, person=by)

    def act() -> None:
        reason, seen = form.reason.data or "", posted.control(meanwhile.SEEN, 16)
        with meanwhile.telling():
            projects.adjust(one.id, stage, form.values(), reason, seen=seen, by=by, now=now())

    good, _none = attempt(form, act)
    if not good:
        return _sheet(one, found, form), 422
    flash(_("“%(stage)s”已调整。", stage=found.kind.title), "success")
    return redirect(url_for("projects.project", project=project), 303)


def _sheet(one: Project, found: books.Stage, form: StageSheet) -> str:
    seen = meanwhile.shown(books.fingerprint(found.row))
    return render_template(
        "projects/stage.html", project=one, stage=found, form=form, errors=errors(form), seen=seen
    )


def _seen(code: str, by: Actor) -> Project:
    """The project, if it is for the person.

    Raises:
        NotFound: there is none, or it is not.
    """
    one = books.named(code)
    if not project_parts.may_see(by, one):
        raise NotFound
    return one


def _adjustable(code: str, key: str) -> tuple[Project, books.Stage]:
    """The project and its stage, if the person may adjust it.

    Raises:
        NotAllowed: somebody else decides that.
        NotFound: there is none, or it is not for the person.
    """
    by = actor()
    one = _seen(code, by)
    found = books.stage(one.id, key)
    if found is None:
        raise NotFound
    if not project_parts.may_adjust(by, one):
        raise NotAllowed
    return one, found
