"""The audit trail as CSV, row by row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from portal.forms.sentences import sentence, who
from portal.lib.clock import ZONE
from portal.lib.i18n import _
from portal.lib.text import neutralise_cell
from portal.models import AuditEvent
from portal.queries import trail
from portal.queries.actors import Actor
from portal.queries.trail import Filter


def rows(wanted: Filter, by: Actor) -> Iterator[str]:
    """The events that fit; what people wrote only where the reader may see the record."""
    yield "\ufeff"
    yield _row(
        [
            _("编号"),
            _("时间"),
            _("操作人"),
            _("登录名"),
            _("IP 地址"),
            _("记录"),
            _("事件"),
            _("发生了什么"),
            _("链"),
            _("链内序号"),
            _("哈希"),
        ]
    )
    for events in trail.chunks(wanted):
        numbers, readable = trail.numbers(events), trail.readable(events, by)
        for event in events:
            yield _row(_cells(event, numbers, event.record_id is None or event.record_id in readable))


def _cells(event: AuditEvent, numbers: dict[int, str], whole: bool) -> list[str]:
    return [
        str(event.id),
        event.at.astimezone(ZONE).isoformat(timespec="seconds"),
        who(event),
        event.person.login if event.person is not None else "",
        event.address,
        numbers.get(event.record_id or 0, ""),
        event.kind,
        sentence(event, bare=not whole),
        event.stream,
        str(event.seq),
        event.hash,
    ]


def _row(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([neutralise_cell(cell) for cell in cells])
    return out.getvalue()
