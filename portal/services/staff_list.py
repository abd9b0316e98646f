"""A list of staff from a spreadsheet, each row checked against the others and against those who are here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from portal.domain.refusal import Refusal
from portal.domain.roles import GRANTABLE
from portal.lib.i18n import _, _l, both
from portal.lib.text import fold
from portal.models import Department
from portal.queries import people
from portal.services import spreadsheets
from portal.services.people import LOGIN

COLUMNS = {
    "login": _l("登录名"),
    "number": _l("工号"),
    "name": _l("姓名"),
    "department": _l("部门"),
    "email": _l("邮箱"),
    "phone": _l("电话"),
    "roles": _l("角色"),
}
NEEDED = ("login", "number", "name", "department")
MOST_ROWS = 500


@dataclass(frozen=True)
class Row:
    """One person of the file, with what is wrong about them."""

    line: int
    cells: Mapping[str, str]
    department: Department | None
    roles: tuple[str, ...]
    errors: tuple[str, ...]


def as_text(name: str, data: bytes) -> str:
    """The file's rows as CSV text in the columns' order, for checking and for sending once more.

    Raises:
        Refusal: it is no readable spreadsheet, too large, or lacks a column.
    """
    table = [row for row in spreadsheets.read(name, data) if any(row)]
    if not table:
        raise Refusal(_l("文件里没有内容。"))
    places = _places(table[0])
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(COLUMNS)
    for row in table[1:]:
        write.writerow(
            [row[places[key]] if key in places and places[key] < len(row) else "" for key in COLUMNS]
        )
    return out.getvalue()


def read(text: str) -> list[Row]:
    """The rows of `as_text`, each checked against the others and against those who are here.

    Raises:
        Refusal: there are none, or too many.
    """
    table = spreadsheets.rows(text)[1:]
    if not table:
        raise Refusal(_l("文件里没有人员。"))
    if len(table) > MOST_ROWS:
        raise Refusal(_l("一次最多导入 %(most)d 人。"), most=MOST_ROWS)
    rows = [dict(zip(COLUMNS, [*row, *[""] * len(COLUMNS)], strict=False)) for row in table]
    departments = {name: one for one in people.departments() for name in people.names_of(one)}
    known = _Known.of(rows)
    return [_check(line, cells, departments, known) for line, cells in enumerate(rows, start=2)]


@dataclass(frozen=True)
class _Known:
    """Logins and numbers in use, and how often the file has each."""

    logins: frozenset[str]
    numbers: frozenset[str]
    times: Mapping[tuple[str, str], int]

    @classmethod
    def of(cls, rows: list[dict[str, str]]) -> _Known:
        times: dict[tuple[str, str], int] = {}
        for cells in rows:
            for key in ("login", "number"):
                times[key, cells[key]] = times.get((key, cells[key]), 0) + 1
        logins, numbers = people.in_use(
            [cells["login"] for cells in rows], [cells["number"] for cells in rows]
        )
        return cls(frozenset(logins), frozenset(numbers), times)


def _check(line: int, cells: dict[str, str], departments: Mapping[str, Department], known: _Known) -> Row:
    wrong = [_("缺少%(column)s", column=COLUMNS[key]) for key in NEEDED if not cells[key]]
    login, number = cells["login"], cells["number"]
    if login and not LOGIN.fullmatch(login):
        wrong.append(
            _("登录名“%(login)s”不合规：小写字母开头，只含小写字母、数字、点、横线和下划线", login=login)
        )
    if login in known.logins:
        wrong.append(_("登录名“%(login)s”已被使用过", login=login))
    if number in known.numbers:
        wrong.append(_("工号“%(number)s”已被使用", number=number))
    if login and known.times["login", login] > 1:
        wrong.append(_("登录名“%(login)s”在文件中重复", login=login))
    if number and known.times["number", number] > 1:
        wrong.append(_("工号“%(number)s”在文件中重复", number=number))
    department = departments.get(fold(cells["department"]))
    if cells["department"] and department is None:
        wrong.append(_("没有部门“%(department)s”", department=cells["department"]))
    if cells["email"] and not _is_address(cells["email"]):
        wrong.append(_("邮箱“%(email)s”不正确", email=cells["email"]))
    wrong += [_("“%(column)s”太长", column=COLUMNS[key]) for key in COLUMNS if len(cells[key]) > 200]
    held: dict[str, None] = {}
    for name in _split(cells["roles"]):
        role = _roles().get(fold(name))
        if role is None:
            wrong.append(_("没有角色“%(role)s”", role=name))
        else:
            held[role] = None
    return Row(line, cells, department, tuple(held), tuple(map(str, wrong)))


@cache
def _roles() -> dict[str, str]:
    """The roles that people hold, by key and by their names in both languages."""
    found: dict[str, str] = {}
    for role in GRANTABLE:
        for name in (role.key, *both(role.title).values()):
            found[fold(name)] = role.key
    return found


def _split(text: str) -> Iterable[str]:
    for mark in "、，；;/\n":
        text = text.replace(mark, ",")
    return filter(None, map(str.strip, text.split(",")))


def _places(header: list[str]) -> dict[str, int]:
    names = {fold(name): key for key, title in COLUMNS.items() for name in (key, *both(title).values())}
    places = {names[fold(cell)]: at for at, cell in reversed(list(enumerate(header))) if fold(cell) in names}
    missing = [str(COLUMNS[key]) for key in NEEDED if key not in places]
    if missing:
        raise Refusal(_l("第一行缺少这些列：%(columns)s。请使用模板。"), columns="、".join(missing))
    return places


def _is_address(text: str) -> bool:
    name, _at, host = text.partition("@")
    return bool(name and "." in host.strip(".")) and " " not in text and "@" not in host
