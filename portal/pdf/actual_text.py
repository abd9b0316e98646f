"""What a line of a print says, where its glyphs do not: a code of a font stands for one text, a glyph for several.

Signs that share a glyph, letters with marks, and writing from right to left would be read otherwise than they were
typed, by whoever copies, searches, listens to or verifies the file. Such lines, and no others, carry their text; some readers leave out of it what lies beyond U+FFFF.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pydyf
from weasyprint.pdf.stream import Stream

_SHOWN = re.compile(rb"/(\S+) [-\d.]+ Tf|<([0-9a-f]+)>")


def use() -> None:
    """Have WeasyPrint write them."""
    Stream.marked = _marked


_plainly = Stream.marked


@contextmanager
def _marked(self: Any, box: Any, tag: str) -> Iterator[None]:
    start = len(self.stream)
    with _plainly(self, box, tag):
        yield
        if tag == "Span" and self._tags is not None and _bare(box.text) != _bare(_read(self, start)):
            self.stream[start + 1]["ActualText"] = pydyf.String(box.text)


def _read(stream: Any, start: int) -> str:
    """What readers make of the glyphs drawn since then."""
    maps: list[Mapping[int, str]] = []
    found = []
    for part in stream.stream[start + 3 :]:
        for name, codes in _SHOWN.findall(part if isinstance(part, bytes) else str(part).encode()):
            if name:
                maps = [one.to_unicode for one in stream._fonts.values() if one.hash == name.decode()]
            glyphs = (int(codes[at : at + 4], 16) for at in range(0, len(codes), 4))
            found += [next((one[glyph] for one in maps if glyph in one), "") for glyph in glyphs]
    return "".join(found)


def _bare(text: str) -> str:
    """The text composed, without what is not seen."""
    seen = (one for one in text if not one.isspace() and unicodedata.category(one) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFC", "".join(seen))
