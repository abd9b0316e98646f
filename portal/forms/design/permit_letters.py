"""What the letters to authorities share: the review, the two seals, the application that follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens
from portal.domain.signoff import Step, every, role
from portal.forms.base import Stage
from portal.forms.design import permits
from portal.forms.fields import Integer
from portal.forms.filed import Filed
from portal.lib.i18n import _l
from portal.queries import project_papers, works


class LetterSealing(Stage):
    """How many copies were sealed."""

    sealed_copies = Integer(_l("盖章份数"), low=1, high=999)

    def check(self) -> None:
        """No more than there are."""
        copies, sealed = self.context.get("copies"), self.sealed_copies.data
        if copies and sealed and sealed > copies:
            self.refuse("sealed_copies", _l("共 %(copies)s 份，盖章份数不能更多", copies=copies))


def steps(seal: Any) -> tuple[Step, ...]:
    """Reviewed, then sealed by two; `seal` is what the second step is called."""
    return (
        Step(
            "manager_review",
            _l("规划设计部审核"),
            role("planning_manager"),
            within=working_days(2),
            bulk=True,
        ),
        Step(
            "seal",
            seal,
            every(role("land_development_manager"), role("general_manager")),
            meaning="sealed",
            within=working_days(1),
            fills=LetterSealing,
            clause="PL-P-01#seal",
        ),
    )


def application(record: Filed, code: str, names_as: str, *taken: str) -> Iterator[Effect]:
    """A draft of the application that the sealed letter belongs to, unless one is under way already."""
    project = record["project"]
    if project_papers.under_way(project.id, code) is None:
        answers = {name: record[name] for name in ("project", *taken)}
        yield Opens(code, answers, to=works.holder(project.id, permits.PLANNING), names_as=names_as)
