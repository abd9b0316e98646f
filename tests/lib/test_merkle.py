"""The Merkle tree: as RFC 6962 says it in words, and no proof holds for anything but what it was made for."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib import merkle

LEAVES = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43", bytes(range(0x50, 0x58)),
          bytes(range(0x60, 0x70))]  # fmt: skip
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}  # the well-known ones of Certificate Transparency


def naive(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    cut = power(len(leaves))
    return hashlib.sha256(b"\x01" + naive(leaves[:cut]) + naive(leaves[cut:])).digest()


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962."""
    if len(leaves) == 1:
        return []
    cut = power(len(leaves))
    if index < cut:
        return [*naive_path(index, leaves[:cut]), naive(leaves[cut:])]
    return [*naive_path(index - cut, leaves[cut:]), naive(leaves[:cut])]


def naive_subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962."""
    if old == len(leaves):
        return [] if whole else [naive(leaves)]
    cut = power(len(leaves))
    if old <= cut:
        return [*naive_subproof(old, leaves[:cut], whole), naive(leaves[cut:])]
    return [*naive_subproof(old - cut, leaves[cut:], False), naive(leaves[:cut])]


def power(size: int) -> int:
    """The largest power of two smaller than the size."""
    cut = 1
    while cut * 2 < size:
        cut *= 2
    return cut


def kept(leaves: list[bytes]) -> tuple[merkle.Peaks, dict[tuple[int, int], bytes]]:
    """A tree that grew leaf by leaf, and the subtrees that were kept meanwhile."""
    peaks, nodes = merkle.Peaks(), {}
    for index, leaf in enumerate(leaves):
        nodes[0, index] = merkle.leaf_hash(leaf)
        for level, hash in peaks.add(nodes[0, index]):
            nodes[level, index >> level] = hash
    return peaks, nodes


def reader(leaves: list[bytes]) -> merkle.Node:
    nodes = kept(leaves)[1]
    return lambda level, index: nodes[level, index]


trees = st.lists(st.binary(max_size=3), min_size=1, max_size=70)


@st.composite
def leaf_in_tree(draw: st.DrawFn) -> tuple[list[bytes], int]:
    leaves = draw(trees)
    return leaves, draw(st.integers(0, len(leaves) - 1))


@st.composite
def tree_and_beginning(draw: st.DrawFn) -> tuple[list[bytes], int]:
    leaves = draw(trees)
    return leaves, draw(st.integers(1, len(leaves)))


@pytest.mark.parametrize("size", ROOTS)
def test_known_roots(size: int) -> None:
    assert kept(LEAVES[:size])[0].root().hex() == ROOTS[size]


def test_a_log_without_leaves() -> None:
    assert merkle.Peaks().root() == merkle.EMPTY == naive([])
    assert merkle.root(reader([]), 0) == naive([])
    assert merkle.consistency(reader(LEAVES), 0, 8) == []
    assert merkle.extends(naive(LEAVES), 8, merkle.EMPTY, 0, [])
    assert not merkle.extends(naive(LEAVES), 8, naive(LEAVES), 0, [])


@given(trees)
def test_roots_are_those_of_the_definition(leaves: list[bytes]) -> None:
    peaks, nodes = kept(leaves)
    assert peaks.root() == naive(leaves)
    for size in range(len(leaves) + 1):
        assert merkle.root(lambda level, index: nodes[level, index], size) == naive(leaves[:size])


@given(trees, st.binary(max_size=3))
def test_a_log_goes_on_from_its_peaks(leaves: list[bytes], more: bytes) -> None:
    node, size = reader(leaves), len(leaves)
    peaks = merkle.Peaks(size, [node(*place) for place in merkle.subtrees(0, size)])
    peaks.add(merkle.leaf_hash(more))
    assert (peaks.size, peaks.root()) == (size + 1, naive([*leaves, more]))


@given(leaf_in_tree())
def test_inclusion_is_that_of_the_definition_and_holds(given_: tuple[list[bytes], int]) -> None:
    leaves, index = given_
    path = merkle.inclusion(reader(leaves), index, len(leaves))
    assert path == naive_path(index, leaves)
    assert merkle.includes(naive(leaves), len(leaves), index, merkle.leaf_hash(leaves[index]), path)


@given(leaf_in_tree(), st.data())
def test_inclusion_holds_for_nothing_else(given_: tuple[list[bytes], int], data: st.DataObject) -> None:
    leaves, index = given_
    size, root, leaf = len(leaves), naive(leaves), merkle.leaf_hash(leaves[index])
    path = merkle.inclusion(reader(leaves), index, size)
    other = hashlib.sha256(b"other").digest()
    assert not merkle.includes(root, size, index, other, path)
    assert not merkle.includes(other, size, index, leaf, path)
    assert not merkle.includes(root, size, index, leaf, [*path, other])
    assert not merkle.includes(root, size, size, leaf, path)
    assert not merkle.includes(root, size, -1, leaf, path)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        assert not merkle.includes(root, size, index, leaf, [*path[:place], other, *path[place + 1 :]])
        assert not merkle.includes(root, size, index, leaf, path[:-1])


@given(tree_and_beginning())
def test_consistency_is_that_of_the_definition_and_holds(given_: tuple[list[bytes], int]) -> None:
    leaves, old = given_
    path = merkle.consistency(reader(leaves), old, len(leaves))
    assert path == naive_subproof(old, leaves, True)
    assert merkle.extends(naive(leaves), len(leaves), naive(leaves[:old]), old, path)


@given(tree_and_beginning(), st.data())
def test_consistency_holds_for_nothing_else(given_: tuple[list[bytes], int], data: st.DataObject) -> None:
    leaves, old = given_
    size, root, old_root = len(leaves), naive(leaves), naive(leaves[:old])
    path = merkle.consistency(reader(leaves), old, size)
    other = hashlib.sha256(b"other").digest()
    assert not merkle.extends(root, size, other, old, path)
    assert not merkle.extends(other, size, old_root, old, path)
    assert not merkle.extends(root, size, old_root, old, [*path, other])
    assert not merkle.extends(root, size, old_root, size + 1, path)
    assert not merkle.extends(root, size, old_root, -1, path)
    if path:
        place = data.draw(st.integers(0, len(path) - 1))
        assert not merkle.extends(root, size, old_root, old, [*path[:place], other, *path[place + 1 :]])
        assert not merkle.extends(root, size, old_root, old, path[1:])


@given(tree_and_beginning(), st.data())
def test_a_rewritten_log_is_no_longer_the_beginning(
    given_: tuple[list[bytes], int], data: st.DataObject
) -> None:
    leaves, old = given_
    place = data.draw(st.integers(0, old - 1))
    forged = [*leaves[:place], b"forged", *leaves[place + 1 :]]
    path = merkle.consistency(reader(forged), old, len(forged))
    assert not merkle.extends(naive(forged), len(forged), naive(leaves[:old]), old, path)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        merkle.inclusion(reader(LEAVES), index, size)


@pytest.mark.parametrize(("old", "size"), [(-1, 3), (4, 3)])
def test_no_proof_of_a_larger_beginning(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="larger"):
        merkle.consistency(reader(LEAVES), old, size)


def test_a_proof_needs_few_of_many_subtrees() -> None:
    nodes = kept([bytes([index % 256, index // 256]) for index in range(1000)])[1]
    asked: list[tuple[int, int]] = []

    def counted(level: int, index: int) -> bytes:
        asked.append((level, index))
        return nodes[level, index]

    for index in (0, 511, 512, 999):
        asked.clear()
        merkle.inclusion(counted, index, 1000)
        merkle.consistency(counted, index or 1, 1000)
        assert len(asked) <= 4 * 10
