"""Forms as they were when a revision of a document was released."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import DocumentRevision, FormVersion


def definition(one: DocumentRevision, code: str) -> dict[str, Any] | None:
    """The definition of a form when the revision was released; None before, or where it binds the form no more."""
    version = one.bound.get("forms", {}).get(code)
    found = db.session.get(FormVersion, version) if version else None
    return found.definition if found is not None else None
