"""Lost second factors are reset by administrators, of whom none may hold password and second factor of anybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.domain.permissions import person_key, role_key
from portal.domain.refusal import NotAllowed, ReasonMissing, Refusal
from portal.lib.i18n import _l, both
from portal.models import Person
from portal.queries import second_factors as known
from portal.queries.actors import Actor
from portal.services import audit, factor_ends, notices, second_factors, sessions

STREAM = "people"
APART = timedelta(days=7)


def reset(person: Person, *, by: Actor, reason: str, now: datetime) -> None:
    """Ends a second factor that its owner has lost; they must set one up anew, and are told, as is the security officer.

    Raises:
        NotAllowed: it is one's own, or the same administrator has of late given out the password that person still has.
        Refusal: there is none, or no reason.
    """
    person = second_factors.held(person.id)
    if person.id == by.id:
        raise NotAllowed(_l("自己的两步验证须由另一位管理员重置。"))
    # Whose password the directory checks has none that was given here, nor one that the same hands could give now.
    if not person.of_directory and known.password_given(person.id, by=by.id, since=now - APART):
        raise NotAllowed(
            _l("您最近 7 天内给过%(name)s初始密码。密码和两步验证须由两位管理员分别重置。"), name=person.name
        )
    _reset(person, by=by.id, said_by=by.name, reason=reason, now=now)


def reset_from_outside(person: Person, *, reason: str, now: datetime) -> None:
    """Does the same for whoever runs the server, for the day on which no second administrator is there.

    Raises:
        Refusal: there is none, or no reason.
    """
    person = second_factors.held(person.id)
    _reset(person, by=None, said_by="flask people reset-second-factor", reason=reason, now=now)


def _reset(person: Person, *, by: int | None, said_by: str, reason: str, now: datetime) -> None:
    if not reason:
        raise ReasonMissing
    if not factor_ends.end_all(person, "reset", now=now):
        raise Refusal(_l("%(name)s没有设置两步验证。"), name=person.name)
    person.second_factor_due = True
    audit.note("second_factor_reset", at=now, by=by, stream=STREAM, person=person.id, reason=reason)
    sessions.end_all(person.id, now=now, by=by)
    text = both(_l("%(by)s重置了%(name)s的两步验证。", by=said_by, name=person.name))
    keys = [person_key(person.id), role_key("security_officer")]
    notices.tell(keys, "told", now=now, but=by, text=text, page="/account/second-factor")


def refuse_same_hands(person: Person, *, by: Actor, now: datetime) -> None:
    """Says no where an administrator who has reset the second factor would now also give out a password.

    Raises:
        NotAllowed: so it is; with both in hand one could sign in as that person.
    """
    if known.factor_reset(person.id, by=by.id, since=now - APART):
        raise NotAllowed(
            _l("您最近 7 天内重置或结束过%(name)s的两步验证。密码和两步验证须由两位管理员分别重置。"),
            name=person.name,
        )
