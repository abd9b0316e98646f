"""People and their accounts at the company's provider: tied at the first sign-in, so that a login given anew opens nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.database import dialect, insert
from portal.domain.permissions import person_key, role_key
from portal.domain.refusal import NotAllowed, ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.i18n import _l, both
from portal.models import Person, ProviderTie
from portal.queries import provider_ties as known
from portal.queries.actors import Actor
from portal.services import audit, notices, sessions

STREAM = "people"


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a provider, by the name that the provider never gives to another."""

    issuer: str
    subject: str


class TiedOtherwise(Refusal):
    """This person comes with another account than before, or the account is another person's."""

    status = 403
    text = _l("您的公司账号与门户里绑定的不是同一个，不能登录。请联系管理员核对。")


def refuse_other(person_id: int, account: Account) -> None:
    """Says no where person and account do not belong together.

    Raises:
        TiedOtherwise: one of them is tied to another.
    """
    for tie in known.of_either(person_id, account.issuer, account.subject):
        if (tie.person_id, tie.subject) != (person_id, account.subject):
            raise TiedOtherwise


def tie(person_id: int, account: Account, *, now: datetime) -> None:
    """Ties an account to the person who signs in by it, the first time; the person's row is held.

    Raises:
        TiedOtherwise: one of them is tied to another.
    """
    refuse_other(person_id, account)
    row = {"person_id": person_id, "made_at": now, **asdict(account)}
    new = insert(ProviderTie, dialect()).values(row).on_conflict_do_nothing()
    if db.session.scalar(new.returning(ProviderTie.id)) is not None:
        audit.note("provider_tied", at=now, by=person_id, stream=STREAM, person=person_id, **asdict(account))
        return
    refuse_other(person_id, account)  # somebody else may have come at the same moment


def loosen(person: Person, *, by: Actor, reason: str, now: datetime) -> None:
    """Unties a person from what they have signed in by; the next account that comes with their login is tied.

    Raises:
        NotAllowed: it is one's own.
        Refusal: there is nothing to untie, or no reason.
    """
    if person.id == by.id:
        raise NotAllowed(_l("自己的单点登录账号须由另一位管理员解除绑定。"))
    if not reason:
        raise ReasonMissing
    gone = sa.delete(ProviderTie).where(ProviderTie.person_id == person.id)
    ended = db.session.execute(gone.returning(ProviderTie.issuer, ProviderTie.subject)).all()
    if not ended:
        raise Refusal(_l("%(name)s没有绑定单点登录账号。"), name=person.name)
    for issuer, subject in ended:
        audit.note(
            "provider_tie_ended", at=now, by=by.id, stream=STREAM, person=person.id, issuer=issuer,
            subject=subject, reason=reason,
        )  # fmt: skip
    sessions.end_all(person.id, now=now, by=by.id)
    text = both(_l("%(by)s解除了%(name)s与单点登录账号的绑定。", by=by.name, name=person.name))
    keys = [person_key(person.id), role_key("security_officer")]
    notices.tell(keys, "told", now=now, but=by.id, text=text, page="/account/sessions")
