"""Words of a text for an index: of Chinese every two neighbouring characters, of Latin letters and digits whole words.

A run is a stretch of Chinese characters, or of letters and digits. What is typed is found as it stands in the text,
from one character up; punctuation and spaces only keep runs apart, and letters and digits fit from the start of a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from portal.lib.text import fold

LONGEST = 60  # signs of a word that count
MOST = 8  # words typed that count
EDGE = "|"  # between two runs of a plain text

# Characters that are written without spaces: Chinese, kana, bopomofo, Korean.
_DENSE = (
    "\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U000323af"
)
_RUN = re.compile(rf"[{_DENSE}]+|[^\W_{_DENSE}]+")
_IS_DENSE = re.compile(rf"[{_DENSE}]")


class _Folded(dict[int, str]):
    """What each character is compared by, worked out once."""

    def __missing__(self, code: int) -> str:
        self[code] = fold(chr(code))
        return self[code]


_folded = _Folded()


@dataclass(frozen=True, slots=True)
class Phrase:
    """One word of what was typed: index words that follow each other, the last a beginning where `open`.

    `plain` is what stands in the plain text of everything that fits.
    """

    words: tuple[str, ...]
    open: bool
    plain: str


def composed(text: str) -> str:
    """The text with each accented letter as one character, to which places in it refer."""
    return unicodedata.normalize("NFC", text)


def folded(text: str) -> str:
    """The text as it is compared: half width, small letters."""
    return composed(text).translate(_folded)


def folded_signs(text: str) -> list[str]:
    """What each character of a composed text is compared by: none, one or several."""
    return [_folded[ord(sign)] for sign in text]


def runs(text: str) -> Iterator[tuple[int, str]]:
    """The runs of a folded text with the places where they begin."""
    for found in _RUN.finditer(text):
        run = found.group()
        yield found.start(), run if _dense(run) else run[:LONGEST]


def words(text: str) -> list[str]:
    """The index words of a text, one for each place."""
    found: list[str] = []
    for _at, run in runs(folded(text)):
        if _dense(run):
            found += [*_pairs(run), run[-1]]
        else:
            found.append(run)
    return found


def plain(text: str) -> str:
    """The runs of a text between edges: what a phrase is looked up in word for word."""
    found = EDGE.join(run for _at, run in runs(folded(text)))
    return f"{EDGE}{found}{EDGE}" if found else ""


def phrases(typed: str) -> list[Phrase]:
    """What was typed, word by word; signs that are neither letters nor digits say nothing."""
    parts = ([run for _at, run in runs(part)] for part in folded(typed).split())
    return [_phrase(part) for part in parts if part][:MOST]


def _phrase(part: list[str]) -> Phrase:
    found: list[str] = []
    for run in part[:-1]:
        found += [*_pairs(run), run[-1]] if _dense(run) else [run]
    last = part[-1]
    found += (_pairs(last) or [last]) if _dense(last) else [last]
    edge = "" if _dense(part[0]) else EDGE
    return Phrase(tuple(found), not _dense(last) or len(last) == 1, edge + EDGE.join(part))


def _pairs(run: str) -> list[str]:
    return list(map("".join, pairwise(run)))


def _dense(run: str) -> bool:
    return _IS_DENSE.match(run) is not None


def code_words(code: str) -> list[str]:
    """The further words that a number is found by: itself without marks, and any end of its last part.

    PU-04-2026-0042 is found by pu04 and 42, as it begins with one and ends with the other.
    """
    parts = [run for _at, run in runs(folded(code))]
    if not parts:
        return []
    last = parts[-1]
    return list(dict.fromkeys(["".join(parts)[:LONGEST], *(last[at:] for at in range(1, len(last) - 1))]))
