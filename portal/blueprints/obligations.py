"""The obligations: what the rules ask for by themselves, what is open, what was missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.obligations import Number, Obligation
from portal.domain.refusal import NotFound
from portal.domain.roles import DEPARTMENT, DEPARTMENTS
from portal.forms.duties import OBLIGATIONS
from portal.forms.sentences import who
from portal.forms.titles import form_title, record_path, register_path, step_title
from portal.lib.clock import now
from portal.lib.i18n import _, language
from portal.models import Task
from portal.queries import ledgers, trail
from portal.queries import obligations as queries
from portal.services import obligations
from portal.web import clauses, meanwhile, posted
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.reading import reads
from portal.web.sheets import NumberSheet, ReasonSheet
from portal.web.tasks import holders
from portal.web.times import due, short
from portal.web.transaction import writes

bp = Blueprint("obligations", __name__, url_prefix="/obligations")
SHOWN = 100
Answer = Response | str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    """A task of an obligation as its page shows it."""

    about: str
    href: str
    holders: str
    since: str
    due: Any
    state: str
    missed: str


@bp.get("/")
@open_to("signed_in")
@reads
def index() -> str:
    """Every obligation by department, with how it stands."""
    at = now()
    standings = queries.standings(OBLIGATIONS.values(), at)
    groups = [
        (one.title, [(each, standings[each.key]) for each in OBLIGATIONS.values() if each.department == one.key])
        for one in DEPARTMENTS
    ]  # fmt: skip
    return render_template(
        "obligations/index.html",
        groups=[(title, found) for title, found in groups if found],
        runs=queries.runs(),
        clauses=clauses.bases(one.clause for one in OBLIGATIONS.values()),
        off={one.key for one in OBLIGATIONS.values() if not queries.is_on(one)},
        shown=lambda run: short(run.acted_at, at),
    )


@bp.get("/<key>")
@open_to("signed_in")
def show(key: str) -> str:
    """One obligation: its rule, its numbers, its last run and, for those who may see them, its tasks."""
    return _page(_found(key))


@bp.post("/<key>/numbers/<which>")
@open_to("administrators")
@writes
def change_number(key: str, which: str) -> Answer:
    """Sets a number that the procedures leave open, with the reason."""
    obligation, form, by = _found(key), NumberSheet(request.form, person=actor()), actor()

    def act() -> None:
        about = {"obligation": key, "which": which}
        meanwhile.refuse(obligations.STREAM, "obligation_number_changed", **about)
        obligations.change_number(
            obligation, which, form.value.data, by=by, reason=form.reason.data, now=now()
        )

    good, _none = attempt(form, act)
    if not good:
        return _page(obligation, {which: form}), 422
    flash(_("“%(title)s”已更改。", title=_number(obligation, which).title), "success")
    return redirect(url_for("obligations.show", key=key), 303)


@bp.post("/<key>/switch")
@open_to("administrators")
@writes
def switch(key: str) -> Answer:
    """Switches an obligation off or on, with the reason."""
    obligation, form, by = _found(key), ReasonSheet(request.form, person=actor()), actor()
    on = posted.control("on") == "yes"
    good, _none = attempt(
        form, lambda: obligations.switch(obligation, on, by=by, reason=form.reason.data, now=now())
    )
    if not good:
        return _page(obligation, {"on": form}), 422
    flash(_("已启用。") if on else _("已停用。"), "success")
    return redirect(url_for("obligations.show", key=key), 303)


@bp.post("/tasks/<int:id>/put-aside")
@open_to("writers")
@writes
def put_aside(id: int) -> Response:
    """Puts an offer aside, with the reason."""
    obligations.put_aside(id, actor(), posted.said("reason", 300), now=now())
    flash(_("已搁置。"), "success")
    return redirect("/", 303)


def _found(key: str) -> Obligation:
    if key not in OBLIGATIONS:
        raise NotFound
    return OBLIGATIONS[key]


def _number(obligation: Obligation, which: str) -> Number:
    return next(one for one in obligation.numbers if one.key == which)


def _page(obligation: Obligation, forms: dict[str, Any] | None = None) -> str:
    by, at, seen = actor(), now(), meanwhile.seen(obligations.STREAM)
    forms = forms or {}
    only = request.args.get("only", "")
    kinds = ("obligation_number_changed", "obligation_switched")
    past = [
        (event, who(event))
        for kind in kinds
        for event in trail.of_kind(kind, obligations.STREAM, size=SHOWN)
        if event.facts["obligation"] == obligation.key
    ]
    return render_template(
        "obligations/obligation.html",
        one=obligation,
        clause=clauses.basis(obligation.clause),
        department=DEPARTMENT[obligation.department].title,
        form_title=form_title(obligation.form, language()) if obligation.form else "",
        form_url=register_path(obligation.form),
        turns=[_turn(turn) for turn in obligation.turns],
        numbers=queries.numbers(obligation),
        on=queries.is_on(obligation),
        standing=queries.standings([obligation], at)[obligation.key],
        run=queries.runs().get(obligation.key),
        lines=_lines(obligation, only) if by.sees_books_of(obligation.department) else None,
        only=only,
        past=past,
        seen=seen,
        sheets={
            **{one.key: NumberSheet(person=by) for one in obligation.numbers},
            "on": ReasonSheet(person=by),
            **forms,
        },
        wrong=forms,
        errors=[problem for form in forms.values() for problem in errors(form)],
    )


def _turn(turn: Any) -> str:
    if not turn.form:
        return _("全部表单的各个步骤")
    title, spoken = form_title(turn.form, language()), language()
    return f"{title} · {step_title(turn.form, turn.step, spoken)}" if turn.step else title


def _lines(obligation: Obligation, only: str) -> list[Line]:
    """The tasks; records that the person may open become links."""
    found = queries.tasks(obligation, limit=SHOWN, only=only)
    known = ledgers.readable({task.record.number for task in found if task.record is not None}, actor())
    at = now()
    return [_line(task, known, at) for task in found]


def _line(task: Task, known: Mapping[str, str], at: datetime) -> Line:
    record, waits = task.record, task.state in ("open", "stuck")
    about, href = task.note or (record.number if record is not None else ""), ""
    if record is not None and record.number in known:
        about, href = f"{record.number} {record.title}", record_path(record.form_code, record.number)
    return Line(
        about=about,
        href=href,
        holders=holders(task),
        since=short(task.created_at, at),
        due=due(task.due_at, at) if waits else None,
        state=task.state,
        missed=short(task.missed_at, at) if task.missed_at else "",
    )  # fmt: skip
