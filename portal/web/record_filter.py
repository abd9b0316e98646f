"""What records an auditor means, as typed into the sheets for samples and packages."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from portal.domain.roles import DEPARTMENT
from portal.forms.catalogue import FORMS
from portal.forms.words import STATES
from portal.lib.clock import typed_day
from portal.lib.text import clean
from portal.queries.samples import Population

USUAL, MOST = 25, 500  # size of a sample


def asked(given: MultiDict[str, str]) -> dict[str, Any]:
    """What is known of what was asked; a size that is none is the usual one."""
    text = {
        name: clean(given.get(name, ""))[:40] for name in ("department", "state", "since", "until", "seed")
    }
    size = given.get("size", type=int)
    return {
        "form": sorted({code for code in given.getlist("form") if code in FORMS}),
        "department": text["department"] if text["department"] in DEPARTMENT else "",
        "state": text["state"] if text["state"] in STATES else "",
        **{name: text[name] if typed_day(text[name]) else "" for name in ("since", "until")},
        "size": min(max(size, 1), MOST) if size is not None else USUAL,
        "seed": text["seed"],
    }


def population(asked: dict[str, Any]) -> Population:
    """The records from among which is taken what was asked."""
    return Population(
        tuple(asked["form"]),
        asked["department"],
        asked["state"],
        typed_day(asked["since"]),
        typed_day(asked["until"]),
    )
