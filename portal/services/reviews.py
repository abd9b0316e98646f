"""The review of a text: taken back by whoever has sent it round, which brings it to its beginning."""

from __future__ import annotations

from datetime import datetime

from portal.domain.refusal import NotAllowed, ReasonMissing, Refusal
from portal.lib.i18n import _l
from portal.queries import history
from portal.queries import revisions as queries
from portal.queries.actors import Actor
from portal.services import audit, corrections, revisions, route, tasks


def take_back(revision_id: int, *, reason: str, by: Actor, now: datetime) -> None:
    """Brings a text that is in review back into its author's hands; what was signed so far counts no more.

    Raises:
        NotAllowed: the person has not sent it round.
        ReasonMissing: nothing says why.
        Refusal: it is not in review.
    """
    found = queries.find(revision_id)
    record = tasks.lock(found.release_id) if found and found.release_id else None  # first, as signatures do
    one = revisions.locked(revision_id)
    if record is None or record.id != one.release_id or record.state not in ("running", "stuck"):
        raise Refusal(_l("这份文件不在审批中。"))
    if record.applicant_id != by.id or by.is_auditor:
        raise NotAllowed(_l("只有送审人可以收回修改。"))
    if not reason.strip():
        raise ReasonMissing
    signed = history.signatures(record)
    if corrections.no_withdrawal(record, signed, by) is None:
        corrections.withdraw(record.id, by, reason=reason, now=now)
        return
    audit.note("review_restarted", at=now, by=by.id, record_id=record.id, document=one.label, reason=reason)
    route.back_to_applicant(record, "returned", now=now, reason=reason)
