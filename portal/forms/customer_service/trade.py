"""R15: who may trade, said beside the customer of a contract, order or delivery."""

from __future__ import annotations

from typing import Any

from portal.lib.i18n import _l
from portal.queries import customers

BLOCKED = _l("该客户已停止交易，不能办理；恢复交易须先补齐资料并重新建档")
NO_FILE = _l("该客户尚未建立客户档案，不能办理；请先办理“客户档案建立表”（CS-36），取得档案编号")


def barrier(customer_id: int) -> Any | None:
    """The sentence that says why the customer may not trade, and what to do about it; none for one who may."""
    found = customers.find(customer_id)
    if found is not None and found.status == "blocked":
        return BLOCKED
    return NO_FILE if found is not None and not found.file_number else None


def refuse_no_trade(sheet: Any, name: str) -> None:
    """Refuses a customer who is blocked or has no file, with what to do about it."""
    refuse_barred(sheet, name, sheet[name].data)


def refuse_barred(sheet: Any, name: str, customer: Any) -> None:
    """The same beside another field than the customer's own."""
    if customer and (sentence := barrier(customer.id)) is not None:
        sheet.refuse(name, sentence)
