"""Side entries: what people add to a record while it is open, where its story does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.demo.story import Filling, World

REASONS = ("配件尚在途中", "责任部门人员在外地施工", "等待客户确认方案", "复检结果未出", "天气原因无法进场")
ANSWERS = ("客户表示理解。", "客户要求尽快处理。", None, "客户同意延期三天。")
TRIES = ("电话无人接听，稍后再打。", "对方关机，已发短信说明。", "占线，半小时后重拨。")


def overdue(world: World, known: Mapping[str, Any]) -> dict[str, Any]:
    """Why the complaint takes longer, and what the customer was told."""
    line = {
        "date": world.today,
        "reason": world.rng.choice(REASONS),
        "told_customer_at": (world.now - timedelta(minutes=15)).replace(second=0, microsecond=0),
        "customer_answer": world.rng.choice(ANSWERS),
    }
    return {"overdue_entries": [line]}


def call_try(world: World, known: Mapping[str, Any]) -> dict[str, Any]:
    """A call in vain."""
    return {
        "tried_at": (world.now - timedelta(minutes=5)).replace(second=0, microsecond=0),
        "try_note": world.rng.choice(TRIES),
    }


def time_change(world: World, known: Mapping[str, Any]) -> dict[str, Any]:
    """The customer asks for another time, and the designer tells the supervisor, mostly in time."""
    told = world.now.replace(second=0, microsecond=0) - timedelta(minutes=10)
    return {
        "change_reason": "customer_reason",
        "changed_to": known["agreed_at"] + timedelta(days=world.rng.randint(1, 3)),
        "supervisor_told_at": told,
        "delayed": world.rng.random() < 0.2,
    }


ENTRIES: dict[tuple[str, str], Filling] = {
    ("CS-51", "overdue_tracking"): overdue,
    ("CS-51", "call_tries"): call_try,
    ("EN-18", "time_change"): time_change,
}
