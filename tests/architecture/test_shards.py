"""Every table is named as one that goes with its record, as a copy on every machine, or as one line through everything."""

from __future__ import annotations

import csv
import re

import sqlalchemy as sa

from portal.config import ROOT
from portal.models.base import Base

KINDS = ("record", "reference", "global")
OUTSIDE_THE_MODELS = {"search_words"}  # each database keeps them in its own way
with (ROOT / "tests" / "architecture" / "shards.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
KIND = {row["table"]: row["kind"] for row in ROWS}
KEY = {row["table"]: row["key"] for row in ROWS if row["kind"] == "record"}
TABLES = Base.metadata.tables


def test_each_table_has_one_place() -> None:
    assert [row["table"] for row in ROWS] == sorted(set(TABLES) | OUTSIDE_THE_MODELS)
    assert set(KIND.values()) == set(KINDS)
    assert all(bool(row["key"]) == (row["kind"] == "record") for row in ROWS)


def test_every_row_that_goes_with_a_record_names_it() -> None:
    for table, key in KEY.items():
        column = TABLES[table].c[key]
        assert not column.nullable, table
        assert table == "records" or "records" in _leads_to(column), table


def test_what_refers_across_is_written_down() -> None:
    section = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8").partition("### What refers across")[2]
    written = set(re.findall(r"`(\w+\.\w+)`", section.partition("\n#")[0]))
    across = {
        f"{table.name}.{key.parent.name}"
        for table in TABLES.values()
        for key in table.foreign_keys
        if not _stays(table, key)
    }
    assert across == written


def _leads_to(column: sa.Column[object]) -> set[str]:
    """The tables that a column refers to, also by way of another's key."""
    found: set[str] = set()
    for key in column.foreign_keys:
        found |= {key.column.table.name} | _leads_to(key.column)
    return found


def _stays(table: sa.Table, key: sa.ForeignKey) -> bool:
    """Whether both ends of a reference lie on one machine."""
    here, there = KIND[table.name], key.column.table.name
    if KIND[there] == "reference":
        return True
    if here == "record":
        return KEY[table.name] == key.parent.name and KIND[there] == "record"
    return here == KIND[there]
