"""The fonts of PDF files: a font configuration of our own, so that a print never depends on the machine.

Importing this module points fontconfig to that configuration, so it comes before WeasyPrint.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, TypeVar

from portal.config import ROOT

FOLDER = ROOT / ".cache" / "fonts"
FILES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "NotoSansCJKsc-Regular.otf", "DejaVuSansMono.ttf")
_JOINERS = {0x200C, 0x200D, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}  # drawn by their neighbours
_BREAKS = {0x09, 0x0A, 0x0D}
_Text = TypeVar("_Text", bound=str)


class FontsMissing(RuntimeError):
    """PDF files cannot be made on this machine; the text says what to do."""


def configuration(folder: Path, caches: Path) -> str:
    """A fontconfig file that knows our fonts and no others."""
    prefer = "".join(
        f"<family>{name}</family>" for name in ("Noto Sans SC", "Noto Sans CJK SC", "DejaVu Sans Mono")
    )
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n<fontconfig>\n'
        f"<dir>{escape(str(folder))}</dir>\n<cachedir>{escape(str(caches))}</cachedir>\n"
        f"<alias><family>sans-serif</family><prefer>{prefer}</prefer></alias>\n</fontconfig>\n"
    )


def use(folder: Path = FOLDER) -> Path:
    """Write the configuration and point fontconfig to it; it must happen before WeasyPrint is imported."""
    target = folder.parent / "fontconfig"
    try:
        target.mkdir(parents=True, exist_ok=True)
        file = _write(target / "fonts.conf", configuration(folder, target))
    except OSError:  # the program's folder is read-only
        target = Path(tempfile.mkdtemp(prefix="portal-fonts-"))
        file = _write(target / "fonts.conf", configuration(folder, target))
    os.environ["FONTCONFIG_FILE"] = str(file)
    return file


def require(subsetter: Any, folder: Path = FOLDER) -> None:
    """Make sure that PDF files can be made, and made fast.

    Raises:
        FontsMissing: a font file or HarfBuzz's subsetter is missing.
    """
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise FontsMissing(f"The fonts for PDF files are missing ({', '.join(missing)}). Run: make setup")
    if subsetter is None:
        raise FontsMissing(
            "The library libharfbuzz-subset is missing. Install the package libharfbuzz-subset0."
        )


def printable(text: _Text, folder: Path = FOLDER) -> _Text:
    """The text with each character that no font of ours has as its code point, so that none vanishes."""
    if text.isascii() and text.isprintable():
        return text
    unknown = {one for one in text if ord(one) not in _known(folder) and not _blank(one)}
    if not unknown and not any(_blank(one) for one in text):
        return text
    for one in unknown:
        text = type(text)(str(text).replace(one, f"[U+{ord(one):04X}]"))
    return type(text)("".join(one for one in str(text) if not _blank(one)))


def _blank(character: str) -> bool:
    code = ord(character)
    return (code < 0x20 and code not in _BREAKS) or 0x7F <= code < 0xA0


@cache
def _known(folder: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont  # looked at once, by the first print

    codes = set(_JOINERS | _BREAKS)
    for name in FILES:
        with TTFont(folder / name, lazy=True) as font:
            codes.update(font.getBestCmap())
    return frozenset(codes)


def _write(file: Path, text: str) -> Path:
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(file)
    return file


use()
