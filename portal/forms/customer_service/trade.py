"""What keeps a customer from trading."""

from __future__ import annotations

from typing import Any

from portal.lib.i18n import _l
from portal.queries import customers

NO_FILE = _l("该客户还没有客户档案编号，请先完成客户档案建立表（CS-36）")
BLOCKED = _l("该客户已停止交易，请先补齐资料并重新办理客户档案建立表（CS-36）")


def barrier(customer_id: int) -> Any | None:
    """R15: the sentence that says why the customer may not trade; none for one who may."""
    found = customers.standing(customer_id)
    if found is not None and found.status == "blocked":
        return BLOCKED
    return None if found is not None and found.file_number else NO_FILE
