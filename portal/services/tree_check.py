"""Holds the tree over all events against the events, its subtrees, and its signed checkpoints, and names what differs."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portal.extensions import db
from portal.lib import checkpoints, merkle
from portal.lib.checkpoints import Checkpoint
from portal.lib.signed_note import NotSigned
from portal.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditNode
from portal.queries import audit_tree

Rows = Generator[Any, None, None]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and with which event (its chain, number and time), leaf of the tree, or checkpoint."""

    kind: str
    stream: str = ""
    seq: int = 0
    at: datetime | None = None
    leaf: int = 0
    checkpoint: int = 0


class Check:
    """One walk over the tree; the first thing of each kind that spoils all after it is told once."""

    def __init__(self, keys: Sequence[Ed25519PublicKey]) -> None:
        self.keys = keys
        self.tree = merkle.Peaks()
        self.found: list[Finding] = []
        self.pairs: dict[tuple[str, str], int] = {}  # hashes of leaf and event, where they differ
        self.whole = True  # no leaf is missing so far, so that the tree can be built
        self.known = AuditLeaf(position=-1, event_id=0, hash="", stream="", seq=0)
        self.nodes: Rows | None = _rows(AuditNode, "ending", "level")
        self.points = _rows(AuditCheckpoint, "number")
        self.point: AuditCheckpoint | None = None  # the next one that the tree has not come to
        self.number = 0

    def run(self) -> list[Finding]:
        """Everything that is wrong, in the order of the tree."""
        leaves = _leaves()
        with closing(leaves), closing(self.points), closing(self.nodes or leaves):
            self.point = next(self.points, None)
            for leaf, event in leaves:
                self._leaf(leaf, event)
                self._reached(leaf)
            self._ends()
        self._name_swaps()
        return self.found + _outside(self.known.event_id)

    def _leaf(self, leaf: AuditLeaf, event: AuditEvent | None) -> None:
        if leaf.position != self.known.position + 1 or leaf.event_id <= self.known.event_id:
            self.found.append(_about(leaf, "leaf_missing", leaf=self.known.position + 2))
            self.whole = False
        self.known = leaf
        hash = leaf.hash
        if event is None:
            self.found.append(_about(leaf, "deleted"))
        elif (event.hash, event.stream, event.seq, event.at) != (leaf.hash, leaf.stream, leaf.seq, leaf.at):
            right = self._right(leaf, event)
            hash = event.hash if right == "leaf_changed" else leaf.hash
            self.found.append(
                _about(event if right == "leaf_changed" else leaf, right, leaf=leaf.position + 1)
            )
            if event.hash != leaf.hash:
                self.pairs[leaf.hash, event.hash] = len(self.found) - 1
        if self.whole:
            self._grow(leaf, hash)

    def _right(self, leaf: AuditLeaf, event: AuditEvent) -> str:
        """Who is wrong where leaf and event differ: the one that does not stand under the signed checkpoint."""
        if event.hash == leaf.hash:
            return "leaf_changed"
        row = audit_tree.over(leaf.position)
        try:
            signed = checkpoints.read(row.note, self.keys) if row else None
            if signed is None:
                return "differs"
            path = merkle.inclusion(audit_tree.node, leaf.position, signed.size)
        except (NotSigned, LookupError, ValueError):
            return "differs"
        for hash, wrong in ((leaf.hash, "changed"), (event.hash, "leaf_changed")):
            if merkle.includes(
                signed.root, signed.size, leaf.position, merkle.leaf_hash(hash.encode()), path
            ):
                return wrong
        return "differs"

    def _grow(self, leaf: AuditLeaf, hash: str) -> None:
        """Adds a leaf; the subtrees that end with it are those that were kept."""
        for level, made in self.tree.add(merkle.leaf_hash(hash.encode())):
            kept = next(self.nodes, None) if self.nodes is not None else None
            if self.nodes is not None and (
                kept is None or (kept.ending, kept.level, kept.hash) != (self.tree.size, level, made.hex())
            ):
                self.found.append(_about(leaf, "subtree", leaf=leaf.position + 1))
                self.nodes.close()
                self.nodes = None  # those above it cannot fit either

    def _reached(self, leaf: AuditLeaf) -> None:
        """Looks at the checkpoints that were made when the tree had come to this leaf."""
        while self.point is not None and self.point.size <= leaf.position + 1:
            row, self.point = self.point, next(self.points, None)
            signed = self._signed(row)
            if (
                signed is not None
                and self.whole
                and (signed.size, signed.root)
                != (
                    self.tree.size,
                    self.tree.root(),
                )
            ):
                self.found.append(_about(leaf, "rewritten", checkpoint=row.number))
                self.whole = False

    def _signed(self, row: AuditCheckpoint) -> Checkpoint | None:
        """The checkpoint as it was signed, if it is the next one and says what its row says."""
        self.number += 1
        if row.number != self.number:
            self.found.append(Finding("checkpoint_missing", at=row.at, checkpoint=self.number))
            self.number = row.number
        try:
            signed = checkpoints.read(row.note, self.keys)
        except NotSigned:
            self.found.append(Finding("forged", at=row.at, checkpoint=row.number))
            return None
        if (signed.number, signed.size, signed.root.hex(), signed.at) != (
            row.number, row.size, row.root, row.at,
        ):  # fmt: skip
            self.found.append(Finding("checkpoint_changed", at=row.at, checkpoint=row.number))
        return signed

    def _ends(self) -> None:
        """The tree and its checkpoints end at the same place, and no subtree is left over."""
        size, covered = self.known.position + 1, self.point
        if covered is not None:
            self.found.append(Finding("shrunk", at=covered.at, leaf=size, checkpoint=covered.number))
        while self.point is not None:
            row, self.point = self.point, next(self.points, None)
            self._signed(row)
        last = audit_tree.last()
        if size > (last.size if last else 0):
            self.found.append(_about(self.known, "uncovered", checkpoint=self.number + 1))
        if self.nodes is not None and self.whole and next(self.nodes, None) is not None:
            self.found.append(Finding("subtree", leaf=size))

    def _name_swaps(self) -> None:
        """Names events that stand where another was, and that where they were."""
        for (was, stands), place in self.pairs.items():
            if (stands, was) in self.pairs:
                self.found[place] = replace(self.found[place], kind="swapped")


def check(keys: Sequence[Ed25519PublicKey]) -> list[Finding]:
    """All that is wrong with the tree, in its order; the keys are those whose checkpoints count."""
    return Check(keys).run()


def holds(kept: Checkpoint, keys: Sequence[Ed25519PublicKey]) -> Finding | None:
    """What is wrong with the tree as seen from a checkpoint that somebody kept; nothing if it has only grown since.

    It is proven against the last checkpoint, which the check holds against the whole tree.
    """
    wrong = Finding("not_beginning", at=kept.at, checkpoint=kept.number)
    row = audit_tree.last()
    if row is None or row.size < kept.size:
        return Finding("shrunk", at=kept.at, leaf=row.size if row else 0, checkpoint=kept.number)
    try:
        signed = checkpoints.read(row.note, keys)
        path = merkle.consistency(audit_tree.node, kept.size, signed.size)
    except (NotSigned, LookupError, ValueError):
        return wrong
    fits = merkle.extends(signed.root, signed.size, kept.root, kept.size, path)
    return None if fits else wrong


def _about(row: Any, kind: str, **more: int) -> Finding:
    return Finding(kind, row.stream, row.seq, row.at, **{"leaf": getattr(row, "position", -1) + 1, **more})


def _leaves() -> Rows:
    """The leaves in their order, each with its event, or without."""
    joined = sa.select(AuditLeaf, AuditEvent).outerjoin(AuditEvent, AuditEvent.id == AuditLeaf.event_id)
    query = joined.order_by(AuditLeaf.position).execution_options(yield_per=1000, populate_existing=True)
    with closing(db.session.execute(query)) as rows:
        yield from rows


def _rows(model: Any, *order: str) -> Rows:
    query = sa.select(model).order_by(*(getattr(model, name) for name in order))
    with closing(db.session.scalars(query.execution_options(yield_per=1000, populate_existing=True))) as rows:
        yield from rows


def _outside(last: int) -> list[Finding]:
    """Events that the tree has passed over; they were slipped in later, or missed."""
    query = (
        sa.select(AuditEvent)
        .outerjoin(AuditLeaf, AuditLeaf.event_id == AuditEvent.id)
        .where(AuditEvent.id <= last, AuditLeaf.position.is_(None))
        .order_by(AuditEvent.id)
    )
    return [_about(event, "outside") for event in db.session.scalars(query.limit(100))]
