"""What differs in the wording of two texts, cut so that people can read it in Chinese.

Characters are compared, but Latin words and numbers such as PU-04, 24 or 2026-05-01 are never cut.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import count, pairwise
from typing import Literal

from diff_match_patch import diff_match_patch

from portal.lib.alignment import KIN, align

Piece = tuple[Literal["=", "-", "+"], str]
Pieces = tuple[Piece, ...]

_LETTER = "[0-9A-Za-zÀ-ÖØ-öø-ɏ０-９Ａ-Ｚａ-ｚ]"
_TOKEN = re.compile(
    rf"{_LETTER}+(?:[-_./:,#'’．]{_LETTER}+)*"  # PU-04, 3.5, 1,000, 10:30, don't
    r"|[〇零一二三四五六七八九十百千万亿两]{2,}"
    r"|\*\*|~~|!?\[(?=[^\[\]]*\]\()|\]\([^()\s]*\)"  # marks of Markdown
    r"|.",
    re.S,
)
_PICTURE = re.compile(r"!\[\]\(([^()\s]+)\)")  # without a description, it is its name
_MARK = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\*\*|~~|!?\[(?=[^\[\]]*\]\([^()\s]*\))|(?<=[^\[\]])\]\([^()\s]*\)")
_SENTENCE = re.compile(r"[^。！？；;\n]*[。！？；;\n]|[^。！？；;\n]+")
_LONG = 400  # tokens; a longer text is compared sentence by sentence, one that is rewritten much sooner
_STAND_IN = 0x30000  # rare characters that stand for words while characters are compared
_SHORT = 8  # tokens; of which more than half must stay, or it is another word
_KIND: dict[int, Literal["=", "-", "+"]] = {0: "=", -1: "-", 1: "+"}


def compare_wording(old: str, new: str) -> Pieces:
    """What stays, goes and comes, in order; “=” and “-” together are the old text, “=” and “+” the new."""
    return merged(_compare(old, new))


def before(pieces: Iterable[Piece]) -> str:
    """The old text."""
    return "".join(text for kind, text in pieces if kind != "+")


def after(pieces: Iterable[Piece]) -> str:
    """The new text."""
    return "".join(text for kind, text in pieces if kind != "-")


def readable(pieces: Pieces) -> Pieces:
    """The pieces without the marks of Markdown and the targets of links, unless only these have changed."""
    old, new = _marks(before(pieces)), _marks(after(pieces))
    shown: list[Piece] = []
    at, to = 0, 0
    for kind, text in pieces:
        kept = "".join(
            one
            for place, one in enumerate(text)
            if not ((kind == "+" or at + place in old) and (kind == "-" or to + place in new))
        )
        shown.append((kind, kept))
        at += len(text) if kind != "+" else 0
        to += len(text) if kind != "-" else 0
    unseen = all(kind == "=" or not text for kind, text in shown)
    changed = any(kind != "=" for kind, _text in pieces)
    return pieces if changed and unseen else merged(shown)


def _marks(text: str) -> set[int]:
    """Where marks of Markdown stand."""
    found = {at for mark in _MARK.finditer(text) for at in range(*mark.span())}
    for picture in _PICTURE.finditer(text):
        found |= set(range(*picture.span())) - set(range(*picture.span(1)))
    return found


def merged(pieces: Iterable[Piece]) -> Pieces:
    """Neighbours of a kind made one; between what stays, what goes stands before what comes."""
    found: list[Piece] = []
    gone = come = stays = ""
    for kind, text in pieces:
        if kind == "-":
            gone += text
        elif kind == "+":
            come += text
        elif text:
            if gone or come:
                found += [("=", stays), ("-", gone), ("+", come)]
                gone = come = stays = ""
            stays += text
    found += [("=", stays), ("-", gone), ("+", come)]
    return tuple(piece for piece in found if piece[1])


def likeness(old: str, new: str) -> float:
    """How much two texts have in common, from 0 to 1: single words and characters, and pairs of them."""
    one, other = _counted(old), _counted(new)
    whole = one.total() + other.total()
    if min(one.total(), other.total()) * 2 < KIN * whole:
        return 0.0
    return 2 * (one & other).total() / whole if whole else 1.0


@lru_cache(maxsize=500)
def _counted(text: str) -> Counter[str]:
    tokens = _TOKEN.findall(text)
    return Counter([*tokens, *map("\0".join, pairwise(tokens))])


def _compare(old: str, new: str) -> Iterator[Piece]:
    one, other = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(one), len(other)) <= (_LONG if likeness(old, new) > 0.5 else _LONG // 4):
        yield from _by_token(one, other)
        return
    sentences = _SENTENCE.findall(old), _SENTENCE.findall(new)
    for gone, come in align(*sentences, likeness):
        was = "" if gone is None else sentences[0][gone]
        is_ = "" if come is None else sentences[1][come]
        yield from _by_token(_TOKEN.findall(was), _TOKEN.findall(is_))


def _by_token(old: list[str], new: list[str]) -> Iterator[Piece]:
    """Compared character by character, each longer token as one rare character."""
    if old == new or not old or not new or max(len(old), len(new)) > 4 * _LONG:
        yield from _whole("".join(old), "".join(new))
        return
    used = {one for one in (*old, *new) if len(one) == 1}
    rare = (chr(code) for code in count(_STAND_IN) if chr(code) not in used)
    stands = {word: next(rare) for word in dict.fromkeys((*old, *new)) if len(word) > 1}
    words = {one: word for word, one in stands.items()}
    machine = diff_match_patch()
    machine.Diff_Timeout = 0  # the same answer always, however busy the machine
    found = machine.diff_main(
        *("".join(stands.get(word, word) for word in side) for side in (old, new)), False
    )
    machine.diff_cleanupSemantic(found)
    pieces = [(_KIND[kind], "".join(words.get(one, one) for one in text)) for kind, text in found]
    kept, most = sum(len(text) for kind, text in found if kind == 0), max(len(old), len(new))
    replaced = {kind for kind, _text in found} == {-1, 0, 1} or not kept
    if replaced and kept <= most * (0.5 if most <= _SHORT else KIN / 2):
        pieces = list(_whole("".join(old), "".join(new)))
    yield from pieces


def _whole(old: str, new: str) -> Iterator[Piece]:
    if old == new:
        yield "=", old
    else:
        yield "-", old
        yield "+", new
