"""Answers of stages as SQL sees them: of each record what its latest signature at a step says."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.models import Record, Signature


def text(step: str, *path: str, of: Any = Record) -> sa.ScalarSelect[str | None]:
    """One answer as text; `path` leads into it, e.g. `allocated_to`, `text`. Asked beside `Record`, or an alias `of` it."""
    return _latest(step, Signature.answers[path].as_string(), of)


def whole_number(step: str, *path: str) -> sa.ScalarSelect[int | None]:
    """One answer as a whole number, such as the id of what it names."""
    return _latest(step, Signature.answers[path].as_integer())


def yes(step: str, name: str) -> sa.ScalarSelect[bool | None]:
    """One answer that is yes or no."""
    return _latest(step, Signature.answers[name].as_boolean())


def yes_or_no(step: str, name: str) -> sa.ScalarSelect[str | None]:
    """One answer that is yes or no, as `1` or `0`."""
    answer = Signature.answers[name].as_boolean()
    return _latest(step, sa.case((answer, "1"), (~answer, "0"), else_=None))


def _latest(step: str, answer: Any, of: Any = Record) -> sa.ScalarSelect[Any]:
    return (
        sa.select(answer)
        .where(Signature.record_id == of.id, Signature.step == step, Signature.act == "signed")
        .order_by(Signature.id.desc())
        .limit(1)
        .correlate(of)
        .scalar_subquery()
    )
