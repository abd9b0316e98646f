"""For whom the pages of bills of materials are, and what they lead to."""

from __future__ import annotations

from typing import Any

from portal.forms.catalogue import FORMS
from portal.lib.i18n import _l
from portal.queries import boms

REQUISITION = "PU-03"
CHANGES = {"added": _l("新增"), "removed": _l("删除"), "changed": _l("更改"), "moved": _l("移动")}
COLUMNS = {
    "name": _l("名称"),
    "item": _l("库存品"),
    "material": _l("材料"),
    "quantity": _l("用量"),
    "unit": _l("单位"),
    "supplier": _l("供应商"),
}


def may_see(actor: Any) -> bool:
    """Whether the lists are for the person: of engineering, purchasing, quality or the warehouse, management, or an auditor."""
    return bool(actor.sees_books_of("engineering", "purchasing", "quality", "warehouse"))


def may_import(actor: Any) -> bool:
    """Whether the person may begin a list."""
    return bool(actor.may_open(FORMS[boms.FORM].opened_by))


def may_ask(actor: Any) -> bool:
    """Whether the person may ask for the goods of a list."""
    return bool(actor.may_open(FORMS[REQUISITION].opened_by))
