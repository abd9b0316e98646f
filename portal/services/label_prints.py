"""Labels are printed for items and places; nothing is kept of them."""

from __future__ import annotations

from collections.abc import Collection

from portal.lib.i18n import _
from portal.pdf.label_sheet import Label, LabelSheet
from portal.pdf.process import printer
from portal.queries import labels

COPIES = 50  # of each label
MOST = 1200  # labels of one file


def make(
    items: Collection[int], places: Collection[str], *, layout: str, mark: str, copies: int, language: str
) -> bytes | None:
    """The labels of these items and of these storage places as PDF; None if there are none."""
    wanted = sheet(items, places, layout=layout, mark=mark, copies=copies, language=language)
    return printer.render(wanted) if wanted.labels else None


def sheet(
    items: Collection[int], places: Collection[str], *, layout: str, mark: str, copies: int, language: str
) -> LabelSheet:
    """What is printed: each label as often as wanted, one after the other."""
    found = [
        Label(item.name, item.code, " · ".join(filter(None, (item.category, item.unit))))
        for item in labels.chosen(items)
    ]
    found += [
        Label(place.name or place.code, place.code, _("库位"))
        for place in labels.places()
        if place.code in places
    ]
    every = [label for label in found for _copy in range(max(copies, 1))][:MOST]
    return LabelSheet(_("标签"), language, layout, mark, every)
