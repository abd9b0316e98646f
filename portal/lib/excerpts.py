"""The stretch of a text that shows why it was found, with what was typed marked in it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from portal.lib.bigrams import EDGE, Phrase, composed, folded_signs, runs

ROOM = 90  # characters of an excerpt
BEFORE = 24  # of them before the first hit
MOST = 50  # hits of one phrase that are looked at


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text; `hit` where it is what was looked for."""

    text: str
    hit: bool = False


def marked(text: str, phrases: Sequence[Phrase]) -> list[Part]:
    """The whole text in parts."""
    text = composed(text)
    return _parts(text, 0, len(text), _merged([span[:2] for span in _hits(text, phrases)]))


def excerpt(text: str, phrases: Sequence[Phrase], room: int = ROOM) -> list[Part]:
    """The stretch with the most phrases in it, the first of such; nothing where no phrase stands in the text."""
    text = composed(text)
    hits = sorted(_hits(text, phrases))
    if not hits:
        return []
    start = _densest(hits, room - BEFORE)
    begin = max(0, start - BEFORE)
    end = min(len(text), begin + room)
    begin = max(0, min(begin, end - room))
    parts = _parts(text, begin, end, _merged([span[:2] for span in hits]))
    before, after = "…" if begin else "", "…" if end < len(text) else ""
    return [one for one in (Part(before), *parts, Part(after)) if one.text]


def _hits(text: str, phrases: Sequence[Phrase]) -> list[tuple[int, int, int]]:
    """Begin, end and phrase of each hit."""
    signs = folded_signs(text)
    joined = "".join(signs)
    places = [at for at, sign in enumerate(signs) for _one in sign] if len(joined) != len(text) else None
    starts, plain, length = [], [], 1
    for at, run in runs(joined):
        starts.append((length, at))
        plain.append(run)
        length += len(run) + 1
    whole = f"{EDGE}{EDGE.join(plain)}{EDGE}"
    found: list[tuple[int, int, int]] = []
    for number, phrase in enumerate(phrases):
        lead = phrase.plain.startswith(EDGE)
        at = whole.find(phrase.plain)
        while at >= 0 and len(found) < MOST * (number + 1):
            first = _place(starts, at + lead)
            last = _place(starts, at + len(phrase.plain) - 1)
            if places is not None:
                first, last = places[first], places[last]
            found.append((first, last + 1, number))
            at = whole.find(phrase.plain, at + len(phrase.plain) - lead)
    return found


def _place(starts: list[tuple[int, int]], at: int) -> int:
    """The place in the folded text of a place in the plain one."""
    begin, place = starts[bisect_left(starts, (at + 1, -1)) - 1]
    return place + at - begin


def _densest(hits: list[tuple[int, int, int]], room: int) -> int:
    """Where the stretch begins that holds the most phrases."""
    best, most = hits[0][0], 0
    for start, _end, _number in hits:
        many = len({number for at, end, number in hits if start <= at and end <= start + room})
        if many > most:
            best, most = start, many
    return best


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _parts(text: str, begin: int, end: int, spans: list[tuple[int, int]]) -> list[Part]:
    parts, at = [], begin
    for first, last in spans:
        first, last = max(first, begin), min(last, end)
        if first < last:
            parts += [Part(_shown(text[at:first])), Part(_shown(text[first:last]), True)]
            at = last
    return [one for one in (*parts, Part(_shown(text[at:end]))) if one.text]


def _shown(text: str) -> str:
    """Lines one after the other."""
    return text.replace("\n", " · ")
