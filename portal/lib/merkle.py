"""A tree that proves what it holds: the Merkle tree of RFC 6962, its proofs, and their checks after RFC 9162.

Whoever keeps a tree keeps the hashes of its full subtrees, each by its level and its place there: the subtree of
level 3 and index 2 stands over the leaves 16 to 23. A proof reads as many of them as the tree is high.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]  # level and index of a full subtree; level 0 are the leaves' hashes
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees side by side; it can never be that of a leaf."""
    return sha256(b"\x01" + left + right).digest()


class Peaks:
    """The full subtrees of a growing tree, the largest first: all that is needed to add to it."""

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        self.size = size
        self._hashes = list(hashes)

    def add(self, leaf: bytes) -> list[tuple[int, bytes]]:
        """Adds the hash of a leaf; returns the subtrees that end with it, level and hash, the leaf not among them."""
        self._hashes.append(leaf)
        ended = []
        level = 0
        while self.size >> level & 1:
            right, left = self._hashes.pop(), self._hashes.pop()
            self._hashes.append(node_hash(left, right))
            level += 1
            ended.append((level, self._hashes[-1]))
        self.size += 1
        return ended

    def root(self) -> bytes:
        """Return the hash of the whole tree."""
        return _joined(self._hashes)


def subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Level and index of the full subtrees over the leaves from start to before end, a part as RFC 6962 cuts it."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def root(node: Node, size: int) -> bytes:
    """Return the hash of the tree of the first leaves."""
    return _part(node, 0, size) if size else EMPTY


def inclusion(node: Node, index: int, size: int) -> list[bytes]:
    """Return the proof that a leaf stands in the tree of this size.

    Raises:
        ValueError: the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError("the tree has no such leaf")
    start, end, path = 0, size, []
    while end - start > 1:
        middle = start + _cut(end - start)
        if index < middle:
            path.append(_part(node, middle, end))
            end = middle
        else:
            path.append(_part(node, start, middle))
            start = middle
    return path[::-1]


def consistency(node: Node, old: int, size: int) -> list[bytes]:
    """Return the proof that the tree of the old size is the beginning of the tree of this size.

    Raises:
        ValueError: the old tree is larger.
    """
    if not 0 <= old <= size:
        raise ValueError("the old tree is larger")
    if old == 0:
        return []
    start, end, path = 0, size, []
    while old < end:
        middle = start + _cut(end - start)
        if old <= middle:
            path.append(_part(node, middle, end))
            end = middle
        else:
            path.append(_part(node, start, middle))
            start = middle
    if start:  # the old tree is not a subtree by itself, so its last part must be told
        path.append(_part(node, start, end))
    return path[::-1]


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Return whether the proof shows that the hash of a leaf stands there in the tree of this root."""
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf
    for one in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(one, found)
            at, last = _up(at, last)
        else:
            found = node_hash(found, one)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def extends(root: bytes, size: int, old_root: bytes, old: int, path: Sequence[bytes]) -> bool:
    """Return whether the proof shows that the old tree is the beginning of the tree of this root."""
    if old in (0, size):
        return not path and old_root == (root if old else EMPTY)
    if not 0 < old < size:
        return False
    path = [old_root, *path] if old & (old - 1) == 0 else path
    if not path:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    before = now = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            before, now = node_hash(one, before), node_hash(one, now)
            at, last = _up(at, last)
        else:
            now = node_hash(now, one)
        at, last = at >> 1, last >> 1
    return last == 0 and (before, now) == (old_root, root)


def _up(at: int, last: int) -> tuple[int, int]:
    """Up to where a subtree at the right edge has a neighbour on its left."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _cut(size: int) -> int:
    """The largest power of two smaller than the size."""
    return int(1 << ((size - 1).bit_length() - 1))


def _part(node: Node, start: int, end: int) -> bytes:
    return _joined([node(level, index) for level, index in subtrees(start, end)])


def _joined(hashes: Sequence[bytes]) -> bytes:
    """One hash of full subtrees side by side, the largest first."""
    if not hashes:
        return EMPTY
    joined = hashes[-1]
    for left in reversed(hashes[:-1]):
        joined = node_hash(left, joined)
    return joined
