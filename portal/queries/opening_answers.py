"""Answers of opening sections as SQL sees them: of each record what its latest version says."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.models import Content, Record


def text(*path: str | int) -> sa.ScalarSelect[str | None]:
    """One answer as text; `path` leads into it, e.g. `supplier`, `text`. Asked beside `Record`."""
    return _latest(Content.answers[path].as_string())


def number(*path: str | int) -> sa.ScalarSelect[float | None]:
    """One answer as a number."""
    return _latest(sa.cast(Content.answers[path].as_string(), sa.Float))


def _latest(answer: Any) -> sa.ScalarSelect[Any]:
    return (
        sa.select(answer)
        .where(Content.record_id == Record.id, Content.version == Record.version)
        .correlate(Record)
        .scalar_subquery()
    )
