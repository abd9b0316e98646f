"""Samples that anybody can draw again: the same seed gives the same ones, whatever order they come in."""

from collections.abc import Iterable
from heapq import nsmallest

from portal.lib.hashing import sha256


def rank(seed: str, number: str) -> str:
    """Return what a number is ranked by: the SHA-256 of the seed, a newline and the number, in UTF-8."""
    return sha256(f"{seed}\n{number}".encode())


def draw(numbers: Iterable[str], seed: str, size: int) -> tuple[int, list[str]]:
    """Return how many numbers there were, and those of the lowest rank, lowest first.

    A larger sample of the same seed begins with the smaller one.
    """
    many = 0

    def ranked() -> Iterable[tuple[str, str]]:
        nonlocal many
        for number in numbers:
            many += 1
            yield rank(seed, number), number

    lowest = nsmallest(size, ranked())
    return many, [number for _rank, number in lowest]
