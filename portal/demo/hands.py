"""What comes with a signature of the demo's people: a word, a drawing, the name of an outside signer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.demo import phrases
from portal.demo.world import DemoWorld
from portal.domain.signoff import Step
from portal.extensions import db
from portal.models import Customer, Supplier, Task
from portal.services.signatures import Hand

SPOKEN, ON_PAPER = 0.6, 0.25


def draw(world: DemoWorld, task: Task, step: Step, known: Mapping[str, Any], seen: str) -> Hand:
    """The hand of somebody who signs this task."""
    rng = world.rng
    words = phrases.OPINIONS.get(step.meaning, ())
    speaks = rng.random() < SPOKEN or step.comments
    opinion = rng.choice(words) if words and speaks else ""
    if task.kind == "advice":
        return Hand(seen, opinion=rng.choice(phrases.ANSWERS))
    if not task.outside:
        return Hand(seen, opinion=opinion)
    name = _contact(known) or rng.choice(phrases.OUTSIDERS)
    if rng.random() < ON_PAPER:
        paper = (world.photo("纸质签字件.jpg"),)
        return Hand(seen, opinion=opinion, files=paper, outside_name=name, outside_way="paper")
    drawn = world.signature("signature.png")["id"]
    return Hand(seen, opinion=opinion, drawn_id=drawn, outside_name=name, outside_way="device")


def _contact(known: Mapping[str, Any]) -> str:
    """The contact of the customer or supplier that the record names."""
    for name, model in (("customer", Customer), ("supplier", Supplier)):
        ref = known.get(name)
        row: Any = db.session.get(model, ref.id) if ref is not None and getattr(ref, "id", None) else None
        if row is not None and row.contact:
            return str(row.contact)
    return ""
