"""The obligation to go after goods that have not come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.domain.permissions import person_key, role_key
from portal.forms.kinds import Ref
from portal.lib.i18n import _l
from portal.queries import deliveries

LONG = timedelta(days=180)  # after its day a case that nobody took up is history


def late_deliveries(look: Look) -> Iterator[Case]:
    """What a supplier has promised for a day that is over, and of which nothing has come."""
    first = max(look.since, look.today - LONG)
    orders = deliveries.promised(first, look.today - timedelta(days=1))
    came = deliveries.arrived([one.order_id for one in orders])
    for one in orders:
        supplier = one.answers["supplier"]
        lines = [
            {"item": Ref(line["item"]["id"], line["item"]["text"])}
            for line in one.answers.get("lines") or ()
            if line.get("item")
        ]
        yield Case(
            f"{one.order_id}:{one.on}",
            (person_key(one.buyer_id),),
            look.at(one.on + timedelta(days=look.numbers["days"])),
            f"{supplier['text']} {one.number} {one.on}",
            {
                "supplier": Ref(supplier["id"], supplier["text"]),
                "order": Ref(one.order_id, one.label),
                "lines": lines,
            },
            record=one.order_id,
            kept=one.order_id in came,
        )


OBLIGATIONS = (
    Obligation(
        "OS-11",
        "",
        "purchasing",
        _l("催交到期未到的货物"),
        _l("供应商承诺的交期已过，没有收货记录"),
        _l("下单的采购员"),
        _l("承诺交期后 1 天"),
        _l("采购收货单已提交"),
        "PU-05",
        _l("告知采购部经理"),
        (role_key("purchasing_manager"),),
        (Number("days", _l("催交期限：承诺交期后"), 1, _l("天"), low=0, high=60),),
        cases=late_deliveries,
        clause="PU-P-01#late-delivery",
    ),
)
