"""What auditors find: how grave it is, what it is about, and what can become of it."""

from __future__ import annotations

from dataclasses import dataclass

from portal.domain.refusal import Refusal
from portal.lib.i18n import _l

FORM = (
    "QA-01"  # what a finding becomes: the form by which quality takes up what is wrong, whatever it concerns
)
HOLDER = "role:quality_inspector"  # who takes it up
DAYS = 1  # of work until somebody should have
LONGEST, CLAUSE = 2000, 100  # characters of the text, and of the clause
KEY = "finding-"  # drafts that came of findings, by how their keys begin
GRADES = {"major": _l("严重不符合"), "minor": _l("一般不符合"), "observation": _l("观察项")}
STATES = {
    "waiting": _l("待质量部接手"),
    "taken_up": _l("已接手，未提交"),
    "running": _l("办理中"),
    "closed": _l("已关闭"),
}


@dataclass(frozen=True, slots=True)
class About:
    """What a finding is about: a `record`, a `document` or an `event`, by its number and by its whole name, which is
    for those who may see it; its page, and what asks for it in an address. `sample` is the seed of the sample in
    which a record was met."""

    kind: str
    number: str
    name: str
    path: str
    asked: tuple[tuple[str, str], ...]
    record_id: int | None = None
    sample: str = ""


class NothingSaid(Refusal):
    """A finding without words."""

    text = _l("请写明审核发现。")


class NoGrade(Refusal):
    """A finding that is neither grave nor not."""

    text = _l("请选择程度。")
