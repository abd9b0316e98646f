"""Answers of opening sections as SQL sees them."""

from __future__ import annotations

import sqlalchemy as sa

from portal.models import Content, Record


def text(*path: str) -> sa.ScalarSelect[str | None]:
    """One answer of the version that stands, as text; `path` leads into it. Asked beside `Record`."""
    return (
        sa.select(Content.answers[path].as_string())
        .where(Content.record_id == Record.id, Content.version == Record.version)
        .correlate(Record)
        .scalar_subquery()
    )
