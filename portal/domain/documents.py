"""The life of a controlled document: its numbers, the states of its revisions, who reads it, what a print says."""

from __future__ import annotations

import re
from datetime import date

from portal.lib.i18n import _l

FIRST = "1.0"
LONGEST = 400_000  # characters of a text
MOST_CLAUSES = 1000
SIZES = {"minor": _l("一般修改"), "major": _l("重大修改")}
READING = {
    "none": _l("不要求阅读确认"),
    "acknowledge": _l("阅读后确认"),
    "before_use": _l("阅读确认后才能使用相关表单"),
}
STATES = {
    "draft": _l("草稿"),
    "in_review": _l("审批中"),
    "approved": _l("已批准待发布"),
    "to_come": _l("待生效"),
    "effective": _l("现行有效"),
    "superseded": _l("已被替代"),
    "obsolete": _l("已作废"),
}
LOOKS = {
    "draft": "draft",
    "in_review": "running",
    "approved": "running",
    "to_come": "waiting",
    "effective": "finished",
    "superseded": "voided",
    "obsolete": "refused",
}
"""How each state is drawn as a chip."""
OPEN = frozenset({"draft", "in_review", "approved"})
NUMBER = re.compile(r"[A-Z]{2,4}-[A-Z]{1,2}-[0-9]{1,5}")
"""A document's number: field, kind, count, as in QA-P-02."""


def next_number(number: str, size: str) -> str:
    """The number of the revision after this one: 1.2 becomes 1.3, by a `major` change 2.0.

    Raises:
        ValueError: this is no number of a revision.
    """
    major, _point, minor = number.partition(".")
    return f"{int(major) + 1}.0" if size == "major" else f"{int(major)}.{int(minor) + 1}"


def order(number: str) -> tuple[int, int]:
    """What numbers of revisions are ordered by: 1.10 comes after 1.9."""
    major, _point, minor = number.partition(".")
    return int(major), int(minor)


def state_of(
    *, review: str, step: str, effective_on: date | None, newest: bool, obsolete: bool, today: date
) -> str:
    """Where a revision stands.

    `review` is the state of the record that releases it, empty without one, and `step` where that is; `newest` whether
    no later revision has come into force; `obsolete` whether the document is withdrawn as a whole.
    """
    if effective_on is None:
        if review in ("running", "stuck"):
            return "approved" if step == "release" else "in_review"
        return "draft"
    if obsolete:
        return "obsolete"
    if effective_on > today:
        return "to_come"
    return "effective" if newest else "superseded"
