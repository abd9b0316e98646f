"""The controlled documents of the made-up company: its procedures as they stood when the books were opened."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portal.demo import changes
from portal.extensions import db
from portal.queries import documents
from portal.services import library
from portal.storage.shipped import shipped

YEAR = timedelta(days=365)


def load(effective_on: date, apart: timedelta, *, by: int, now: datetime) -> None:
    """Takes in the first edition of each, in force since this day; each is reviewed a while `apart` from the one before.

    Those that are revised in the demo's year are reviewed last.
    """
    library.load(shipped(), effective_on=effective_on, by=by, now=now)
    every = sorted(documents.all_documents(), key=lambda one: one.code in changes.TOLD)
    for place, document in enumerate(every):
        document.next_review_on = effective_on + YEAR + apart * place
    db.session.flush()
