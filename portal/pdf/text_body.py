"""The clauses of a controlled document as they stand on paper."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from portal.lib import markdown
from portal.lib.clauses import Clause
from portal.pdf.text_sheet import TextSheet


def body(sheet: TextSheet, drawn: Template, say: Any, shown: Set[int]) -> Markup:
    """The text as HTML; `drawn` has the parts that the portal fills in, `shown` the ids of pictures that can be read."""
    known = {clause.id for clause in markdown.contents(sheet.text)}
    parts: Any = drawn.make_module({"say": say})

    def part(kind: str, name: str) -> Markup | str:
        if kind == "flow" and name in sheet.flows:
            flow = sheet.flows[name]
            svg = Markup(flow.svg)  # nosec B704 -- drawn by portal.lib.flowchart, which escapes its texts
            return Markup(parts.flow(f"{name} {flow.title}", svg))  # nosec B704 -- a template of our own
        if kind == "records":
            return Markup(parts.records(sheet.forms))  # nosec B704
        return Markup(parts.history(sheet.revisions)) if kind == "history" else ""  # nosec B704

    def link(named: str) -> str:
        """Paper leads only to clauses of its own."""
        code, _mark, id = named.partition("#")
        return f"#{id}" if code in ("", sheet.document_no) and id in known else ""

    def image(name: str) -> str:
        id = sheet.pictures.get(name, 0)
        return f"picture:{id}" if id in shown else ""

    return markdown.render(sheet.text, parts=part, link=link, image=image)


def contents(sheet: TextSheet) -> list[Clause]:
    """The clauses of the table of contents."""
    return [clause for clause in markdown.contents(sheet.text) if clause.level < 3 and clause.id]
