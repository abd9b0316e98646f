"""Text as people type and paste it, made safe to store, to compare and to hand to a spreadsheet."""

import csv
import re
import unicodedata
from io import StringIO

_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−"), "-")
_UNSEEN = {"Cc", "Cf", "Cs"}  # control, format (zero width, bidi, tags), lone surrogate
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters by name, drawn as nothing
# Blanks, and variants of characters that are not there.
_NOTHING = re.compile("[\\s\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]*")
HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def clean(text: str, *, multiline: bool = False) -> str:
    """Return the text composed (NFC), without characters nobody can see and without outer white space.

    With `multiline`, line breaks (as a plain newline) and tabs stay; without it each becomes a space.
    """
    text = _LINE_END.sub("\n", text)
    if not multiline:
        text = text.replace("\n", " ").replace("\t", " ")
    text = unicodedata.normalize("NFC", "".join(filter(_is_seen, text))).strip()
    return "" if _NOTHING.fullmatch(text) else text


def plain_name(name: str) -> str:
    """Return the name of a file as a text can name it and a folder hold it: no spaces, brackets, colons, dots before it."""
    return re.sub(r"[\s()\[\]<>{}#?%/\\:*|\"'`]+", "-", clean(name))[-80:].strip("-.") or "file"


def first_line(text: str | None, most: int = 200) -> str:
    """Return the first line of a text as lists call it by, cut to `most` characters; nothing of nothing."""
    return next(iter((text or "").splitlines()), "")[:most]


def width(text: str) -> float:
    """Return how wide the text is in print, about, in Chinese characters."""
    return sum(1 if unicodedata.east_asian_width(one) in "WFA" else 0.56 for one in text)


def half_width(text: str) -> str:
    """Return the text with full-width letters, digits and marks (１２：３０) as plain ones."""
    return text.translate(HALF_WIDTH)


def place_code(text: str) -> str:
    """Return the code of a storage place as the books write it: half width, capital letters, plain hyphens."""
    return "".join(half_width(text).translate(_HYPHENS).upper().split())


def place_codes(text: str) -> list[str]:
    """Return the codes of several storage places, each once, however they are set apart."""
    parts = map(place_code, re.split(r"[\s、，,；;]+", text))
    return list(dict.fromkeys(filter(None, parts)))


def fold(text: str) -> str:
    """Return a form for comparing only: full width and half width, capital and small letters are equal."""
    folded = unicodedata.normalize("NFD", text).casefold()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold())


def neutralise_cell(text: str) -> str:
    """Return the text so that a spreadsheet shows it and never runs it as a formula.

    Only for text: a number should be written to the sheet as a number.
    """
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def parse_pasted_rows(text: str) -> list[list[str]]:
    """Return the cells of rows copied from a spreadsheet: cleaned, without blank rows, all rows equally long.

    A spreadsheet quotes only cells that hold a tab or a line break, and leaves a quotation mark elsewhere as
    it is. Where the marks do not pair up as quotes (5" pipe, "A" grade), they are taken as plain text.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        rows = list(csv.reader(StringIO(text), delimiter="\t", strict=True))
    except csv.Error:
        rows = [line.split("\t") for line in text.split("\n")]
    cleaned = [[clean(cell, multiline=True) for cell in row] for row in rows]
    filled = [row for row in cleaned if any(row)]
    width = max(map(len, filled), default=0)
    return [row + [""] * (width - len(row)) for row in filled]


def next_version(version: str) -> str:
    """The version after this one: its last number is one more; nothing for a version without a number."""
    found = re.fullmatch(r"(.*[^0-9])?([0-9]+)([^0-9]*)", version, re.S)
    return f"{found[1] or ''}{int(found[2]) + 1}{found[3]}" if found else ""


def next_edition(version: str) -> str:
    """The version after a thorough change: its first number is one more and those behind it begin anew.

    A letter before a stroke counts on instead (A/2 becomes B/0). Nothing for a version that has neither.
    """
    if found := re.fullmatch(r"([A-Y])(/)[0-9]+", version):
        return f"{chr(ord(found[1]) + 1)}/0"
    found = re.fullmatch(r"([^0-9]*)([0-9]+)(.*)", version, re.S)
    return f"{found[1]}{int(found[2]) + 1}{re.sub('[0-9]+', '0', found[3])}" if found else ""


def _is_seen(char: str) -> bool:
    unseen = unicodedata.category(char) in _UNSEEN or char in _FILLERS
    return char in "\n\t" or not (unseen or _is_noncharacter(ord(char)))


def _is_noncharacter(code: int) -> bool:
    """Whether Unicode keeps this code point for no character at all; XML, so an Excel file, refuses it."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
