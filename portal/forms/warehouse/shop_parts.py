"""Who the pages of the warehouse besides its forms are for."""

from __future__ import annotations

from typing import Any

AT_THE_DOOR = frozenset({"security_guard", "cashier", "warehouse_supervisor"})


def may_watch_door(actor: Any) -> bool:
    """Whether the page of the door is for the person."""
    return bool(actor.reads_all or not actor.roles.isdisjoint(AT_THE_DOOR))


def may_print_labels(actor: Any) -> bool:
    """Whether labels are for the person: of the warehouse or of purchasing."""
    return bool(actor.sees_books_of("warehouse", "purchasing"))
