"""Codes that machines read, drawn as SVG for prints."""

from __future__ import annotations

from html import escape

import segno

BORDER = 2  # white modules around a QR code; the paper gives more
QUIET = 10  # modules that stay white on each side of a bar code


def qr(text: str, *, named: str = "") -> str:
    """A QR code of the text, named by it or otherwise; it bears being smudged (level M)."""
    code = segno.make_qr(text, error="m")
    size = len(code.matrix) + 2 * BORDER
    return _named(named or text, size, size, _squares(code))


def code128(text: str) -> str:
    """A Code 128 of the text; nothing for a text with other letters than it has."""
    if not (text.isascii() and text.isprintable()):
        return ""
    from barcode import Code128  # brings Pillow, for pictures that are not wanted here

    (modules,) = Code128(text).build()
    bars, at = [], QUIET
    for black, width in _runs(modules):
        if black:
            bars.append(f"M{at} 0h{width}v40h-{width}z")
        at += width
    return _named(text, at + QUIET, 40, "".join(bars), stretched=True)


def _squares(code: segno.QRCode) -> str:
    rows = ((y, _runs("".join("01"[bool(one)] for one in row))) for y, row in enumerate(code.matrix, BORDER))
    found = []
    for y, runs in rows:
        x = BORDER
        for black, width in runs:
            if black:
                found.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return "".join(found)


def _runs(modules: str) -> list[tuple[bool, int]]:
    """Neighbours of one colour together: whether they are black, and how many."""
    runs: list[tuple[bool, int]] = []
    for one in modules:
        black = one == "1"
        if runs and runs[-1][0] == black:
            runs[-1] = (black, runs[-1][1] + 1)
        else:
            runs.append((black, 1))
    return runs


def _named(text: str, width: int, height: int, path: str, *, stretched: bool = False) -> str:
    ratio = ' preserveAspectRatio="none"' if stretched else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="code" role="img" viewBox="0 0 {width} {height}"{ratio}>'
        f'<title>{escape(text)}</title><path fill="#000" d="{path}"/></svg>'
    )
