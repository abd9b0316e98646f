"""The history of the documents, after a release or a withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from portal.queries import revisions
from portal.services import publications


def make(_facts: Mapping[str, Any], _now: datetime) -> Callable[[], None]:
    """Writes the commits while nothing is locked, and gives back what notes them."""
    made = publications.publish()

    def note() -> None:
        for id, sha in made.items():
            one = revisions.find(id)
            if one is not None:
                one.commit = sha

    return note
