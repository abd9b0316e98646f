"""Filling in a form: new, from a draft, from a former record, or as a correction."""

from __future__ import annotations

import json
import secrets
from typing import Any

from flask import Blueprint, flash, get_template_attribute, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from portal.database import transaction
from portal.domain.public_requests import FORM as FROM_OUTSIDE
from portal.domain.refusal import AnswersWrong, NotAllowed, NotFound, Refusal
from portal.forms import access
from portal.forms.base import CompanyForm, Sheet
from portal.forms.catalogue import BY_SLUG
from portal.forms.definition import address, definition, fields
from portal.forms.flow import chart
from portal.forms.kinds import Ref, carried, load
from portal.forms.references import Reference
from portal.forms.titles import form_title, record_path
from portal.lib.clock import ZONE, now, today
from portal.lib.i18n import _, _l, language
from portal.models import Draft, Record
from portal.queries import history, people, public_requests, readings, visible
from portal.queries.actors import Actor
from portal.services import corrections, drafts, records, repeats, route
from portal.web import clauses, posted, rows
from portal.web.form_errors import FormError, errors
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

LIVE = 300  # computed fields up to which all are shown anew while somebody types
NO_CORRECTION = _l("这条记录现在不能更正：只有被退回或撤回的记录可由发起人或其代理人更正。")
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


def find_form(department: str, slug: str) -> type[CompanyForm]:
    """The form at this address.

    Raises:
        NotFound: there is none.
    """
    form = BY_SLUG.get((department, slug))
    if form is None:
        raise NotFound
    return form


@open_to("writers")
def new(department: str, slug: str) -> Page:
    """The empty form, or a draft, or a copy of a former record."""
    form, by = find_form(department, slug), actor()
    key = posted.asked("draft") or secrets.token_urlsafe(18)
    draft = _draft(key, form, by)
    if draft is None and posted.asked("draft"):
        raise NotFound
    if draft is None and not by.may_open(form.opened_by):
        raise access.not_opened(form)
    unread = readings.stands_in_the_way(form.procedure.partition("#")[0], by, today())
    if unread is not None:
        flash(
            _("请先阅读并确认现行版本，再填写“%(form)s”。", form=form_title(form.code, language())), "warning"
        )
        return redirect(url_for("documents.show", document=unread.document_no))
    filled = _filled(form, draft) if draft else _asked_for(form, by)
    return _page(form, filled, key=key, draft=draft)


@open_to("writers")
def create(department: str, slug: str) -> Page:
    """Submits, saves, discards or changes rows of a form being filled in."""
    form_class, by = find_form(department, slug), actor()
    key = posted.control("_key", 80) or secrets.token_urlsafe(18)
    draft = _draft(key, form_class, by)
    if posted.control("_op") == "discard":
        with transaction():
            drafts.discard(key, by)
        return redirect(url_for("home.index"), 303)
    if not (draft or by.may_open(form_class.opened_by) or records.submitted(key, by)):
        raise access.not_opened(form_class)
    sent = posted.read(by)
    form = form_class(sent.fields, answers=_kept(form_class, draft), context=_context(draft), person=by)
    if rows.is_row_act(sent.op):
        return _after_row_act(form_class, form, sent.op, key=key, draft=draft)
    if sent.op == "save":
        return _save(form_class, form, key, sent)
    try:
        with transaction():
            number = _submit(form, key, sent)
    except NotAllowed:
        raise
    except Refusal as refusal:
        draft = _keep(form, key, sent)
        return _page(form_class, form, key=key, draft=draft, problems=_said(refusal)), refusal.status
    flash(_("已提交，编号 %(number)s。", number=number), "success")
    return redirect(record_path(form.code, number), 303)


def _submit(form: CompanyForm, key: str, sent: posted.Posted) -> str:
    """Makes the record and gives its number; of a page that was submitted before, the record that it became.

    Raises:
        AnswersWrong: the sheet, or a file that came with it, is not good.
    """
    by = actor()
    records.hold(form)
    again = records.submitted(key, by)
    if again is not None:
        if not repeats.submitted(again, form):
            flash(
                _(
                    "这张表单先前已经提交，编号 %(number)s。后来改动的内容没有写入，请核对。",
                    number=again.number,
                ),
                "warning",
            )
        return again.number
    _check(form, sent)
    return records.submit(form, by, key=key, now=now(), draft=_draft(key, type(form), by)).number


def _check(form: CompanyForm, sent: posted.Posted) -> None:
    good = form.validate()
    if not good or sent.refused:
        raise AnswersWrong(" ".join(sent.refused))


def _said(refusal: Refusal) -> list[FormError]:
    """What a refusal says of the whole sheet; what is wrong with single answers stands beside them."""
    return [("sheet", "", str(refusal))] if str(refusal) else []


@open_to("writers")
@writes
def copy(department: str, slug: str, number: str) -> Page:
    """Starts a draft with the answers of a former record; with `_corrects` one that will reverse its postings."""
    form_class, by = find_form(department, slug), actor()
    former = visible.record(number, by, form_class.code)
    if not by.may_open(form_class.opened_by):
        raise access.not_opened(form_class)
    corrects = former.id if posted.control("_corrects") else None
    if corrects is not None:
        records.refuse_second_correction(corrects, form_class.code)
    draft = drafts.start(
        form_class.code, by, secrets.token_urlsafe(18), _carried(form_class, former), title=former.title,
        now=now(), corrects=corrects,
    )  # fmt: skip
    return redirect(url_for(f"{department}.new", slug=slug, draft=draft.key), 303)


@open_to("writers")
def correction(department: str, slug: str, number: str) -> Page:
    """The sheet of a returned or withdrawn record, to be corrected."""
    form_class, by = find_form(department, slug), actor()
    record = _mine_to_correct(number, form_class)
    draft = drafts.mine(drafts.correction_key(record, by), by)
    if draft is not None:
        form = form_class(
            posted.as_typed(draft.typed),
            answers=_answers(form_class, record),
            context=route.known(record, now=now()),
            person=by,
        )
    else:
        form = form_class(
            answers=_answers(form_class, record), context=route.known(record, now=now()), person=by
        )
    form.compute()
    return _page(form_class, form, key=drafts.correction_key(record, by), record=record, draft=draft)


@open_to("writers")
def correct(department: str, slug: str, number: str) -> Page:
    """Saves or submits the correction."""
    form_class, by = find_form(department, slug), actor()
    record = visible.record(number, by, form_class.code)
    sent = posted.read(by)
    form = form_class(
        sent.fields, answers=_answers(form_class, record), context=route.known(record, now=now()), person=by
    )
    key = drafts.correction_key(record, by)
    if sent.op == "submit" and _is_corrected(record, form):  # sent again, as the answer was lost on the way
        return _corrected(record)
    if not _may_correct(record):  # somebody else was quicker: what was typed stays on the page
        return _page(form_class, form, key=key, record=record, problems=_said(Refusal(NO_CORRECTION))), 422
    if rows.is_row_act(sent.op):
        return _after_row_act(form_class, form, sent.op, key=key, record=record)
    if sent.op == "save":
        return _save(form_class, form, key, sent, record=record)
    try:
        with transaction():
            _correct(form, record, key, sent)
    except Refusal as refusal:
        problems = _said(refusal)
        if isinstance(refusal, AnswersWrong):
            _keep(form, key, sent, record)
            problems += [] if posted.control("_reason") else [("reason", _("更正理由"), _("请填写更正理由"))]
        return _page(form_class, form, key=key, record=record, problems=problems), refusal.status
    return _corrected(record)


def _corrected(record: Record) -> Response:
    flash(_("已更正并重新提交。"), "success")
    return redirect(record_path(record.form_code, record.number), 303)


def _is_corrected(record: Record, form: CompanyForm) -> bool:
    seen, reason = _seen_version(), posted.control("_reason", 500)
    return seen < record.version and repeats.corrected(record, actor(), seen=seen, reason=reason, typed=form)


def _seen_version() -> int:
    """The content version that the page was made from."""
    version = posted.control("_version")
    return int(version) if version.isdecimal() and len(version) < 10 else 0


def _correct(form: CompanyForm, record: Record, key: str, sent: posted.Posted) -> None:
    records.hold(form, record)
    _check(form, sent)
    reason = posted.said("_reason", 500)
    if not reason:
        raise AnswersWrong
    corrections.correct(record.id, form, actor(), reason=reason, seen=_seen_version(), now=now())
    drafts.discard(key, actor())


def _keep(form: CompanyForm, key: str, sent: posted.Posted, record: Record | None = None) -> Draft:
    """Keeps what was typed, in a write of its own."""
    id = record.id if record else None
    with transaction():
        return drafts.keep(key, form.code, actor(), sent.typed, title=form.heading(), now=now(), record_id=id)


def _save(
    form_class: type[CompanyForm],
    form: CompanyForm,
    key: str,
    sent: posted.Posted,
    record: Record | None = None,
) -> Page:
    """Keeps the draft: quietly for the autosave, with a new page for the button."""
    _keep(form, key, sent, record)
    if request.headers.get("HX-Request"):
        return autosaved(form)
    flash(_("草稿已保存。"), "success")
    if record is not None:
        return redirect(request.path, 303)
    return redirect(url_for(f"{form_class.department_key}.new", slug=form_class.slug, draft=key), 303)


def autosaved(form: Sheet | None) -> tuple[str, int, dict[str, str]]:
    """The autosave's answer: when it was, and the computed fields anew."""
    saved = {"saved": {"at": f"{now().astimezone(ZONE):%H:%M}"}}
    if form is None:
        return "", 204, {"HX-Trigger": json.dumps(saved)}
    form.compute()
    text = render_template("records/computed.html", computed=_anew(form))
    return text, 200, {"HX-Trigger": json.dumps(saved)}


def _anew(form: Sheet) -> list[Any]:
    """The computed fields to be shown anew: of long tables only those of the rows that were typed in."""
    computed = [one for one in form.every_field() if one.computed and not hasattr(one, "rows")]
    if len(computed) <= LIVE:
        return computed
    rows_typed = {name.rpartition("-")[0] for name in posted.control("_edited").split()}
    return [one for one in computed if one.name.rpartition("-")[0] in rows_typed or one.name in form]


def _after_row_act(
    form_class: type[CompanyForm],
    form: CompanyForm,
    op: str,
    *,
    key: str,
    draft: Draft | None = None,
    record: Record | None = None,
) -> Page:
    """The changed table for htmx, the whole page without it."""
    _act, _colon, rest = op.partition(":")
    table = rows.carry_out(form, op, request.form.get(f"{rest}-paste", ""))
    if table is not None and request.headers.get("HX-Request") and hasattr(table, "rows"):
        return str(get_template_attribute("components/rows.html", "rows_table")(table))
    return _page(form_class, form, key=key, draft=draft, record=record)


def _page(
    form_class: type[CompanyForm],
    form: CompanyForm,
    *,
    key: str,
    draft: Draft | None = None,
    record: Record | None = None,
    problems: list[FormError] | None = None,
) -> str:
    """The fill-in page."""
    defined, code = definition(form_class), form_class.department_key
    register_url = address(form_class)
    if record is not None:
        action = url_for(f"{code}.correct", slug=form_class.slug, number=record.number)
    else:
        action = url_for(f"{code}.create", slug=form_class.slug)
    first = defined["steps"][0]["title"][language()] if defined["steps"] else ""
    return render_template(
        "records/form.html",
        form=form,
        about={
            "code": form_class.code,
            "title": form_class.name,
            "purpose": "",
            "register_url": register_url,
            "clause": clauses.basis(form_class.procedure),
        },
        action=action,
        key=key,
        version=record.version if record else "",
        corrects=draft.corrects.number if draft and draft.corrects else "",
        mode="correct" if record else "new",
        reason_needed=record is not None,
        reason=posted.control("_reason"),
        chart=Markup(chart(defined, None, language())),  # nosec B704 -- drawn by us, texts escaped
        next_people=first,
        errors=(problems or []) + errors(form),
        saved_at=f"{draft.updated_at.astimezone(ZONE):%H:%M}" if draft else "",
        letter=public_requests.of_draft(key) if draft and form_class.code == FROM_OUTSIDE else None,
        begun_by=_begun_by(draft),
    )


def _begun_by(draft: Draft | None) -> str:
    """The colleague who has begun a draft that waits for several; nothing if nobody has, or the person themselves."""
    if draft is None or draft.person_id in (None, actor().id):
        return ""
    return people.name_of(draft.person_id)


def _draft(key: str, form_class: type[CompanyForm], by: Actor) -> Draft | None:
    """The person's draft with this key.

    Raises:
        NotFound: it is one of another form, or its key is no new form's.
    """
    if drafts.is_made_here(key):
        raise NotFound
    draft = drafts.mine(key, by)
    if draft is not None and draft.form_code != form_class.code:
        raise NotFound
    return draft


def _asked_for(form_class: type[CompanyForm], by: Actor) -> CompanyForm:
    """The empty form with what its address names: `?customer=C0001` fills the field of that name.

    Only references, each looked up like a typed text among what the person may see; what is not found is left out.
    """
    form = form_class(context=_context(None), person=by)
    asked = {
        field.name: text
        for field in form
        if isinstance(field, Reference) and not field.computed and (text := posted.asked(field.name))
    }
    if asked:
        typed = form_class(MultiDict(asked), person=by)
        named = {field.name: field.data for field in typed if field.name in asked}
        known = {name: ref for name, ref in named.items() if isinstance(ref, Ref) and ref.id is not None}
        form = form_class(
            answers=_begun(form_class, known, _context(None)), context=_context(None), person=by
        )
    form.compute()
    return form


def _begun(form_class: type[CompanyForm], known: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """What the form proposes to whoever opens it, and over it what is known already."""
    proposed = form_class(context={**context, **known}, person=actor()).proposal()
    return {**proposed, **{name: answer for name, answer in known.items() if answer is not None}}


def _filled(form_class: type[CompanyForm], draft: Draft | None) -> CompanyForm:
    """The form with a draft in it; one that nobody has touched begins with what the form proposes, too."""
    answers, context = _kept(form_class, draft), _context(draft)
    if draft is not None and draft.typed is None and draft.corrects_id is None:
        answers = _begun(form_class, answers or {}, context)
    form = form_class(
        posted.as_typed(draft.typed) if draft else None,
        answers=answers,
        context=context,
        person=actor(),
    )
    form.compute()
    return form


def _context(draft: Draft | None) -> dict[str, Any]:
    return {"@now": now(), "@corrects": draft.corrects_id if draft else None}


def _kept(form_class: type[CompanyForm], draft: Draft | None) -> dict[str, Any] | None:
    """The typed answers that an effect or a former record put into the draft."""
    return load(fields(form_class()), draft.answers) if draft and draft.answers else None


def _answers(form_class: type[CompanyForm], record: Record) -> dict[str, Any]:
    return load(fields(form_class()), _carried(form_class, record))


def _carried(form_class: type[CompanyForm], record: Record) -> dict[str, Any]:
    """The stored answers of the record's last content, as far as they fit the form as it is today."""
    opening = history.content(record)
    return carried(opening.form_version.definition["fields"], fields(form_class()), opening.answers)


def _mine_to_correct(number: str, form_class: type[CompanyForm]) -> Record:
    record = visible.record(number, actor(), form_class.code)
    if not _may_correct(record):
        raise Refusal(NO_CORRECTION)
    return record


def _may_correct(record: Record) -> bool:
    return corrections.turn(history.open_tasks(record), actor()) is not None


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    bp.add_url_rule("/<slug>/new", "new", new)
    bp.add_url_rule("/<slug>/new", "create", create, methods=["POST"])
    bp.add_url_rule("/<slug>/<number>/copies", "copy", copy, methods=["POST"])
    bp.add_url_rule("/<slug>/<number>/correct", "correction", correction)
    bp.add_url_rule("/<slug>/<number>/correct", "correct", correct, methods=["POST"])
