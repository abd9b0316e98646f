"""Open sessions, and what is a person's own."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Phrase, SignInSession
from portal.queries.actors import Actor


def sessions(
    now: datetime, hours: int, *, person_id: int | None = None, limit: int = 200
) -> list[SignInSession]:
    """The open sessions, newest first."""
    query = sa.select(SignInSession).where(*signed_in(now, hours))
    if person_id is not None:
        query = query.where(SignInSession.person_id == person_id)
    return list(db.session.scalars(query.order_by(SignInSession.id.desc()).limit(limit)).unique())


def session(id: int, *, person_id: int | None = None) -> SignInSession:
    """The session with this id, of this person if one is given.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(SignInSession, id) if id < 2**31 else None
    if found is None or (person_id is not None and found.person_id != person_id):
        raise NotFound
    return found


def phrases(actor: Actor) -> list[Any]:
    """The person's own stock phrases, each with its id."""
    return list(db.session.execute(_PHRASES, {"me": actor.id}))


_SAID = Phrase.__table__.c
_PHRASES = sa.select(_SAID.id, _SAID.text).where(_SAID.person_id == sa.bindparam("me")).order_by(_SAID.id)


def signed_in(now: datetime, hours: int) -> list[Any]:
    """Conditions under which a session is open."""
    return [SignInSession.ended_at.is_(None), SignInSession.started_at > now - timedelta(hours=hours)]
