"""What the information centre keeps: each paper once, under a code of its own (信息归档保管台帐)."""

from __future__ import annotations

from portal.domain.effects import PostsEntry
from portal.forms.base import CompanyForm
from portal.forms.filed import Filed
from portal.lib.clock import day, months_later
from portal.queries import people, retention

IN_PORTAL = "门户"


def archived(
    record: Filed,
    class_: str,
    title: str,
    *,
    code: str = "",
    years: int | None = None,
    place: str = IN_PORTAL,
    origin: str = "",
) -> PostsEntry:
    """One line of the archive ledger; a record without a code of its own is kept under its number.

    Unless said otherwise, it comes from the department of its applicant, and is kept as long as the quality
    record list says.
    """
    years = years or retention.years(record.code, CompanyForm.keep_years)
    return PostsEntry(
        "archive",
        {
            "code": code or record.number,
            "class": class_,
            "title": title,
            "date": day(record.now).isoformat(),
            "years": years,
            "keep_until": months_later(day(record.now), years * 12).isoformat() if years else None,
            "place": place,
            "origin": origin or people.department_name(record.department_id, "zh"),
        },
        key=code or record.number,
    )
