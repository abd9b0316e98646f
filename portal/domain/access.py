"""Who may see and do what: the table that the tests walk, in words.

The table, `portal/assurance/access.csv`, gives for each address the answers to five visitors; that of words gives each
an area and a title. A visitor is told yes, no, or on what it depends.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.lib.i18n import _l, language

FOLDER = Path(__file__).resolve().parent.parent / "assurance"
AREAS = {
    "records": _l("表单、记录和登记簿"),
    "home": _l("首页、通知和义务"),
    "business": _l("客户、供应商、库房、项目和质量"),
    "documents": _l("文件库"),
    "trail": _l("审计追踪和审核"),
    "administration": _l("系统管理"),
    "account": _l("自己的账户"),
    "doors": _l("登录和对外的页面"),
}
VISITORS = {
    "stranger": _l("未登录的人"),
    "employee": _l("员工"),
    "auditor": _l("审核员"),
    "administrator": _l("系统管理员"),
    "owner": _l("填写或参与这条记录的人"),
}
YES, OWN, ROLE, NO = "yes", "own", "role", "no"
WORDS = {YES: _l("可以"), OWN: _l("只限本人的"), ROLE: _l("按角色"), NO: _l("不可以")}
REFUSED = {"403", "404"}
PERSONAL = ("/account/", "/notices/", "/files/", "/tasks/")


@dataclass(frozen=True)
class Row:
    """A line of the table: address, method, who may pass, and the answer that each visitor gets."""

    rule: str
    method: str
    who: str
    answers: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    def standing(self, visitor: str) -> str:
        """A key of `WORDS`: whether the visitor gets through, or on what that depends."""
        answer = self.answers[visitor]
        is_sent_away = answer == "sign-in" and visitor == "stranger"  # others are there after signing out
        if self.who == "everyone" or not (answer in REFUSED or is_sent_away):
            return YES
        if self._shuts_out(visitor):
            return NO
        personal = "<number>" in self.rule or self.rule.startswith(PERSONAL) or "/views/" in self.rule
        return OWN if personal else ROLE

    def _shuts_out(self, visitor: str) -> bool:
        """Whether the visitor stands before the door in any case."""
        return (
            visitor == "stranger"
            or self.who in ("administrators", "auditors")
            or (visitor == "auditor" and self.who == "writers")
        )


@dataclass(frozen=True)
class Titled:
    """A row with its area and its title in both languages."""

    row: Row
    area: str
    titles: Mapping[str, str]

    @property
    def title(self) -> str:
        """What the address is for, in the reader's language."""
        return self.titles[language()]


def _lines(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _titled(line: dict[str, str]) -> Titled:
    return Titled(_BY_NAME[f"{line['method']} {line['rule']}"], line["area"], line)


def by_area() -> dict[str, list[Titled]]:
    """The rows in the order of their areas."""
    return {area: [one for one in TITLED if one.area == area] for area in AREAS}


ROWS = [Row(one.pop("rule"), one.pop("method"), one.pop("who"), one) for one in _lines("access.csv")]
_BY_NAME = {str(row): row for row in ROWS}
TITLED = [_titled(line) for line in _lines("access_words.csv")]
