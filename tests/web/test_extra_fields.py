"""Fields that a form does not have: whatever is posted under the names of columns, the books take none of it."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa

from portal.models import Comment, Person, Record, Signature, StoredFile, Task
from portal.models.base import Base
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"
COMPLAINTS = "/customer-service/complaints/"
# What differs from one record to the next, whatever is posted.
OWN = {
    "id",
    "number",
    "key",
    "submitted_at",
    "updated_at",
    "content_sha256",
    "due_at",
    "step_at",
    "sha256",
    "since",
}


def columns() -> list[tuple[str, str]]:
    """Every column of every table, under its own name and under some that frameworks bind, with a value that would tell."""
    names = {column.name for table in Base.metadata.sorted_tables for column in table.columns}
    told = {name: "1" if name.endswith("id") else "finished" if name == "state" else "99" for name in names}
    return [
        (f"{before}{name}", value)
        for name, value in sorted(told.items())
        for before in ("", "record.", "record-")
    ]


def plain(row: Any, own: set[str]) -> dict[str, Any]:
    """A row's values but for those that differ anyway."""
    return {one.name: getattr(row, one.key) for one in sa.inspect(type(row)).columns if one.name not in own}


def submitted(desk: Desk, key: str, sheet: list[tuple[str, str]], *extra: tuple[str, str]) -> Record:
    """A complaint, with what is posted besides."""
    told = {name for name, _value in sheet}
    besides = [pair for pair in extra if pair[0] not in told]
    fields = [("_op", "submit"), ("_key", key), *sheet, *besides]
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", fields)
    assert answer.status_code == 303
    return desk.record(answer.location.rsplit("/", 1)[-1])


@pytest.mark.proves("S20")
@pytest.mark.both_databases
def test_a_record_is_what_its_form_makes_of_it(desk: Desk) -> None:
    sheet = desk.told("CS-51")
    bare, stuffed = submitted(desk, "bare", sheet), submitted(desk, "stuffed", sheet, *columns())
    assert bare.number != stuffed.number
    own = OWN | moments_of(Record)
    assert plain(bare, own) == plain(stuffed, own)
    of_each = [
        [
            plain(one, {"id", "record_id", "waits_for_id", "draft_id", *moments_of(Task)})
            for one in desk.all(tasks_of(record))
        ]
        for record in (bare, stuffed)
    ]
    assert of_each[0] == of_each[1]
    assert of_each[0]


def moments_of(model: type) -> set[str]:
    """Names of the columns that hold a moment."""
    return {one.name for one in sa.inspect(model).columns if one.name.endswith("_at")}


def tasks_of(record: Record) -> Any:
    """The tasks of a record, in their order."""
    return sa.select(Task).where(Task.record_id == record.id).order_by(Task.id)


@pytest.mark.proves("S20")
def test_a_comment_and_a_signature_are_of_whoever_gives_them(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    officer = desk.one(sa.select(Person.id).where(Person.login == OFFICER))
    said = [("_opinion", "已联系"), *columns()]
    assert desk.post(OFFICER, f"{COMPLAINTS}{number}/comments", said).status_code == 303
    assert desk.all(sa.select(Comment.person_id)) == [officer]
    login, before = desk.whose(number), desk.signatures(number)
    turn = desk.turn(login, number).items()
    desk.post(login, f"{COMPLAINTS}{number}/signatures", [*turn, ("_op", "save"), *columns()])
    assert desk.signatures(number) == before, "saving signs nothing, whatever else it says"
    desk.walker.sign(number, **{name: one for name, one in columns() if name not in ("number", "outside")})
    signed = sa.select(Signature).join(Record).where(Record.number == number).order_by(Signature.id.desc())
    last = desk.all(signed)[0]
    assert last.person_id == desk.one(sa.select(Person.id).where(Person.login == login))
    assert last.on_behalf_of_id is None
    assert (last.act, last.round) == ("signed", 1)


@pytest.mark.proves("S20")
def test_a_file_belongs_to_whoever_sends_it(desk: Desk) -> None:
    officer = desk.one(sa.select(Person.id).where(Person.login == OFFICER))
    data = {**dict(columns()), "file": (io.BytesIO(b"words"), "a.txt")}
    answer = desk.browser(OFFICER).post("/files", data=data)
    assert answer.status_code == 200, answer.text
    assert re.search(r'value="\d+"', answer.text)
    (kept,) = desk.all(sa.select(StoredFile))
    assert (kept.uploaded_by_id, kept.type, kept.size, kept.name) == (officer, "text/plain", 5, "a.txt")


@pytest.mark.proves("S20")
def test_nobody_gives_themselves_rights_by_their_own_settings(desk: Desk) -> None:
    own = (
        "login",
        "password_hash",
        "active",
        "must_change_password",
        "department_id",
        "ends_on",
        "name",
        "number",
    )
    before = desk.one(sa.select(Person).where(Person.login == OFFICER))
    browser = desk.browser(OFFICER)
    for path, data in (
        ("/account/language", {"language": "en"}),
        ("/account/theme", {"theme": "dark"}),
        ("/account/phrases", {"text": "同意"}),
        ("/account/password", {}),
    ):
        browser.post(
            path, data={**dict(columns()), "role": "administrator", "roles": "administrator", **data}
        )
    after = desk.one(sa.select(Person).where(Person.login == OFFICER))
    assert {name: getattr(after, name) for name in own} == {name: getattr(before, name) for name in own}
    assert browser.get("/admin/").status_code == 404
