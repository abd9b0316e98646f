"""The names of a few things, searched in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.lib.pinyin import needle, spellings


class Index:
    """Names and what they stand for, found by any part of the words, their pinyin or first letters."""

    def __init__(self, named: Mapping[str, Iterable[str]]) -> None:
        self._keys = {key: [spellings(name) for name in names if name] for key, names in named.items()}

    def find(self, typed: str) -> list[str]:
        """Keys with a name that holds everything typed, those that begin with it first."""
        words = [word for word in (needle(part) for part in typed.split()) if word]
        whole = needle(typed)
        if not whole:
            return []
        ranked = []
        for at, (key, names) in enumerate(self._keys.items()):
            fits = [_rank(name, words, whole) for name in names]
            best = min((rank for rank in fits if rank is not None), default=None)
            if best is not None:
                ranked.append((best, at, key))
        return [key for _rank_, _at, key in sorted(ranked)]


def _rank(spelt: str, words: list[str], whole: str) -> int | None:
    if not (whole in spelt or all(word in spelt for word in words)):
        return None
    forms = spelt.split(" ")
    if whole in forms:
        return 0
    return 1 if any(form.startswith(whole) for form in forms) else 2
