"""Names of files within an archive that any system can unpack: no folders of their own making, none twice."""

from __future__ import annotations

import re

from portal.lib.text import fold, plain_name

LONGEST = 200  # bytes; most systems take 255
_DEVICES = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\.|$)", re.I)  # of Windows


class MemberNames:
    """The names in one folder of an archive; each that is asked for is another."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def add(self, name: str) -> str:
        """Return the name made safe, numbered where the folder has it, however written, already."""
        safe = plain_name(name)
        if _DEVICES.match(safe):
            safe = f"_{safe}"
        stem, dot, ending = safe.rpartition(".")
        if not dot or len(ending) > 10:
            stem, ending = safe, ""
        stem = stem.encode()[:LONGEST].decode(errors="ignore").rstrip("-.")
        found, count = f"{stem}{'.' if ending else ''}{ending}", 1
        while fold(found) in self._taken:
            count += 1
            found = f"{stem}-{count}{'.' if ending else ''}{ending}"
        self._taken.add(fold(found))
        return found
