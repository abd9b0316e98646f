"""Reviewing the audit trail: an auditor signs that a stretch of it has been looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from portal.domain.refusal import NotAllowed, Refusal
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.models import AuditEvent
from portal.queries import trail, trail_reviews
from portal.queries.actors import Actor
from portal.queries.trail import Filter
from portal.services import audit, once


def review(
    wanted: Filter, narrowed: Mapping[str, str], remark: str, key: str, *, by: Actor, now: datetime
) -> AuditEvent:
    """Notes that the events of these days, as far as they fit, have been reviewed; once for each page's key.

    Only days that are over: nothing is added to them any more. `narrowed` is the filter as it was typed.

    Raises:
        NotAllowed: it is no auditor; administrators would review what they did themselves.
        Refusal: the days do not fit, or the remark is missing.
    """
    if not by.is_auditor:
        raise NotAllowed
    if not key:
        raise Refusal(_l("请从“复核”页面提交。"))
    if wanted.since is None or wanted.until is None or wanted.since > wanted.until:
        raise Refusal(_l("请填写复核的起止日期，开始日期不能晚于结束日期。"))
    if wanted.until >= day(now):
        raise Refusal(_l("只能复核已经过去的日子，今天的事件还会增加。"))
    if not remark:
        raise Refusal(_l("请填写复核意见。"))
    once.take_turn(by.id)
    sent = trail_reviews.of_page(key, by.id)
    if sent is not None:
        return sent
    return audit.note(
        "trail_reviewed",
        at=now,
        by=by.id,
        stream="settings",
        since=wanted.since.isoformat(),
        until=wanted.until.isoformat(),
        filter=dict(narrowed),
        people=list(wanted.people or ()),
        count=trail.count(wanted),
        reason=remark,
        key=key,
    )
