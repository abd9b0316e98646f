"""How much one person may upload within a day: so many files, and so many megabytes of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from flask import current_app

from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import StoredFile
from portal.queries.days import lately

FILES = 2_000
SPAN = timedelta(hours=24)
MEGABYTE = 1024 * 1024


class QuotaUsed(Refusal):
    """The person has uploaded enough for now; a device that waits may send it later."""

    status = 429
    text = _l(
        "您 24 小时内最多上传 %(limit)d MB，还剩 %(left).1f MB，“%(name)s”有 %(size).1f MB，没有保存。请稍后再传。"
    )


def require(name: str, size: int, person_id: int, *, now: datetime) -> None:
    """Sees that there is room for one more file of this person's.

    Raises:
        QuotaUsed: there is none; the sentence says how much is left.
    """
    recent = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(StoredFile.size), 0)).where(
        StoredFile.uploaded_by_id == person_id, lately(StoredFile.uploaded_at, SPAN, now)
    )
    count, taken = db.session.execute(recent).one()
    if count >= FILES:
        raise QuotaUsed(
            _l("您 24 小时内最多上传 %(limit)d 个文件，“%(name)s”没有保存。请稍后再传。"),
            limit=FILES,
            name=name,
        )
    limit: int = current_app.config["SETTINGS"].upload_day_megabytes
    left = limit * MEGABYTE - int(taken)
    if size > left:
        raise QuotaUsed(limit=limit, left=max(left, 0) / MEGABYTE, size=size / MEGABYTE, name=name)
