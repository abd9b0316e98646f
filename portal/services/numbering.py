"""Record numbers: `CS-51-2026-0001`, gapless per form and year because drawn in the record's own write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from portal.extensions import db
from portal.forms.kinds import ZONE
from portal.models import NumberSeries


def draw(form_code: str, now: datetime) -> str:
    """The next number of the form in the company's year of `now`."""
    year = now.astimezone(ZONE).year
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    statement: Any = (
        insert(NumberSeries)
        .values(form_code=form_code, year=year, last=1)
        .on_conflict_do_update(
            index_elements=[NumberSeries.form_code, NumberSeries.year], set_={"last": NumberSeries.last + 1}
        )
        .returning(sa.column("last"))
    )
    return f"{form_code}-{year}-{db.session.scalar(statement):04d}"
