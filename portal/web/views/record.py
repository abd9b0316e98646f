"""A record's page, print and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from markupsafe import Markup

from portal.domain.obligations import Missing
from portal.domain.signoff import Onward
from portal.forms import customer_parts, drawings, project_parts
from portal.forms.base import CompanyForm, Sheet
from portal.forms.definition import address, fields
from portal.forms.flow import chart
from portal.forms.kinds import carried, load
from portal.forms.progress import progress
from portal.forms.sentences import sentence
from portal.forms.sheet import Line, lines
from portal.forms.words import LINKS, MEANINGS, SAID, WAYS, authority, department_of, holder
from portal.lib.clock import day, now, today
from portal.lib.i18n import _, language
from portal.models import Content, Record, Signature, Task
from portal.models.tasks import TURNS
from portal.queries import account, actors, history, people, record_page, retention, visible
from portal.queries.actors import Actor, Behind
from portal.queries.record_page import RecordPage
from portal.services import corrections, drafts, entries, record_data, route, signing, tasks
from portal.web import clauses, identity, looks, posted, record_texts, risk_matrix
from portal.web.clauses import Basis
from portal.web.form_errors import FormError, errors
from portal.web.guard import actor, open_to
from portal.web.times import due
from portal.web.views.fill import find_form

NAMES = 3  # of people behind a role that are spelt out


@dataclass(frozen=True)
class Turn:
    """The person's open task on a record, with the stage to fill in."""

    task: Task
    title: str
    meaning: str
    stage: Sheet | None
    filled: bool
    lender: str
    back: list[tuple[str, str]]
    may_refuse: bool
    refusal: str
    onward: bool  # whether a refusal leads on to a later step

    @property
    def draws(self) -> bool:
        """Whether the stage itself asks for a drawn signature, which then serves the outside signer."""
        return any(field.kind == "signature" for field in self.stage or ())

    @property
    def advice(self) -> bool:
        """Whether only advice is asked for."""
        return self.task.kind == "advice"


@dataclass(frozen=True)
class Part:
    """A part of the sheet: the opening section, or one stage or entry with its signature."""

    title: str
    lines: list[Line]
    signature: Signature | None = None
    note: str = ""  # of a step that nobody has signed, and that the record has left by itself


@open_to("signed_in")
def show(department: str, slug: str, number: str) -> str:
    """The record's page."""
    form = find_form(department, slug)
    return page(looks.noted(visible.record(number, actor(), form.code), "page"))


def page(
    record: Record,
    *,
    stage: Sheet | None = None,
    entry: tuple[str, Sheet] | None = None,
    problem: str = "",
    seen: str = "",
) -> str:
    """The record's page, with what was typed into a stage or entry and what is wrong with it.

    `seen` is the hash of the content that the person had before them: what has changed since is told.
    """
    by = actor()
    read = record_page.read(record)
    turn = _turn(read, by, stage)
    form, shown = route.form_of(record), parts(read)
    return render_template(
        "records/record.html",
        record=record,
        read=read,
        form=form,
        title=read.definition["title"][language()],
        base=url_for(f"{form.department_key}.show", slug=form.slug, number=record.number),
        register_url=address(form),
        clauses=_clauses(form),
        parts=shown,
        opens=visible.numbers(_linked(read, shown), by),
        opening=opening,
        matrix=risk_matrix.of_record(record.form_code, read.content.answers),
        drawing=drawings.of_record(form, read, day(now())),
        texts=record_texts.of_record(record, by, day(now())),
        pages=_pages(by),
        turn=turn,
        phrases=account.phrases(by) if turn else [],
        entries=_entries(read, by, entry),
        problem=problem,
        changed=[(event, sentence(event)) for event in read.since(seen)],
        typed_entry=entry[0] if entry else "",
        typed_in=(request.endpoint or "").rpartition(".")[2],
        errors=_problems(turn, entry),
        chart=Markup(chart(read.definition, progress(read), language())),  # nosec B704 -- drawn by us, texts escaped
        waiting=_waiting(read),
        held=retention.hold(record.form_code) if record.closed_at else None,
        events=[(event, sentence(event)) for event in reversed(read.events)],
        sealed=any(event.kind == "print_stored" and event.facts.get("seal") for event in read.events),
        meanings=SAID,
        ways=WAYS,
        link_words=LINKS,
        authority=authority,
        department_of=department_of,
        may_withdraw=corrections.no_withdrawal(record, read.signatures, by) is None,
        may_correct=corrections.turn(read.tasks, by) is not None,
        may_copy=by.may_open(form.opened_by),
        may_urge=not by.is_auditor and record.state == "running",
        confirmed=identity.is_fresh(),
        due=due,
        missing=Missing.read,
        now=now(),
    )


@open_to("signed_in")
def as_json(department: str, slug: str, number: str) -> Response:
    """The record for machines: the form as it was, answers, signatures, events."""
    form = find_form(department, slug)
    record = looks.noted(visible.record(number, actor(), form.code), "json")
    return jsonify(record_data.as_json(record_page.read(record)))


def parts(read: RecordPage) -> list[Part]:
    """The opening section and each stage as signed, in the order of time, each by its own form version;
    between them the steps that nobody signed and that the record has left by itself."""
    spoken = language()
    found = []
    for signature in read.signatures:
        stage = history.stage(signature)
        shown = [
            line
            for line in lines(stage["fields"], signature.answers, spoken)
            if line.name in signature.answers
        ]
        found.append((signature.signed_at, Part(stage["title"][spoken], shown, signature)))
    titles = {step["key"]: step["title"][spoken] for step in read.definition["steps"]}
    for lapse in read.lapses:
        step = lapse.facts["step"]
        found.append((lapse.at, Part(titles.get(step, step), [], note=sentence(lapse))))
    found.sort(key=lambda one: one[0])
    return [Part(read.definition["title"][spoken], opening(read.content)), *(part for _at, part in found)]


def _linked(read: RecordPage, shown: list[Part]) -> set[str]:
    """The numbers of all records that the page names."""
    lines = [line for part in shown for line in part.lines]
    lines += [line for one in read.versions if one is not read.content for line in opening(one)]
    cells = [cell for line in lines for cell in (line.cell, *(one for row in line.rows for one in row))]
    return {cell.linked for cell in cells if cell.linked} | {
        other.number for _way, _kind, other in read.links
    }


def opening(content: Content) -> list[Line]:
    """The opening section of a content version, by the form version that it was given under."""
    return lines(content.form_version.definition["fields"], content.answers, language())


def stage_for(record: Record, task: Task, by: Actor, typed: Any = None) -> Sheet | None:
    """The stage form of a task, filled with what was typed, kept in a draft or signed a round before."""
    step = route.form_of(record).signoff.step(task.step)
    if step.fills is None or task.kind == "advice" or signing.stage_filled(record, task):
        return None
    known = route.known(record, now=now())
    content, signed = history.content(record), history.signatures(record)
    asked = fields(step.fills())
    before = load(
        asked, carried(history.fields(content, signed), asked, history.stored_answers(content, signed))
    )
    if step.by.apart:  # what another department has answered is not this one's answer
        before = {}
    if typed is None:
        draft = drafts.mine(drafts.stage_key(task.id, by), by)
        typed = posted.as_typed(draft.typed) if draft else None
    form: Sheet = step.fills(typed, answers=before or None, context=known, person=by)
    form.compute()
    return form


def _clauses(form: type[CompanyForm]) -> dict[str, Basis]:
    """Where the form is laid down, under no key, and the steps that say so for themselves, by their keys."""
    named = {"": form.procedure, **clauses.steps_of(form)}
    found = clauses.bases(named.values())
    return {key: found[clause] for key, clause in named.items() if clause in found}


def _pages(by: Actor) -> dict[str, str]:
    """Where the pages of customers and projects lie, as far as they are for the person."""
    pages = {"project": "/projects"} if project_parts.kinds_for(by) else {}
    return pages | ({"customer": "/customer-service/customers"} if customer_parts.may_see(by) else {})


def _turn(read: RecordPage, by: Actor, stage: Sheet | None) -> Turn | None:
    found = next(
        (
            (task, authority_)
            for task in read.tasks
            if task.state == "open"
            and task.kind in TURNS
            and (authority_ := tasks.authority_for(task, by)) is not None
            and not tasks.is_own_work(task, by, authority_)
        ),
        None,
    )
    if found is None:
        return None
    task, held = found
    form = route.form_of(read.record)
    step = form.signoff.step(task.step)
    titles = {one.key: str(one.title) for one in form.signoff.steps}
    earlier = signing.earlier_steps(read.record, task.step)
    lender = people.name_of(held.lender) if held.lender else ""
    refusal = step.on_refusal
    if getattr(refusal, "when", None) is not None:
        refusal = step.refusal(route.known(read.record, read.signatures, now=now()))
    return Turn(
        task=task,
        title=titles[task.step],
        meaning=str(MEANINGS.get("advised" if task.kind == "advice" else step.meaning, step.meaning)),
        stage=stage if stage is not None else stage_for(read.record, task, by),
        filled=signing.stage_filled(read.record, task),
        lender=lender,
        back=[(key, titles[key]) for key in earlier],
        may_refuse=task.kind != "advice",
        refusal=titles.get(getattr(refusal, "to", ""), getattr(refusal, "to", "close")),
        onward=isinstance(refusal, Onward),
    )


def _entries(read: RecordPage, by: Actor, typed: tuple[str, Sheet] | None) -> list[tuple[str, str, Sheet]]:
    """The side entries that the person may add now, as forms."""
    if read.record.state in route.OVER:
        return []
    found = []
    defined = route.form_of(read.record).signoff.entries
    known = route.known(read.record, read.signatures, now=now()) if defined else {}
    for entry in defined:
        if entries.authority(read.record, entry.key, by, known) is None:
            continue
        if typed is not None and typed[0] == entry.key:
            form = typed[1]
        else:
            form = entry.fills(context=known, person=by)
        found.append((entry.key, str(entry.title), form))
    return found


def _waiting(read: RecordPage) -> list[tuple[Task, list[str]]]:
    """Who is next: each open turn with its holders in words."""
    turns = [task for task in read.tasks if task.kind in (*TURNS, "correct", "ask", "entry")]
    keys = {one.key for task in turns for one in task.holders}
    known = actors.behind(keys, read.record.form_code, today())
    return [(task, [_held(task, one.key, read, known) for one in task.holders]) for task in turns]


def _held(task: Task, key: str, read: RecordPage, known: Mapping[str, list[Behind]]) -> str:
    """A holder in words, with the names of those behind it who may do the task, by themselves or for somebody on leave."""
    word, barred = holder(key, read.people), {one.person_id for one in task.exclusions}
    able = [one for one in known.get(key, ()) if barred.isdisjoint((one.id, one.lender_id))]
    own = {one.id for one in able if not one.lender}
    once = {one.id: one for one in reversed(able) if not one.lender or one.id not in own}
    names = [_named(one) for one in able if once.get(one.id) is one]
    if not names:
        return word
    if key.startswith("person:"):  # who is named already
        return _("、").join([word, *names])
    few = _("、").join(names[:NAMES])
    if len(names) > NAMES:
        return _("%(role)s（%(names)s 等 %(count)d 人）", role=word, names=few, count=len(names))
    return _("%(role)s（%(names)s）", role=word, names=few)


def _named(one: Behind) -> str:
    return _("%(name)s（代 %(lender)s）", name=one.name, lender=one.lender) if one.lender else one.name


def _problems(turn: Turn | None, entry: tuple[str, Sheet] | None) -> list[FormError]:
    found = errors(turn.stage) if turn and turn.stage is not None else []
    return found + (errors(entry[1]) if entry else [])


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    bp.add_url_rule("/<slug>/<number>", "show", show)
    bp.add_url_rule("/<slug>/<number>.json", "as_json", as_json)
