"""What a statement asks of its database beyond plain SQL, read from its words by sqlglot."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp

# Every database has these: comparing, counting, joining, putting in order.
PLAIN = (
    exp.Add, exp.And, exp.Between, exp.Case, exp.Cast, exp.Coalesce, exp.Count, exp.EQ, exp.Exists, exp.GT, exp.GTE, exp.If,
    exp.DPipe, exp.Escape, exp.In, exp.Is, exp.LT, exp.LTE, exp.Length, exp.Like, exp.Lower, exp.Max, exp.Min, exp.Mul, exp.NEQ, exp.Not, exp.Or,
    exp.Paren, exp.Sub, exp.Substring, exp.Sum,
)  # fmt: skip
NAMED = {
    exp.GroupConcat: "string_agg()", exp.JSONExtract: "->", exp.JSONExtractScalar: "->>", exp.JSONBExtractScalar: "#>>",
    exp.ILike: "ILIKE", exp.MatchAgainst: "@@", exp.RowNumber: "row_number()", exp.StrPosition: "strpos()",
}  # fmt: skip
TYPES = frozenset(
    {"INT", "BIGINT", "TEXT", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMPTZ", "DECIMAL", "DOUBLE", "UNKNOWN"}
)


def features(statement: str) -> set[str]:
    """The features of a statement as SQLAlchemy sends it to psycopg."""
    words = statement.strip().rstrip(";").upper()
    for begin in ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT"):
        if words.startswith(begin):
            return {"SAVEPOINT"}
    for begin in ("LOCK TABLE", "SET LOCAL"):
        if words.startswith(begin):
            return {begin}
    tree = sqlglot.parse_one(statement, read="postgres")
    return {name for node in tree.walk() for name in _of(node)}


def _of(node: exp.Expression) -> Iterator[str]:
    match node:
        case exp.Lock():
            yield from _lock(node)
        case exp.OnConflict():
            yield "ON CONFLICT DO UPDATE" if node.expressions else "ON CONFLICT DO NOTHING"
        case exp.Returning():
            yield "RETURNING"
        case exp.CTE():
            yield "WITH RECURSIVE" if node.parent and node.parent.args.get("recursive") else "WITH"
        case exp.Lateral():
            yield "LATERAL"
        case exp.Window():
            yield "OVER"
        case exp.SetOperation():
            yield type(node).__name__.upper()
        case exp.Distinct() if node.args.get("on"):
            yield "DISTINCT ON"
        case exp.Ordered() if node.args.get("nulls_first") is not None and _says_nulls(node):
            yield "NULLS FIRST/LAST"
        case exp.DataType():
            name = node.this.name if isinstance(node.this, exp.DataType.Type) else str(node.this)
            if name not in TYPES:
                yield f"type {str(node.args.get('kind') or name).lower()}"
        case exp.Expression() if type(node) in NAMED:
            yield NAMED[type(node)]
        case exp.Anonymous():
            yield f"{node.name.lower()}()"
        case exp.Func() if not isinstance(node, PLAIN):
            yield f"{node.sql_name().lower()}()"
        case exp.Binary() if not isinstance(node, (*PLAIN, exp.Dot)):
            yield f"operator {type(node).__name__}"


def _lock(node: exp.Lock) -> Iterator[str]:
    strength = "UPDATE" if node.args.get("update") else "SHARE"
    yield f"FOR NO KEY {strength}" if node.args.get("key") else f"FOR {strength}"
    if node.args.get("wait") is False:
        yield "SKIP LOCKED"


def _says_nulls(node: exp.Ordered) -> bool:
    return "NULLS" in node.sql("postgres").upper()
