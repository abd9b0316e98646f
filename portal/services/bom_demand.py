"""Goods that a number of products takes, asked for from the purchasing department."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import ROUND_UP, Decimal
from typing import Any

from portal.domain import bom
from portal.domain.refusal import Refusal
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.lib.i18n import _l
from portal.models import Draft
from portal.queries import boms
from portal.queries.actors import Actor
from portal.queries.boms import Bom
from portal.services import drafts

REQUISITION = "PU-03"
THOUSANDTH, MOST = Decimal("0.001"), Decimal(999_999_999)


def begin(one: Bom, products: int, *, by: Actor, now: datetime) -> Draft:
    """A requisition begun with the stock items of a list, as many as so many products take.

    Raises:
        Refusal: another list is in force by now, nothing of the list is kept in stock, or it is more than anybody can ask for.
    """
    if boms.is_obsolete(one):
        raise Refusal(_l("版本 %(version)s 已被替代，请按现行的 BOM 提出需求。"), version=one.paper.version)
    needed = bom.needs(one.nodes)
    if not needed:
        raise Refusal(_l("这份 BOM 中没有库存品，不能生成需求明细。"))
    if any(total * products > MOST for _row, total in needed.values()):
        raise Refusal(_l("算出的数量太大，请核对 BOM 中的用量和生产件数。"))
    purpose = str(_l("%(product)s %(many)d 件", product=one.project.name, many=products))
    lines: list[dict[str, Any]] = [
        {
            "item": Ref(row["item"]["id"], row["item"]["text"]),
            "name": row["name"],
            "quantity": (total * products).quantize(THOUSANDTH, ROUND_UP),
            "unit": row["unit"],
            "purpose": purpose,
        }
        for row, total in needed.values()
    ]
    answers = {
        "department": Ref(by.person.department_id, by.person.department.name),
        "category": "parts",
        "lines": lines,
        "purpose": f"{one.project.label} BOM {one.paper.version}",
    }
    stored = drafts.prefill(FORMS[REQUISITION], answers)
    return drafts.start(REQUISITION, by, secrets.token_urlsafe(18), stored, title=purpose, now=now)
