"""Pictures that a form draws of a record's answers, for its page and its print."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from portal.forms.kinds import load
from portal.queries import history
from portal.queries.record_page import RecordPage

if TYPE_CHECKING:
    from portal.forms.base import CompanyForm


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as SVG, and what it is called."""

    title: Any
    svg: str  # by `portal.lib.gantt` or its like, which escape their texts

    @property
    def safe(self) -> Markup:
        """The picture as a page shows it."""
        return Markup(self.svg)  # nosec B704 -- drawn by us, texts escaped


def of_record(form: type[CompanyForm], read: RecordPage, today: date) -> Drawing | None:
    """The picture of a record as things stand today; None where its form draws none."""
    typed = load(history.fields(read.content, read.signatures), read.answers)
    return form.drawing(typed, today)
