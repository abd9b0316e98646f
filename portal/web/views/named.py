"""What an act on a record names: the record, the task, a person, files that came with it."""

from __future__ import annotations

from flask import current_app, request

from portal.domain.refusal import NotYourTurn, Refusal
from portal.forms.titles import record_path
from portal.lib.clock import now
from portal.lib.i18n import _l
from portal.models import Record, StoredFile, Task
from portal.models.tasks import TURNS
from portal.queries import history, pick, visible
from portal.queries.keyset import LARGEST
from portal.services import uploads as store
from portal.web import posted
from portal.web.guard import actor
from portal.web.views.fill import find_form


def record(department: str, slug: str, number: str) -> Record:
    """The record at this address, if the person may see it."""
    return visible.record(number, actor(), find_form(department, slug).code)


def task(record: Record) -> Task:
    """The turn that the page was about; it must be one of this record."""
    id = posted.control("_task", 20)
    known = id.isascii() and id.isdigit() and int(id) <= LARGEST
    found = history.task(int(id)) if known else None
    if found is None or found.record_id != record.id or found.kind not in TURNS:
        raise NotYourTurn
    return found


def person() -> int:
    """The person named in `_person`, by label, name or number."""
    text = posted.control("_person", 80)
    found = pick.by_text("person", {text}, actor(), ())[text] if text else []
    if len(found) != 1 or found[0][0] is None:
        raise Refusal(_l("请从列表中选择一个人。"))
    return found[0][0]


def uploads(name: str) -> list[StoredFile]:
    """The files of an input, stored."""
    by = actor()
    megabytes = current_app.config["SETTINGS"].upload_megabytes
    found = []
    for file in request.files.getlist(name):
        if file.filename:
            data = file.stream.read(megabytes * 1024 * 1024 + 1)
            found.append(store.receive(file.filename, data, by, now=now(), megabytes=megabytes))
    return found


def address(record: Record) -> str:
    """The address of the record's page."""
    return record_path(record.form_code, record.number)
