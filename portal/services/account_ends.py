"""Accounts of auditors that end by themselves: from the day after their last one nobody gets in with them."""

from __future__ import annotations

from datetime import date, datetime

from portal.domain.refusal import ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.models import Person
from portal.queries import people, rights
from portal.queries.actors import Actor
from portal.services import audit, sessions
from portal.services.roles import OwnRights

STREAM = "people"


class AccountEnded(Refusal):
    """The password fits, but the account is over."""

    status = 403
    text = _l("这个账号已于 %(day)s 到期，不能再登录。如需延长，请联系管理员。")


def set_last_day(person: Person, last: date | None, *, by: Actor, reason: str, now: datetime) -> None:
    """Says which day is the account's last, or with None that it has none; a later day lets in again.

    Only for those who are auditors and nothing else, as nobody's work then lies still.

    Raises:
        OwnRights: it is one's own account.
        Refusal: it is no such account, or the day is over.
    """
    rights.one_at_a_time()
    if person.id == by.id:
        raise OwnRights
    if not reason:
        raise ReasonMissing
    if not person.active:
        raise Refusal(_l("%(name)s的账号已经停用。"), name=person.name)
    if last is not None and last < day(now):
        raise Refusal(_l("截止日期不能早于今天。"))
    if last is not None and not _only_audits(person, day(now)):
        raise Refusal(_l("只有专任审核员的账号可以设截止日期；其他人离职请办理离职交接。"))
    if last == person.ends_on:
        return
    before, person.ends_on = person.ends_on, last
    audit.note(
        "account_end_set", at=now, by=by.id, stream=STREAM, person=person.id, before=_iso(before), ends_on=_iso(last),
        reason=reason,
    )  # fmt: skip


def note_refused(person_id: int, *, address: str, now: datetime) -> None:
    """Notes that somebody with the right password was not let in, as the account is over."""
    audit.note("sign_in_after_end", at=now, by=person_id, stream="access", address=address)


def refuse_ended(person_id: int, *, now: datetime) -> None:
    """Says no where the person's account is over.

    Raises:
        AccountEnded: it is.
    """
    person = db.session.get(Person, person_id)
    if person is not None and person.ended(day(now)):
        raise AccountEnded(day=_iso(person.ends_on))


def end_due(*, now: datetime) -> int:
    """Ends the sessions of the accounts that are over, and notes their end once; returns how many there were."""
    rights.one_at_a_time()
    ended = people.ended_unnoted(day(now))
    for person in ended:
        sessions.end_all(person.id, now=now, by=None)
        audit.note(
            "account_ended", at=now, by=None, stream=STREAM, person=person.id, ends_on=_iso(person.ends_on)
        )
    return len(ended)


def _only_audits(person: Person, today: date) -> bool:
    """Whether the person is or will be an auditor, holds no other role and heads no department."""
    left = {grant.role for grant in person.grants if grant.ends_on is None or grant.ends_on >= today}
    return left == {"auditor"} and not people.headed(person.id)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
