"""The words of the drafts that change requests begin: written as the request asks, before they go round."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.models import DocumentRevision
from portal.queries import goods, revisions
from portal.queries.actors import Actor
from portal.services import revisions as texts

CORRECTED = "（更正："  # what a returned sheet says more than before, see `filling.correct`


def write(one: DocumentRevision, by: Actor, now: datetime) -> None:
    """Puts the new sentence where the request of the draft finds the old one; done already, it stays.

    Raises:
        Refusal: the person may not write on it now.
    """
    asked = goods.opening_answers(one.request_id) if one.request_id else {}
    old, new = (str(asked.get(name) or "").partition(CORRECTED)[0] for name in ("old_text", "new_text"))
    if not old or old not in one.text or new in one.text:
        return
    values = {"text": one.text.replace(old, new, 1), "change": f"{asked['clause']}：{asked['reason']}"}
    texts.save(one.id, values, seen=one.version, by=by, now=now)


def written(given: dict[str, Any], by: Actor, now: datetime) -> dict[str, Any]:
    """The answers of a release that are due to its text: none of the files that it would need without."""
    named = given.get("text")
    one = revisions.find(named.id) if named else None
    if one is None:
        return {}
    if one.effective_on is None and (one.release is None or one.release.state not in ("running", "stuck")):
        write(one, by, now)
    return {"document_file": [], "flow_chart": []}
