"""Outside parties sign through a one-time link that an employee sends and stands for."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import OutsideLink, Task
from portal.queries.actors import Actor
from portal.services import audit, tasks

DAYS = 7


class LinkOver(Refusal):
    """The link has been used, has expired, or its step is over."""

    status = 410
    text = _l("这个链接已经使用过或已失效，请联系给您发送链接的人员。")


def make_link(task_id: int, by: Actor, sent_to: str, *, now: datetime) -> str:
    """Makes a link for the outside signer of a task and returns its token, shown this once."""
    task, _authority = tasks.claim(task_id, by)
    if not task.outside or task.record_id is None:
        raise Refusal(_l("这一步不是由外部人员签字。"))
    for earlier in db.session.scalars(sa.select(OutsideLink).where(OutsideLink.task_id == task.id)):
        earlier.expires_at = min(earlier.expires_at, now)
    token = secrets.token_urlsafe(24)
    db.session.add(
        OutsideLink(
            token_hash=_digest(token),
            task_id=task.id,
            sent_by_id=by.id,
            sent_to=sent_to,
            expires_at=now + timedelta(days=DAYS),
        )
    )
    audit.note(
        "outside_link_made", at=now, by=by.id, record_id=task.record_id, step=task.step, sent_to=sent_to
    )
    return token


def find(token: str, *, now: datetime) -> tuple[OutsideLink, Task]:
    """The open link of a token and its task.

    Raises:
        NotFound: no such link. LinkOver: used or expired, or its sender has left.
    """
    link = db.session.scalar(sa.select(OutsideLink).where(OutsideLink.token_hash == _digest(token)))
    if link is None:
        raise NotFound
    task = db.session.get_one(Task, link.task_id)
    over = link.used_at is not None or link.expires_at <= now or not link.sent_by.active
    if over or task.state != "open":
        raise LinkOver
    return link, task


def use(link: OutsideLink, *, now: datetime) -> None:
    """Marks a link as used; it opens nothing any more."""
    link.used_at = now


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
