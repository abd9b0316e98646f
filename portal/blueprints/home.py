"""The first page: tasks, drafts, records."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.database import transaction
from portal.domain.refusal import NotFound
from portal.forms.titles import form_title, step_title
from portal.lib.clock import now, today
from portal.lib.i18n import _, language
from portal.queries import desk as home_desk
from portal.queries import home, inbox, postings, readings
from portal.queries.keyset import LARGEST
from portal.services import asks, bulk
from portal.web import bulletins, desk, identity, own_key, posted
from portal.web.guard import actor, open_to
from portal.web.todo import todo
from portal.web.transaction import writes

bp = Blueprint("home", __name__)

TASKS, MINE, RECORDS, READ = 30, 8, 50, 5  # READ: bulletins, and documents to read


@bp.get("/")
@open_to("signed_in")
def index() -> str:
    """The first page."""
    return _page()


@bp.post("/tasks/approve")
@open_to("writers")
def approve() -> str | tuple[str, int]:
    """Approves several tasks at once and tells of each what became of it."""
    chosen = _ticked()
    if not identity.confirm(alone=True):
        return _page(problem=str(identity.problem()), chosen=frozenset(chosen)), 422
    with transaction():
        key, passkey = own_key.at_hand(), identity.passkey()
        outcomes = bulk.approve(chosen, actor(), now=now(), key=key, passkey=passkey)
    return render_template("home/approved.html", outcomes=outcomes, form_title=_form, step_title=_step)


@bp.post("/tasks/<int:id>/done")
@open_to("writers")
@writes
def done(id: int) -> Response:
    """Ticks off a thing to do."""
    if id > LARGEST:
        raise NotFound
    asks.tick_off(id, actor(), posted.said("note", 500), now=now())
    flash(_("已办。"), "success")
    return redirect("/", 303)


@bp.get("/mine")
@open_to("writers")
def mine() -> str:
    """Every record that the person started, newest first."""
    before, spoken = posted.asked_id("before"), language()
    found = home.mine(actor().id, limit=RECORDS + 1, before=before)
    following = found[RECORDS - 1].id if len(found) > RECORDS else None
    shown = [desk.record(row, spoken) for row in found[:RECORDS]]
    return render_template("home/mine.html", records=shown, following=following, before=before)


def _page(*, problem: str = "", chosen: frozenset[int] = frozenset()) -> str:
    """The first page, after a failed approval with what was chosen."""
    by, at, spoken = actor(), now(), language()
    page = max(request.args.get("page", 1, type=int), 1)
    leaves = home.substitutions(by.id, today())
    lenders = {leave.person_id: leave.away for leave in leaves}
    rows = inbox.tasks(by, limit=TASKS + 1, offset=min((page - 1) * TASKS, 10_000))
    todos = [todo(row, by, lenders, at, spoken) for row in rows[:TASKS]]
    lying = home_desk.desk(by, at)
    return render_template(
        "home/index.html",
        todos=todos,
        page=page,
        more=len(rows) > TASKS,
        fresh=identity.is_fresh() if any(one.bulk for one in todos) else True,
        problem=problem,
        chosen=chosen,
        drafts=[desk.draft(row, spoken) for row in lying.drafts],
        mine=[desk.record(row, spoken) for row in lying.mine[:MINE]],
        late=[desk.record(row, spoken) for row in lying.late],
        forms=desk.frequent(by, [row.form_code for row in lying.mine], spoken),
        leaves=leaves,
        bulletins=[bulletins.headline(row) for row in postings.front(by, today(), limit=READ)],
        to_read=readings.owed(by, today()),
        few=READ,
        today=today(),
    )


def _ticked() -> dict[int, str]:
    """The tasks that were ticked, each with where its record stood when the page showed it."""
    pairs = (one.partition(":") for one in request.form.getlist("task"))
    return {int(id): seen for id, _colon, seen in pairs if id.isascii() and id.isdigit() and len(id) < 10}


def _form(code: str) -> str:
    return form_title(code, language())


def _step(code: str, key: str) -> str:
    return step_title(code, key, language())
