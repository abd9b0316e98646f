"""Headings of Word files by people: numbers typed before them, and headings that are plain paragraphs with a number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

Style = Literal["chapter", "section", "article", "chinese", "bracketed", "decimal"]

STYLES: tuple[Style, ...] = ("chapter", "section", "article", "chinese", "bracketed", "decimal")
LONGEST = 40  # characters of a line that can be a heading
_DIGITS = "〇零一二三四五六七八九"
_NUMERAL = r"[〇零一二三四五六七八九十百两]+|[0-9]{1,3}"
_SPACE = r"[\s\u3000]"
_PATTERNS: dict[Style, re.Pattern[str]] = {
    "chapter": re.compile(rf"第({_NUMERAL})[章篇]{_SPACE}*[:：]?{_SPACE}*"),
    "section": re.compile(rf"第({_NUMERAL})节{_SPACE}*[:：]?{_SPACE}*"),
    "article": re.compile(rf"第({_NUMERAL})条{_SPACE}*[:：]?{_SPACE}*"),
    "chinese": re.compile(rf"([〇零一二三四五六七八九十百]+){_SPACE}*[、．.]{_SPACE}*"),
    "bracketed": re.compile(rf"[（(]([〇零一二三四五六七八九十百]+)[)）]{_SPACE}*[、.]?{_SPACE}*"),
    "decimal": re.compile(
        rf"([0-9]{{1,2}}(?:[.．][0-9]{{1,2}}){{1,4}})(?:[.．、]|(?![0-9%％]))(?:{_SPACE}+|(?=[^\s0-9A-Za-z]))"
        rf"|([0-9]{{1,2}})(?:[.．、]{_SPACE}*(?![0-9])|{_SPACE}+)"
    ),
}
_SENTENCE = re.compile(r"[。；;！!？?，,：:、]$|。")


@dataclass(slots=True)
class Numbered:
    """A line that begins with a number: in which style, the number, its mark and the words behind it."""

    style: Style
    number: tuple[int, ...]
    mark: str
    words: str
    tag: Tag

    @property
    def short(self) -> bool:
        """Whether it can be a heading: a few words, not a sentence."""
        return 0 < len(self.words) <= LONGEST and not _SENTENCE.search(self.words)


@dataclass(slots=True)
class _Count:
    """Follows the numbers of a text: the next of its style can be a heading, one that begins anew is an item."""

    last: dict[Style, tuple[int, ...]] = field(default_factory=dict)
    mark: str = ""  # behind the numbers of the chapters: “1 ”, “1.” and “1、” are not mixed
    listed: tuple[str, int] = ("", 0)
    before: Tag | None = None

    def follows(self, one: Numbered) -> bool:
        """Whether the number is the next of its style, and no item of a list."""
        style = one.style + one.mark
        in_list = self.listed == (style, one.number[0] - 1) and _previous(one.tag) is self.before
        self.before = one.tag
        if len(one.number) == 1 and in_list:
            self.listed = style, one.number[0]
            return False
        self.listed = "", 0
        if self._next(one):
            rank = STYLES.index(one.style)
            self.last = {
                style: number
                for style, number in self.last.items()
                if STYLES.index(style) < rank
                or style == "article"  # articles are counted through all chapters
            } | {one.style: one.number}
            return True
        if one.number == (1,):
            self.listed = style, 1
        return False

    def _next(self, one: Numbered) -> bool:
        last = self.last.get(one.style, ())
        if one.style == "decimal" and len(one.number) == 1:
            self.mark = self.mark or one.mark
            if one.mark != self.mark:
                return False
        *above, own = one.number
        return (
            last[: len(above)] == tuple(above)
            and own == (last[len(above)] if len(last) > len(above) else 0) + 1
        )


def bare(heading: str) -> str:
    """A heading without the number that was typed before it."""
    found = next(filter(None, (_PATTERNS[style].match(heading) for style in STYLES)), None)
    return heading[found.end() :] if found and heading[found.end() :].strip() else heading


def settle(soup: BeautifulSoup) -> int:
    """Makes headings and lists of numbered paragraphs; how many others keep their typed number.

    Where there is no heading among them, none is touched.
    """
    lines = list(_numbered([tag for tag in soup.children if isinstance(tag, Tag)]))
    count = _Count()
    found = [one for one in lines if count.follows(one) and one.short]
    if any(one.style != "decimal" for one in found) and all(len(one.number) == 1 for one in _decimal(found)):
        found = [one for one in found if one.style != "decimal"]  # 1. 2. 3. below 一、 are items
    present = [style for style in STYLES if any(one.style == style for one in found)]
    headings: set[int] = set()
    for run in _runs(found):
        level = present.index(run[0].style) + len(run[0].number)
        if len(run) > 1 and level > 1:
            _list(soup, run)  # a heading has something below it
            continue
        for one in run:
            one.tag.name = f"h{min(level, 4)}"
            headings.add(id(one.tag))
    if not headings:
        return 0
    for run in _runs([one for one in lines if one.tag.name == "p" and len(one.number) == 1]):
        if len(run) > 1 and run[0].style == "decimal" and run[0].number == (1,):
            _list(soup, run)
    return sum(one.tag.name == "p" for one in lines)


def _decimal(found: Sequence[Numbered]) -> Iterator[Numbered]:
    return (one for one in found if one.style == "decimal")


def _runs(found: Sequence[Numbered]) -> list[list[Numbered]]:
    """Lines that stand next to each other and count on."""
    runs: list[list[Numbered]] = []
    for one in found:
        former = runs[-1][-1] if runs else None
        if (
            former is not None
            and _previous(one.tag) is former.tag
            and (one.style, one.mark, one.number[:-1]) == (former.style, former.mark, former.number[:-1])
            and one.number[-1] == former.number[-1] + 1
        ):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _list(soup: BeautifulSoup, run: Sequence[Numbered]) -> None:
    """Makes one numbered list of paragraphs."""
    made = soup.new_tag("ol")
    run[0].tag.insert_before(made)
    for one in run:
        strip_numbers(one.tag)
        one.tag.name = "li"
        made.append(one.tag.extract())


def _numbered(tags: Sequence[Tag]) -> Iterator[Numbered]:
    for tag in tags:
        text = tag.get_text().strip(" \t\r\n\u3000") if tag.name == "p" else ""
        for style in STYLES:
            if (found := _PATTERNS[style].match(text)) and text[found.end() :].strip():
                said = next(filter(None, found.groups()))
                number = tuple(map(_value, re.split(r"[.．]", said)))
                mark = found[0].replace(said, "").strip() or " "
                yield Numbered(style, number, mark, text[found.end() :].strip(), tag)
                break


def strip_numbers(heading: Tag) -> None:
    """Takes the typed number off a heading, whatever its letters are set in."""
    if heading.name != "li":
        for mark in heading.find_all(["strong", "em"]):
            mark.unwrap()
    heading.smooth()
    first = next(
        (one for one in heading.descendants if isinstance(one, NavigableString) and one.strip()), None
    )
    if first is not None:
        text = first.lstrip(" \t\r\n\u3000")
        first.replace_with(NavigableString(bare(text)))
    for said in heading.find_all(string=re.compile("[{}]")):
        said.replace_with(NavigableString(said.replace("{", "｛").replace("}", "｝")))  # in braces stand ids


def _previous(tag: Tag) -> Tag | None:
    return next((one for one in tag.previous_siblings if isinstance(one, Tag)), None)


def _value(said: str) -> int:
    """A number in digits or Chinese numerals below a thousand."""
    if said.isdecimal() and said.isascii():
        return int(said)
    total = figure = 0
    for one in said.replace("两", "二"):
        if one in "十百":
            total += (figure or 1) * (10 if one == "十" else 100)
            figure = 0
        else:
            figure = _DIGITS.index(one) - (1 if one != "〇" else 0)
    return total + figure
