"""What a reader of the trail asks for, as it stands in an address or a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from portal.forms.event_texts import EXCEPTIONS, GROUPS, TEXTS
from portal.forms.trail_views import VIEW, VIEWS
from portal.lib.clock import typed_day
from portal.lib.text import clean
from portal.queries import people, trail
from portal.queries.trail import Filter

NARROWING = ("view", "person", "kind", "number", "stream")
FIELDS = (*NARROWING, "since", "until")


def asked(given: Mapping[str, str]) -> dict[str, str]:
    """The known fields, empty where nothing was asked."""
    return {name: clean(given.get(name, ""))[:80] for name in FIELDS}


def narrowed(given: Mapping[str, str]) -> dict[str, str]:
    """What narrows besides the days, empty fields left out: what a review says that it has looked at."""
    known = {"view": given["view"] in VIEW, "kind": bool(_kinds(given["kind"]))}
    return {name: given[name] for name in NARROWING if given[name] and known.get(name, True)}


def wanted(given: Mapping[str, str]) -> Filter:
    """The filter for the queries; what nobody knows does not narrow."""
    view = VIEW.get(given["view"])
    return Filter(
        people=tuple(people.ids_named(given["person"])) if given["person"] else None,
        kinds=_kinds(given["kind"]),
        view=view.kinds if view else (),
        lent=view is not None and view.lent,
        number=given["number"],
        stream=given["stream"],
        since=typed_day(given["since"]),
        until=typed_day(given["until"]),
    )


def counts(given: Filter) -> dict[str, int]:
    """How many events of each view fit besides."""
    plain = replace(given, view=(), lent=False)
    return trail.counts(plain, {view.key: (view.kinds, view.lent) for view in VIEWS})


def _kinds(asked: str) -> tuple[str, ...]:
    """The kinds that a choice stands for: one, a group, or those that a review looks at."""
    if asked == "exceptions":
        return EXCEPTIONS
    for group in GROUPS:
        if group.key == asked:
            return tuple(group.texts)
    return (asked,) if asked in TEXTS else ()
