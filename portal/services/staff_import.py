"""Staff from a spreadsheet: either everybody comes in or nobody."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from portal.domain.refusal import Refusal
from portal.lib.clock import day
from portal.lib.i18n import _, _l
from portal.models import Person
from portal.queries.actors import Actor
from portal.services import audit, directory, passwords, roles, spreadsheets
from portal.services.people import Identity, create
from portal.services.staff_list import MOST_ROWS, read


def prepare(text: str) -> list[tuple[str, str]]:
    """A first password with its hash for each row, or none where the directory checks them; slow, so call it before the write."""
    count = min(len(spreadsheets.rows(text)) - 1, MOST_ROWS)
    if directory.known() is not None:
        return [("", "")] * count
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda _place: passwords.generate(), range(count)))


def bring_in(
    text: str, secrets: list[tuple[str, str]], *, by: Actor, now: datetime
) -> list[tuple[Person, str]]:
    """Takes everybody on, with their roles from today; returns them with their first passwords.

    Raises:
        Refusal: a row has an error; nobody is taken on.
    """
    rows = read(text)
    if any(row.errors for row in rows):
        raise Refusal(_l("名单仍有错误，没有导入任何人。"))
    today = day(now)
    taken: list[tuple[Person, str]] = []
    for row, (plain, password_hash) in zip(rows, secrets, strict=True):
        cells, department_id = row.cells, row.department.id if row.department else 0
        identity = Identity(cells["number"], cells["name"], department_id, cells["email"], cells["phone"])
        person = create(cells["login"], identity, password_hash, by=by.id, now=now)
        for role in row.roles:
            roles.add(person, role, today, None, by=by.id, reason=_("人员导入"), now=now)
        taken.append((person, plain))
    audit.note("staff_imported", at=now, by=by.id, stream="people", count=len(taken))
    return taken
