"""A record's prints: the original, numbered copies, and what is printed of a record that is still on its way."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.domain.prints import LANGUAGES, ORIGINAL
from portal.domain.refusal import Refusal
from portal.forms.catalogue import FORMS
from portal.forms.titles import form_title
from portal.lib.clock import now
from portal.lib.i18n import language
from portal.models import Record
from portal.queries import outbox, prints, visible
from portal.services import print_turns, printing, record_prints
from portal.storage import files
from portal.web import looks
from portal.web.guard import actor, open_to
from portal.web.headers import name_file
from portal.web.transaction import writes
from portal.web.views.fill import find_form


@open_to("signed_in")
def pdf(department: str, slug: str, number: str) -> Answer:
    """The original of a finished record; of any other what it says now, marked as unfinished."""
    record = looks.noted(_record(department, slug, number), "pdf")
    if record.state == "finished":
        original = prints.original_file(record.id, language())
        if original is None:
            return redirect(url_for(f"{department}.prints", slug=slug, number=number))
        return _shown(files.get(original.sha256), original.name)
    with print_turns.turn(actor().id):
        data = printing.make(record, language(), now=now())
    return _shown(data, f"{record.number}.pdf")


@open_to("signed_in")
def page(department: str, slug: str, number: str) -> str:
    """What there is on paper, and what is being made."""
    return _page(_record(department, slug, number))


@open_to("signed_in")
def ask(department: str, slug: str, number: str) -> Answer | tuple[str, int]:
    """Asks for a numbered copy, or for the original in a language in which there is none yet."""
    record = _record(department, slug, number)
    try:
        _ask(record)
    except Refusal as refusal:
        return _page(record, str(refusal)), refusal.status
    return redirect(url_for(f"{department}.prints", slug=slug, number=number), 303)


@writes
def _ask(record: Record) -> None:
    wanted = request.form.get("language", "zh")
    act = record_prints.ask_original if request.form.get("kind") == "original" else record_prints.ask_copy
    act(record, wanted if wanted in LANGUAGES else "zh", actor(), now=now())


def _page(record: Record, problem: str = "") -> str:
    found = prints.of_record(record.id)
    form, stopped = FORMS[record.form_code], outbox.stopped_prints(record.id, [one.id for one in found])
    return render_template(
        "records/prints.html",
        record=record,
        title=form_title(record.form_code, language()),
        problem=problem,
        originals={one.language: one for one in found if one.copy == ORIGINAL},
        copies=[one for one in reversed(found) if one.copy != ORIGINAL],
        stopped=stopped,
        coming=record.state == "finished"
        and not stopped
        and (not found or any(one.file is None for one in found)),
        languages=LANGUAGES,
        may_take=partial(prints.may_take, by=actor()),
        base=url_for(f"{form.department_key}.show", slug=form.slug, number=record.number),
        standing=prints.standing(record),
    )


@open_to("signed_in")
def take(department: str, slug: str, number: str, id: int) -> Answer:
    """The file of an original or of one's own copy."""
    record = looks.noted(_record(department, slug, number), "pdf")
    file = prints.taken(record.id, id, actor())
    return _shown(files.get(file.sha256), file.name)


def _shown(data: bytes, name: str) -> Response:
    answer = Response(data, mimetype="application/pdf")
    name_file(answer, name, shown=True)
    return answer


def _record(department: str, slug: str, number: str) -> Record:
    return visible.record(number, actor(), find_form(department, slug).code)


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    bp.add_url_rule("/<slug>/<number>.pdf", "pdf", pdf)
    bp.add_url_rule("/<slug>/<number>/prints", "prints", page)
    bp.add_url_rule("/<slug>/<number>/prints", "ask_print", ask, methods=["POST"])
    bp.add_url_rule("/<slug>/<number>/prints/<int:id>.pdf", "take_print", take)
