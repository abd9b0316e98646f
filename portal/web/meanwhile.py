"""Nobody overwrites unseen what somebody else has saved since their page was drawn.

A page that shows what its sheet is about to change says up to where it has seen the chain of those changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import g, request

from portal.domain.refusal import ChangedMeanwhile
from portal.forms.sentences import changes, sentence, who
from portal.lib.i18n import _
from portal.models import AuditEvent
from portal.queries import rights, trail

SEEN = "_seen"


def seen(stream: str) -> int:
    """Up to where the page that is being drawn has seen a chain; a refused one no further than the page before it."""
    before = request.form.get(SEEN, type=int)
    return trail.length(stream) if before is None or g.get("told_of_changes") else before


def refuse(stream: str, *kinds: str, **about: Any) -> None:
    """Waits for its turn, and says no where one of these changes of the thing was made since the page was drawn.

    Raises:
        ChangedMeanwhile: the page showed what it was before; the one that says so shows what it is now.
    """
    rights.one_at_a_time()
    before = request.form.get(SEEN, type=int)
    if before is None:  # a page of the release before
        return
    if events := trail.after(stream, before, kinds, about):
        with telling():
            raise ChangedMeanwhile(said=_("；").join(map(_said, events)))


def shown(stands: str) -> str:
    """As `seen`, where a page shows one row: how it stands, or how it stood on the page before a refused one."""
    before = request.form.get(SEEN)
    return stands if before is None or g.get("told_of_changes") else before


@contextmanager
def telling() -> Iterator[None]:
    """Keeps in mind that the page to come says what was changed, so that it may be saved."""
    try:
        yield
    except ChangedMeanwhile:
        g.told_of_changes = True
        raise


def _said(event: AuditEvent) -> str:
    """Who has done what, with the values that are there since."""
    new = _("、").join(f"{one.label} {one.old or '–'} → {one.new or '–'}" for one in changes(event))
    said = f"{who(event)} {sentence(event, bare=True)}"
    return _("%(said)s（%(new)s）", said=said, new=new) if new else said
