"""Bills of materials of products: which is in force, its tree, where a part is used, what of it lies in stock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.domain import bom
from portal.domain.bom import Node
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.lib.clock import today
from portal.lib.text import fold
from portal.models import Project, StockBalance, StockItem
from portal.queries import projects, technical_papers
from portal.queries.goods import opening_answers
from portal.queries.technical_papers import Paper

FORM = "RD-10"
MANY = 50  # parts that a search names


@dataclass(frozen=True)
class Bom:
    """A version of a product's bill of materials."""

    project: Project
    paper: Paper
    answers: dict[str, Any]
    nodes: list[Node]

    @property
    def product_no(self) -> str:
        """The product's own number."""
        return str(self.answers.get("product_no") or self.project.code)


@dataclass(frozen=True, slots=True)
class Use:
    """A place at which a part is used, in a list in force: what it is part of, upwards to the product."""

    bom: Bom
    node: Node
    above: tuple[Node, ...]  # from its parent up to a part of the product itself


@dataclass(frozen=True, slots=True)
class Part:
    """A part as a search finds it."""

    part_no: str
    name: str
    products: int


def in_force() -> list[Bom]:
    """The list in force of every product, by the product's code."""
    found = (_bom(paper) for paper in technical_papers.every_in_force(FORM))
    return sorted(found, key=lambda one: one.project.code)


def versions(project: Project) -> list[Paper]:
    """Every version of a product's list, the newest first."""
    return technical_papers.all_of(FORM, project.id)[::-1]


def of_product(project: Project, version: str = "") -> Bom:
    """A version of a product's list; without one that in force, else the newest that waits for its day.

    Raises:
        NotFound: there is none.
    """
    every = versions(project)
    wanted = next((one for one in every if one.version == version), None) if version else None
    if wanted is None and not version:
        wanted = next(iter(technical_papers.every_in_force(FORM, project.id)), every[0] if every else None)
    if wanted is None:
        raise NotFound
    return _bom(wanted)


def is_obsolete(one: Bom) -> bool:
    """Whether a later version of the list is in force."""
    newest = next(iter(technical_papers.every_in_force(FORM, one.project.id)), None)
    return newest is not None and newest != one.paper and one.paper.effective_on <= today().isoformat()


def named(code: str) -> Project:
    """The product project with this code.

    Raises:
        NotFound: there is none.
    """
    found = projects.named(code)
    if found.kind != "product":
        raise NotFound
    return found


def numbered(product_no: str, but: int) -> str:
    """The product other than this one whose list in force bears this number; nothing if none does."""
    found = (one for one in in_force() if one.product_no == product_no and one.project.id != but)
    other = next(found, None)
    return other.project.label if other else ""


def parts(typed: str) -> list[Part]:
    """The parts of all lists in force that fit what is typed, by number or name."""
    wanted = fold(typed)
    names: dict[str, str] = {}
    products: dict[str, set[int]] = {}
    for one in in_force():
        for node in bom.every(one.nodes):
            text = f"{node.part_no} {node.row['name']} {_text(node.row['item'])}"
            if wanted in fold(text):
                names.setdefault(node.part_no, node.row["name"])
                products.setdefault(node.part_no, set()).add(one.project.id)
    return [Part(number, name, len(products[number])) for number, name in sorted(names.items())][:MANY]


def uses(part: str) -> list[Use]:
    """Where a part is used, by its number or the code of its stock item, over all lists in force."""
    wanted = fold(part)
    found: list[Use] = []
    for one in in_force():
        found += [Use(one, node, above) for node, above in _walk(one.nodes) if _is(node, wanted)]
    return found


def on_hand(nodes: Iterable[Node]) -> dict[int, Decimal]:
    """What lies in the warehouse of the stock items in a list."""
    ids = {node.row["item"]["id"] for node in bom.every(nodes) if node.row["item"]}
    query = (
        sa.select(StockItem.id, sa.func.coalesce(sa.func.sum(StockBalance.quantity), 0))
        .outerjoin(StockBalance, StockBalance.item_id == StockItem.id)
        .where(StockItem.id.in_(ids))
        .group_by(StockItem.id)
    )
    return {id: Decimal(quantity) for id, quantity in db.session.execute(query)}


def item_codes(nodes: Iterable[Node]) -> dict[int, str]:
    """The codes of the stock items in a list."""
    ids = {node.row["item"]["id"] for node in bom.every(nodes) if node.row["item"]}
    query = sa.select(StockItem.id, StockItem.code).where(StockItem.id.in_(ids))
    return {id: code for id, code in db.session.execute(query)}  # noqa: C416 -- rows are not pairs to mypy


def _bom(paper: Paper) -> Bom:
    answers = opening_answers(paper.record_id)
    rows = [{**_BLANK, **row} for row in answers.get("components") or ()]
    return Bom(db.session.get_one(Project, paper.project_id), paper, answers, bom.tree(rows))


_BLANK: dict[str, Any] = dict.fromkeys(("item", "material", "supplier", "name", "unit"))


def _walk(nodes: Iterable[Node], above: tuple[Node, ...] = ()) -> Iterable[tuple[Node, tuple[Node, ...]]]:
    for node in nodes:
        yield node, above
        yield from _walk(node.children, (node, *above))


def _is(node: Node, wanted: str) -> bool:
    return wanted in (fold(node.part_no), fold(_text(node.row["item"])).rsplit(" ", 1)[-1])


def _text(ref: Any) -> str:
    return str(ref["text"]) if ref else ""
