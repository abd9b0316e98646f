"""A person's notices with the record that each speaks of; its title only for those who may read it today."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.domain.notices import GROUP
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Draft, GroupRobot, Notice, NoticeChoice, Person, Record
from portal.queries.actors import Actor
from portal.queries.built import Rights, rights
from portal.queries.keyset import LARGEST
from portal.queries.visible import visible_to

MANY = 99
"""Where counting stops: more than this is told as 99+."""


_MINE = Notice.person_id == sa.bindparam("me")
UNREAD = sa.select(sa.func.count()).select_from(
    sa.select(Notice.id).where(_MINE, Notice.read_at.is_(None)).limit(MANY + 1).subquery()
)


def page(actor: Actor, *, limit: int, before: int | None = None, only_unread: bool = False) -> list[Any]:
    """The person's newest notices."""
    given = {"me": actor.id, "before": min(before or LARGEST, LARGEST), "limit": limit}
    return list(db.session.execute(_paged(rights(actor), only_unread), given))


@lru_cache(maxsize=500)
def _paged(who: Rights, only_unread: bool) -> Any:
    query = _told(who).where(_MINE, Notice.id < sa.bindparam("before")).order_by(Notice.id.desc())
    query = query.where(Notice.read_at.is_(None)) if only_unread else query
    return query.limit(sa.bindparam("limit", type_=sa.Integer))


def one(actor: Actor, id: int) -> Any:
    """The person's notice with this id.

    Raises:
        NotFound: there is none of their own.
    """
    asked = _told(rights(actor)).where(_MINE, Notice.id == sa.bindparam("id"))
    found = db.session.execute(asked, {"me": actor.id, "id": min(id, LARGEST)}).one_or_none()
    if found is None:
        raise NotFound
    return found


def of_digest(actor: Actor, digest_id: int, *, limit: int) -> list[Any]:
    """What of a digest the person has not read meanwhile, oldest first."""
    asked = _told(rights(actor)).where(
        _MINE, Notice.digest_id == sa.bindparam("digest"), Notice.read_at.is_(None)
    )
    asked = asked.order_by(Notice.id).limit(sa.bindparam("limit", type_=sa.Integer))
    return list(db.session.execute(asked, {"me": actor.id, "digest": digest_id, "limit": limit}))


@lru_cache(maxsize=500)
def _told(who: Rights) -> sa.Select[*tuple[Any, ...]]:
    """Notices with their records; `title` is none where the person may not read the record."""
    spoken_of = sa.select(Record.title).where(Record.id == Notice.record_id)
    title = visible_to(spoken_of, who.actor).correlate(Notice).scalar_subquery().label("title")
    whole = (Notice.id, Notice.kind, Notice.facts, Notice.at, Notice.read_at, Notice.record_id)
    about = _RECORDS.c.number, _RECORDS.c.form_code, title
    return sa.select(*whole, *about).outerjoin(_RECORDS, _RECORDS.c.id == Notice.record_id)


_RECORDS = Record.__table__.alias("about")


def draft_waits(key: str, person_id: int) -> bool:
    """Whether a draft is still there for the person to take up."""
    theirs = sa.or_(Draft.person_id.is_(None), Draft.person_id == person_id)
    return db.session.scalar(sa.select(Draft.id).where(Draft.key == key, theirs)) is not None


def wishes(people: Collection[int], group: str, *, mail: bool, robots: bool) -> dict[int, tuple[str, str]]:
    """How those at work hear of a group of notices by mail and by robot, for those who hear of it at all."""
    found = {}
    default = GROUP[group]
    for row in db.session.execute(_WISHES, {"people": sorted(people), "group": group}):
        by_mail = (row.mail or default.mail) if mail and row.email else "off"
        by_robot = (row.robot or default.robot) if robots and row.address else "off"
        if (by_mail, by_robot) != ("off", "off"):
            found[row.id] = (by_mail, by_robot)
    return found


_WISHES = (
    sa.select(Person.id, Person.email, NoticeChoice.mail, NoticeChoice.robot, GroupRobot.address)
    .outerjoin(
        NoticeChoice,
        sa.and_(NoticeChoice.person_id == Person.id, NoticeChoice.group == sa.bindparam("group")),
    )
    .outerjoin(GroupRobot, GroupRobot.person_id == Person.id)
    .where(Person.active, Person.id.in_(sa.bindparam("people", expanding=True)))
)


def choices(person_id: int) -> dict[str, tuple[str, str]]:
    """How a person hears of each group by mail and by robot: chosen, or as the group says."""
    chosen = sa.select(NoticeChoice).where(NoticeChoice.person_id == person_id)
    rows = db.session.scalars(chosen.execution_options(populate_existing=True))
    found = {one.group: (one.mail, one.robot) for one in rows}
    return {group.key: found.get(group.key, (group.mail, group.robot)) for group in GROUP.values()}


def robot(person_id: int) -> str:
    """The address of a person's group robot; nothing where there is none."""
    found = db.session.get(GroupRobot, person_id)
    return found.address if found is not None else ""
