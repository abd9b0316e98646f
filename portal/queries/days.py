"""The day at hand, as a query asks for it each time that it is made."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from portal.lib.clock import ZONE, today

TODAY: Any = sa.bindparam("today", callable_=lambda: today().isoformat(), type_=sa.String)
"""Today as books write days; of the company's clock, not the database's."""

THIS_YEAR: Any = sa.bindparam("this_year", callable_=lambda: today().year, type_=sa.Integer)
"""The company's year."""


class year_of(FunctionElement[int]):  # noqa: N801 -- reads as the function that it is
    """The company's year at a moment: on the morning of New Year's Day a database that counts in UTC has another."""

    type = sa.Integer()
    inherit_cache = True


@compiles(year_of, "sqlite")
def _in_sqlite(element: year_of, compiler: Any, **how: Any) -> str:
    # no summer time for as long as there are records
    return f"CAST(strftime('%Y', {compiler.process(element.clauses, **how)}, '+8 hours') AS INTEGER)"


@compiles(year_of, "postgresql")
def _in_postgresql(element: year_of, compiler: Any, **how: Any) -> str:
    return f"CAST(EXTRACT(year FROM {compiler.process(element.clauses, **how)} AT TIME ZONE '{ZONE.key}') AS integer)"


def lately(moment: Any, span: timedelta, now: datetime) -> Any:
    """That a moment lies within a span before now; one of a clock that ran ahead counts no longer than so."""
    return sa.and_(moment > now - span, moment < now + span)
