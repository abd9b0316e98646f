"""What the portal calls things in the Word files that it writes, so that it knows them again when they come back."""

from __future__ import annotations

import re

FACTS_STYLE = "Portal Facts"
CODE_STYLE = "Portal Code"
WORDS_STYLE = "Portal Code Words"
PART_STYLE = "Portal Part"
ROW_STYLE = "Portal Part Row"
QUOTE_STYLE = "Quote"
ITEM_STYLE = "Portal Item"  # of what stands in a list item behind its first paragraph, with the depth behind
DEEPEST = 3  # lists in lists that such styles are made for

_LONGEST = 40  # characters of a bookmark, as Word has it
_OURS = re.compile(r"c(r?)(a?)_([a-z][a-z0-9_]*)")


def bookmark(id: str, *, record: bool = False, added: bool = False) -> str:
    """The bookmark of a clause; a bookmark may not hold a hyphen, an id no underscore."""
    name = f"c{'r' if record else ''}{'a' if added else ''}_{id.replace('-', '_')}"
    return name if len(name) <= _LONGEST else ""


def id_of(name: str) -> str:
    """What stands in braces behind a heading with this bookmark; nothing for bookmarks of others."""
    found = _OURS.fullmatch(name)
    if found is None:
        return ""
    id = found[3].replace("_", "-")
    return f"#{id}{' .record' if found[1] else ''}{' .added' if found[2] else ''}"
