"""Record numbers: `CS-51-2026-0001`, gapless per form and year because drawn in the record's own write."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.database import dialect, insert
from portal.extensions import db
from portal.lib.clock import ZONE
from portal.models import NumberSeries


def draw(form_code: str, now: datetime) -> str:
    """The next number of the form in the company's year of `now`."""
    year, place = _next(form_code, now)
    return f"{form_code}-{year}-{place:04d}"


def take_turn(form_code: str, now: datetime) -> None:
    """Lets those who fill in the form come one after the other, until the write ends, before they check what others
    have filled in: a number that is free for one must not be free for the next. SQLite's writers queue by themselves.
    """
    if dialect() == "sqlite":
        return
    if not db.session.scalars(_KEPT, {"form": form_code}).all():
        year = now.astimezone(ZONE).year
        db.session.execute(_begin(dialect()), {"form": form_code, "year": year})
        db.session.scalars(_KEPT, {"form": form_code}).all()


_KEPT = (
    sa.select(NumberSeries.year)
    .where(NumberSeries.form_code == sa.bindparam("form"))
    .order_by(NumberSeries.year)
    .with_for_update()
)


@cache
def _begin(dialect: str) -> Any:
    first = insert(NumberSeries, dialect).values(
        form_code=sa.bindparam("form"), year=sa.bindparam("year"), last=0
    )
    return first.on_conflict_do_nothing()


def draw_of_year(series: str, now: datetime) -> str:
    """The next number of a series of its own, `2026-001`."""
    year, place = _next(series, now)
    return f"{year}-{place:03d}"


def _next(series: str, now: datetime) -> tuple[int, int]:
    year = now.astimezone(ZONE).year
    return year, db.session.scalar(_draw(dialect()), {"form": series, "year": year})


@cache
def _draw(dialect: str) -> Any:
    table = NumberSeries.__table__.c
    first = insert(NumberSeries, dialect).values(
        form_code=sa.bindparam("form"), year=sa.bindparam("year"), last=1
    )
    return first.on_conflict_do_update(
        index_elements=[table.form_code, table.year], set_={"last": table.last + 1}
    ).returning(table.last)
