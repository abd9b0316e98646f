"""Writes docs/access.md: who sees and does what, from the table that the tests walk and from the forms."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.domain.access import AREAS, VISITORS, WORDS, by_area  # noqa: E402
from portal.forms import access as forms  # noqa: E402
from portal.lib.i18n import speaking  # noqa: E402

PAGE = ROOT / "docs" / "access.md"
HEAD = """# Who sees and does what

Made by `tools/access.py` from `portal/assurance/access.csv`, which `tests/architecture/test_access.py` holds against every
address of the site, and from the forms; not to be edited. The portal shows the same at `/access`.

"Only one's own" is what a person filled in, signs, was copied to, or what is theirs. "By role" is what needs a role, a turn or a
part in it. What somebody may not see answers as if it did not exist.
"""


def page() -> str:
    """The page, in English."""
    with speaking("en"):
        return "\n".join([HEAD, *_areas(), *_forms()])


def _areas() -> Iterator[str]:
    for area, rows in by_area().items():
        yield f"## {AREAS[area]}\n"
        yield _row("What", *VISITORS.values())
        yield _row(*["---"] * (len(VISITORS) + 1))
        for one in rows:
            yield _row(one.title, *(WORDS[one.row.standing(visitor)] for visitor in VISITORS))
        yield ""


def _forms() -> Iterator[str]:
    for department, found in forms.of_departments():
        yield f"## Forms: {department.title}\n"
        yield _row("Form", "Who starts it", "Who signs", "Who reads besides")
        yield _row(*["---"] * 4)
        for one in found:
            turns = "; ".join(f"{turn.title}: {turn.who}" for turn in one.turns)
            yield _row(f"{one.code} {one.title}", one.starts, turns, one.readers)
        yield ""


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell).replace('|', '/') for cell in cells)} |"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
