"""Codes for machines: what is drawn is the code, sign by sign."""

from __future__ import annotations

import re

import pytest
import segno
from barcode.charsets import code128 as tables

from portal.pdf.codes import QUIET, code128, qr

TEXTS = ("9787112263103", "I0001", "A-01", "WH-14-2026-0001")


def cells(svg: str) -> set[tuple[int, int]]:
    """The black squares of a drawing, as column and row."""
    found = re.findall(r"M(\d+) (\d+)h(\d+)v", svg)
    return {(int(x) + at, int(y)) for x, y, width in found for at in range(int(width))}


@pytest.mark.parametrize("text", [*TEXTS, "书店"])
def test_a_qr_code_is_the_one_of_the_text(text: str) -> None:
    code = segno.make_qr(text, error="m")
    black = {(x, y) for y, row in enumerate(code.matrix, 2) for x, one in enumerate(row, 2) if one}
    svg = qr(text)
    assert cells(svg) == black
    assert f"<title>{text}</title>" in svg
    assert qr("I0002") != qr("I0001")


def spelt(svg: str) -> str:
    """The text that a Code 128 says, read from its bars by the tables of the standard."""
    bars = [(int(x), int(width)) for x, width in re.findall(r"M(\d+) 0h(\d+)v", svg)]
    end = bars[-1][0] + bars[-1][1]
    black = {x + at for x, width in bars for at in range(width)}
    modules = "".join("1" if x in black else "0" for x in range(QUIET, end))
    values = [tables.CODES.index(modules[at : at + 11]) for at in range(0, len(modules) - 13, 11)]
    start, *signs, check = values
    assert check == (start + sum(at * one for at, one in enumerate(signs, 1))) % 103
    charset, text = {103: "A", 104: "B", 105: "C"}[start], ""
    for one in signs:
        if one in (99, 100, 101) and not (charset == "C" and one == 99):
            charset = {99: "C", 100: "B", 101: "A"}[one]
        elif charset == "C":
            text += f"{one:02d}"
        else:
            text += chr(one + 32)
    return text


@pytest.mark.parametrize("text", TEXTS)
def test_a_bar_code_says_the_text(text: str) -> None:
    assert spelt(code128(text)) == text


def test_a_bar_code_cannot_say_chinese() -> None:
    assert code128("书店") == ""
