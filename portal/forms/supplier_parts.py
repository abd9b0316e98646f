"""How a supplier's page is divided, and for whom it is."""

from __future__ import annotations

from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.customer_parts import Part
from portal.forms.ledgers import LEDGERS
from portal.lib.i18n import _l

LIST, EVALUATION = "approved_suppliers", "PU-08"
PARTS = (
    Part("evaluations", _l("供应商评价"), "certificate", (EVALUATION,)),
    Part("orders", _l("采购订货"), "shopping-cart", ("PU-04",)),
    Part("receipts", _l("收货"), "building-warehouse", ("PU-05", "WH-02", "PU-09")),
    Part("inspections", _l("进货检验"), "clipboard-check", ("PU-06",)),
    Part("returns", _l("退货"), "arrow-back-up", ("PU-07", "PU-11")),
)
BY_FORM = {code: part.key for part in PARTS for code in part.forms}
LOOKS = {"approved": "finished", "suspended": "overdue", "removed": "overdue", "blocked": "overdue"}
"""The look of the chip that says how a supplier stands."""


def may_see(actor: Any) -> bool:
    """Whether suppliers' pages are for the person: whoever reads the list of approved suppliers."""
    return LEDGERS[LIST].open_to(actor)


def may_see_prices(actor: Any) -> bool:
    """Whether the person may know what suppliers have charged."""
    return bool(actor.sees_books_of("purchasing"))


def may_evaluate(actor: Any) -> bool:
    """Whether the person may begin an evaluation."""
    return bool(actor.may_open(FORMS[EVALUATION].opened_by))
