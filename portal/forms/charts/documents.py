"""The charts of document control: documents by state, reviews that are due, copies that should have come back."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from portal.forms.charts.chart import Asked, Bar, Chart
from portal.forms.quality.document_words import STATES
from portal.lib.clock import day
from portal.lib.i18n import _, _l
from portal.queries import document_copies, documents

SOON = timedelta(days=30)
REVIEWS = {"overdue": _l("已逾期"), "soon": _l("30天内到期"), "later": _l("30天以后")}
LIST, COPIES = "/registers/documents", "/registers/document_copies"


def _states(asked: Asked) -> list[Bar]:
    found = documents.states()
    return [Bar(key, str(word), (found[key],)) for key, word in STATES.items() if key in found]


def _reviews(asked: Asked) -> list[Bar]:
    found = documents.reviews(day(asked.now), SOON)
    return [Bar(key, str(word), (found[key],)) for key, word in REVIEWS.items() if key in found]


def _copies(asked: Asked) -> list[Bar]:
    found = Counter(one.holder for one in document_copies.to_recall())
    return [Bar(holder, _(holder), (many,)) for holder, many in found.most_common()]


DOCUMENT_CONTROL = (
    Chart(
        "documents_by_state",
        _l("受控文件的状态"),
        _states,
        (_l("文件"),),
        link=LIST,
        forms=("DC-01",),
        periodic=False,
    ),
    Chart(
        "document_reviews",
        _l("文件评审到期"),
        _reviews,
        (_l("文件"),),
        link=LIST,
        forms=("DC-01",),
        periodic=False,
    ),
    Chart(
        "copies_to_recall",
        _l("作废版本未收回的副本"),
        _copies,
        (_l("副本"),),
        link=COPIES,
        forms=("DC-03",),
        periodic=False,
    ),
)
