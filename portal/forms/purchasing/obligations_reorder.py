"""The obligation to order anew what has fallen below its reorder point."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.domain.permissions import role_key
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import people, reorder, stock_plans
from portal.queries.reorder import Low

BUYERS = (role_key("buyer"),)
AT_THE_DOOR = timedelta(days=30)  # goods handed over longer ago have been entered on paper
PURPOSE = "库存低于订货点，补充库存"
DAYS = _l("天")


def reorders(look: Look) -> Iterator[Case]:
    """One case for each fall below the point; asked for again when what answered it has come to nothing."""
    low = reorder.below(look.now - AT_THE_DOOR)
    plans = stock_plans.setting([one.item.id for one in low]) if low else {}
    warehouse = people.department("warehouse")
    for one in low:
        answers = reorder.answered(one, look.numbers["again"])
        failed = [on for each in answers if (on := each.failed_on) and on <= look.today]
        coming = sum(
            (each.quantity for each in answers if each.under_way and each.failed_on not in failed), Decimal(0)
        )
        fell = max(look.since, day(one.fell_at) if one.fell_at else look.since, *failed)
        yield Case(
            f"{one.item.id}:{one.line}:{len(failed)}",
            BUYERS,
            look.at(fell + timedelta(days=look.numbers["days"])),
            one.item.label,
            {
                **_requisition(one, plans.get(one.item.id), look),
                "department": Ref(warehouse.id, warehouse.name),
            },
            kept=coming >= one.lacking,
        )


def _requisition(low: Low, plan: tuple[int, str] | None, look: Look) -> dict[str, Any]:
    """The requisition that fills the stock up again."""
    item = low.item
    urgent = low.there < item.minimum
    return {
        "lines": [
            {
                "item": Ref(item.id, item.label),
                "name": item.name,
                "quantity": low.wanted,
                "unit": item.unit,
                "needed_by": look.today + timedelta(days=look.numbers["needed"]),
            }
        ],
        "source_record": Ref(*plan) if plan else None,
        "urgency": "urgent" if urgent else "normal",
        "purpose": PURPOSE,
    }


OBLIGATIONS = (
    Obligation(
        "OS-13",
        "",
        "purchasing",
        _l("库存低于订货点时请购"),
        _l("现有库存加在途低于订货点"),
        _l("采购员"),
        _l("低于订货点后 2 天"),
        _l("请购单已提交，数量补足缺口；或库存已回到订货点以上"),
        "PU-03",
        _l("告知采购部经理和仓库主管"),
        (role_key("purchasing_manager"), role_key("warehouse_supervisor")),
        (
            Number("days", _l("请购期限"), 2, DAYS, low=0, high=30),
            Number("needed", _l("建议需用日期：多少天以后"), 14, DAYS, high=180),
            Number("again", _l("请购被拒绝或没有订货，多少天后再次提出"), 30, DAYS),
        ),
        cases=reorders,
        clause="PU-P-01#reorder",
    ),
)
