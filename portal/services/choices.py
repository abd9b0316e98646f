"""How a person hears of notices outside the portal: chosen by themselves, for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from portal.domain import robots
from portal.domain.notices import GROUPS, MAIL, ROBOT
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import GroupRobot, NoticeChoice
from portal.queries import notices
from portal.queries.actors import Actor
from portal.services import audit, once


def choose(chosen: Mapping[str, tuple[str, str]], *, by: Actor, now: datetime) -> None:
    """Keeps how the person hears of each group, by mail and by robot; groups that are not named stay as they are.

    Raises:
        Refusal: there is no such way.
    """
    known = {group.key for group in GROUPS}
    if not chosen.keys() <= known or any(m not in MAIL or r not in ROBOT for m, r in chosen.values()):
        raise Refusal(_l("请从列出的方式中选择。"))
    once.take_turn(by.id)
    before = notices.choices(by.id)
    changed = {key: way for key, way in chosen.items() if before[key] != way}
    if not changed:
        return
    mine = NoticeChoice.person_id == by.id, NoticeChoice.group.in_(changed)
    db.session.execute(sa.delete(NoticeChoice).where(*mine).execution_options(synchronize_session="fetch"))
    for key, (mail, robot) in changed.items():
        db.session.add(NoticeChoice(person_id=by.id, group=key, mail=mail, robot=robot))
    audit.note("notices_chosen", at=now, by=by.id, stream="people")


def set_robot(pasted: str, *, by: Actor, now: datetime) -> None:
    """Keeps the robot behind a pasted address; the trail tells that, not which.

    Raises:
        NoRobot: it is no address of a robot.
    """
    robot = robots.read(pasted)
    once.take_turn(by.id)
    kept = db.session.get(GroupRobot, by.id)
    if kept is None:
        db.session.add(GroupRobot(person_id=by.id, address=robot.address))
    else:
        kept.address = robot.address
    audit.note("robot_set", at=now, by=by.id, stream="people", service=robot.service)


def remove_robot(*, by: Actor, now: datetime) -> None:
    """Forgets the person's robot."""
    once.take_turn(by.id)
    kept = db.session.get(GroupRobot, by.id)
    if kept is not None:
        db.session.delete(kept)
        audit.note("robot_removed", at=now, by=by.id, stream="people")
