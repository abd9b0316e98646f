"""The demo's people fill in sheets: new ones, drafts that effects left, returned ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from portal.demo import drafting, phrases
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.extensions import db
from portal.forms.base import CompanyForm, Sheet
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.models import Draft, Record
from portal.queries import documents, history
from portal.queries.actors import Actor
from portal.services import corrections, records, route


class Unfit(Exception):
    """What a story wrote is refused by its form; the text says where."""


def begin(world: DemoWorld, code: str, by: Actor, key: str) -> Record:
    """Starts a record as its story tells."""
    return records.submit(
        _told(world, FORMS[code], STORIES[code].opening(world), by), by, key=key, now=world.now
    )


def take_up(world: DemoWorld, draft: Draft, by: Actor) -> Record:
    """Completes a draft that an effect opened: what it holds stays, the story adds the rest."""
    form = FORMS[draft.form_code]
    given = load(fields(form()), draft.answers)
    world.hints = _hints(form, given, draft)
    try:
        told = STORIES[draft.form_code].opening(world)
    finally:
        world.hints = {}
    if draft.form_code == documents.RELEASE:
        told |= drafting.written(given, by, world.now)
    try:
        sheet = _told(world, form, {**told, **_kept(given, told)}, by)
    except Unfit:
        sheet = _told(world, form, told, by)
    return records.submit(sheet, by, key=draft.key, now=world.now, draft=draft)


def correct(world: DemoWorld, record: Record, by: Actor) -> None:
    """Puts a returned sheet right: a word more in a long text, the rest as it was."""
    form = FORMS[record.form_code]
    answers = load(fields(form()), history.content(record).answers)
    reason = world.rng.choice(phrases.CORRECTIONS)
    long = [
        field.short_name for field in form() if field.kind == "long_text" and answers.get(field.short_name)
    ]
    if long:
        name = world.rng.choice(long)
        answers[name] = f"{answers[name]}（更正：{reason}）"
    sheet = checked(form, answers, by, context=route.known(record, now=world.now))
    corrections.correct(record.id, sheet, by, reason=reason, seen=record.version, now=world.now)


def _told(world: DemoWorld, form: type[CompanyForm], answers: Mapping[str, Any], by: Actor) -> Any:
    """A new sheet as it is written today."""
    return checked(form, answers, by, context={"@now": world.now})


def checked(
    form: type[Any], answers: Mapping[str, Any], by: Actor, context: Mapping[str, Any] | None = None
) -> Any:
    """The sheet with these answers, found good by its own rules.

    Raises:
        Unfit: it is not.
    """
    sheet: Sheet = form(answers=answers, context=context, person=by)
    if not sheet.validate():
        raise Unfit("; ".join(f"{name}: {wrong}" for name, wrong in sheet.errors.items() if wrong))
    return sheet


def _hints(form: type[CompanyForm], given: Mapping[str, Any], draft: Draft) -> dict[str, Ref]:
    """What the draft is about, so that its story speaks of the same things."""
    kinds = {field.short_name: field.kind for field in form()}
    named = {name: value for name, value in given.items() if isinstance(value, Ref) and value.id}
    found = {kinds[name]: ref for name, ref in named.items() if kinds[name] != "record_link"}
    ids = {ref.id for name, ref in named.items() if kinds[name] == "record_link"} | {draft.source_id}
    rows = db.session.execute(
        sa.select(Record.id, Record.form_code, Record.number, Record.title).where(Record.id.in_(ids))
    )
    found |= {code: Ref(id, f"{number} {title}".strip()) for id, code, number, title in rows}
    return {kind: ref for kind, ref in found.items() if kind not in ("person", "department", "stock_item")}


def _kept(given: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What the draft holds; of tables only those that the story left empty."""
    return {
        name: value
        for name, value in given.items()
        if value not in (None, "") and not (isinstance(value, list) and told.get(name))
    }
