"""Content versions: the opening answers as submitted, hashed, with the form version that they were given under."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition, fingerprint
from portal.forms.kinds import ROWS
from portal.lib.hashing import canonical_json, sha256
from portal.models import Content, FormVersion, Record, RecordLink
from portal.queries.actors import Actor
from portal.services import attachments, once, subjects


def form_version(form: type[CompanyForm], now: datetime) -> FormVersion:
    """The frozen version of the form as it is today, made on first use."""
    found = _form_version(form)
    if found is None:
        version = FormVersion(
            code=form.code, sha256=fingerprint(form), definition=definition(form), created_at=now
        )
        found = once.add(version, lambda: _form_version(form))
    return found


def version_now(record: Record, now: datetime) -> FormVersion:
    """The version of the record's form that runs today, under which a stage is filled in."""
    form = FORMS[record.form_code]
    same = record.form_version.sha256 == fingerprint(form)
    return record.form_version if same else form_version(form, now)


def _form_version(form: type[CompanyForm]) -> FormVersion | None:
    return db.session.scalar(_VERSION, {"sha256": fingerprint(form)})


_VERSION = sa.select(FormVersion).where(FormVersion.sha256 == sa.bindparam("sha256"))


def write(record: Record, form: CompanyForm, by: Actor, now: datetime, reason: str) -> dict[str, Any]:
    """Adds the next content version of a record; gives its stored answers."""
    answers = {name: value for name, value in form.dump().items() if value is not None}
    record.contents.append(
        Content(
            version=record.version,
            form_version=record.form_version,
            answers=answers,
            sha256=digest(record.number, record.version, fingerprint(type(form)), answers),
            created_by_id=by.id,
            created_at=now,
            reason=reason,
        )
    )
    defined = definition(type(form))["fields"]
    link_named(record, defined, answers)
    subjects.note(record, defined, answers)
    attachments.adopt(record, answers)
    return answers


def digest(number: str, version: int, form: str, answers: dict[str, Any]) -> str:
    """What ties a version to its record: moved or changed, it no longer fits."""
    return sha256(canonical_json([number, version, form, answers]))


def link_named(record: Record, defined: list[dict[str, Any]], answers: Mapping[str, Any]) -> None:
    """Links the record with those that the answers of its opening section or of a stage name."""
    named: set[int | None] = set()
    for field in defined:
        value = answers.get(field["name"])
        if value and field["type"] == "record_link":
            named.add(value["id"])
        elif value and field["type"] in ROWS:
            columns = [column["name"] for column in field["columns"] if column["type"] == "record_link"]
            named |= {row[column]["id"] for row in value for column in columns if row.get(column)}
    if not named - {None}:
        return
    known = set(
        db.session.scalars(
            sa.select(RecordLink.target_id).where(
                RecordLink.source_id == record.id, RecordLink.kind == "named"
            )
        )
    )
    for target in sorted(id for id in named - known if id is not None):
        db.session.add(RecordLink(source_id=record.id, target_id=target, kind="named"))
