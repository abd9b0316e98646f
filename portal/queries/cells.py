"""The register's cells as SQL sees them: shown texts inside the JSON of a record."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from portal.extensions import db
from portal.models import Record


def shown(name: str, language: str) -> Any:
    """The shown text of a cell: one for both languages, or the one of this language."""
    return sa.func.coalesce(Record.cells[(name, language)].as_string(), Record.cells[name].as_string())


def holds(word: str) -> sa.ColumnElement[bool]:
    """Whether a cell's text holds the word; a quick look at the raw JSON goes before the exact one."""
    raw = sa.cast(Record.cells, sa.Text)
    spelt = {json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}
    quick = sa.or_(*(raw.icontains(one, autoescape=True) for one in sorted(spelt)))
    leaf: Any
    if db.engine.dialect.name == "sqlite":
        leaf = sa.func.json_tree(Record.cells).table_valued("atom", "type")
        text, is_text = leaf.c.atom, leaf.c.type == "text"
    else:
        path = sa.func.jsonb_path_query(sa.cast(Record.cells, JSONB), sa.text("'$.**'::jsonpath"))
        leaf = path.table_valued(sa.column("value", JSONB)).render_derived()
        text, is_text = (
            leaf.c.value.op("#>>", return_type=sa.Text())(sa.text("'{}'")),
            sa.func.jsonb_typeof(leaf.c.value) == "string",
        )
    exact = sa.select(sa.literal(1)).select_from(leaf).where(is_text, text.icontains(word, autoescape=True))
    return sa.and_(quick, exact.correlate(Record).exists())
