"""A paper that somebody outside has issued: the five fields that tell of it, its checks, its line in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.domain.effects import Effect, PostsEntry
from portal.forms import moments
from portal.forms.base import Sheet
from portal.forms.fields import Day, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments
from portal.lib.i18n import _l, both
from portal.queries import permit_papers


def number(paper: Any, **kwargs: Any) -> Text:
    """The number of an external paper, `<prefix>_no`."""
    return Text(_l("%(paper)s编号", paper=paper), **kwargs)


def issuer(paper: Any, issuer: Any, **kwargs: Any) -> Text:
    """Who has issued an external paper, `<prefix>_issuer`; mostly `issuer`."""
    return Text(_l("%(paper)s出具单位", paper=paper), default=lambda: str(issuer), **kwargs)


def issued(paper: Any, **kwargs: Any) -> Day:
    """When an external paper was issued, `<prefix>_issue_date`."""
    return Day(_l("%(paper)s出具日期", paper=paper), **kwargs)


def expires(paper: Any, **kwargs: Any) -> Day:
    """Until when an external paper holds, `<prefix>_expiry_date`; nothing for one without end."""
    return Day(_l("%(paper)s有效期至", paper=paper), required=False, **kwargs)


def scan(paper: Any, **kwargs: Any) -> Attachments:
    """The scan of an external paper, `<prefix>_scan`."""
    return Attachments(_l("%(paper)s扫描件", paper=paper), **kwargs)


def check(sheet: Sheet, prefix: str) -> None:
    """A paper was issued in the past, and ends after it begins."""
    fields = {field.short_name: field for field in sheet}
    issued, expires = fields[f"{prefix}_issue_date"].data, fields[f"{prefix}_expiry_date"].data
    moments.refuse_future(sheet, f"{prefix}_issue_date")
    if issued and expires and expires < issued:
        sheet.refuse(f"{prefix}_expiry_date", _l("有效期不能早于出具日期"))


def check_enclosed(sheet: Sheet, prefix: str) -> None:
    """A paper that goes with an application still holds; one of a finished record that is corrected may have ended."""
    check(sheet, prefix)
    ends = next(field for field in sheet if field.short_name == f"{prefix}_expiry_date")
    if ends.data and ends.data < sheet.today and not sheet.context.get("@corrects"):
        sheet.refuse(ends.short_name, _l("已过有效期，请换用有效的文件"))


def registered(record: Filed, prefix: str, name: Any) -> Iterator[Effect]:
    """The paper whose answers begin with the prefix, in the ledger of external papers."""
    if record[f"{prefix}_no"]:
        yield from entered(
            record,
            name,
            record[f"{prefix}_no"],
            record[f"{prefix}_issuer"],
            record[f"{prefix}_issue_date"],
            record[f"{prefix}_expiry_date"],
            record[f"{prefix}_scan"],
        )


def entered(
    record: Filed,
    name: Any,
    number: str,
    issuer: str,
    issued_on: date | None,
    expires_on: date | None,
    scans: Any,
) -> Iterator[Effect]:
    """A line of the ledger of external papers; none for a paper that stands there for the project already."""
    facts = {
        "paper": both(name)["zh"],
        "number": number,
        "issuer": issuer,
        "issued_on": _day(issued_on),
        "expires_on": _day(expires_on),
        "scan": "、".join(file["name"] for file in scans or ()),
        "project": record["project"].text,
        "project_id": record["project"].id,
        "form": record.number,
    }
    if not permit_papers.holds(facts, but=record["@corrects"]):
        yield PostsEntry(permit_papers.LEDGER, facts)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
