"""Names of files that any system can keep in one folder, whatever they were called where they came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from portal.lib.text import clean

_NO_NAME = re.compile(r'[\\/:*?"<>|]')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])", re.I)
LONGEST = 150  # bytes; folders take 255, and a number may have to be added


def distinct(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names made safe, each other than the rest and than those taken, also where capitals count as small letters."""
    used = {_alike(one) for one in taken}
    found = []
    for name in names:
        stem, dot, ending = safe(name).rpartition(".")
        if not stem:
            stem, dot, ending = ending, "", ""
        made, count = f"{stem}{dot}{ending}", 1
        while _alike(made) in used:
            count += 1
            made = f"{stem} ({count}){dot}{ending}"
        used.add(_alike(made))
        found.append(made)
    return found


def safe(name: str) -> str:
    """The last part of a name as every system takes it: seen, no separators, no device, not too long, with its ending."""
    last = _NO_NAME.sub("_", clean(name.replace("\\", "/").rsplit("/", 1)[-1])).strip(". ")
    stem, dot, ending = last.rpartition(".")
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = last, "", ""
    short = stem.encode()[: LONGEST - len(dot + ending)].decode(errors="ignore").strip(". ")
    if _DEVICE.fullmatch(short.split(".")[0].strip()):
        short = f"_{short}"
    return f"{short}{dot}{ending}" if short else "file"


def _alike(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()
