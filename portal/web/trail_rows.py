"""The audit trail as rows of a spreadsheet, read a thousand events at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.forms.sentences import changes, sentence, who
from portal.lib.clock import ZONE
from portal.lib.i18n import _, speaking
from portal.models import AuditEvent
from portal.queries import trail
from portal.queries.actors import Actor
from portal.queries.trail import Filter


def headers() -> list[str]:
    """The titles of the columns, in the reader's language."""
    return [
        _("编号"),
        _("时间"),
        _("操作人"),
        _("登录名"),
        _("IP 地址"),
        _("记录"),
        _("事件"),
        _("发生了什么"),
        _("原值与新值"),
        _("链"),
        _("链内序号"),
        _("哈希"),
    ]


def rows(wanted: Filter, by: Actor, spoken: str) -> Iterator[list[Any]]:
    """The events that fit, newest first; what people wrote only where the reader may see the record."""
    for events in trail.chunks(wanted):
        numbers, readable = trail.numbers(events), trail.readable(events, by)
        with speaking(spoken):
            lines = [
                _cells(event, numbers, event.record_id is None or event.record_id in readable)
                for event in events
            ]
        yield from lines


def _cells(event: AuditEvent, numbers: dict[int, str], whole: bool) -> list[Any]:
    replaced = changes(event) if whole else []
    return [
        event.id,
        event.at.astimezone(ZONE).isoformat(timespec="seconds"),
        who(event),
        event.person.login if event.person is not None else "",
        event.address,
        numbers.get(event.record_id or 0, ""),
        event.kind,
        sentence(event, bare=not whole),
        "\n".join(f"{one.label}: {one.old} → {one.new}" for one in replaced),
        event.stream,
        event.seq,
        event.hash,
    ]
