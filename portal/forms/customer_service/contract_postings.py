"""What a signed contract (CS-34) puts into the books: its claims, the customer's last order, the first credit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.effects import PostsCredit, Updates
from portal.forms.customer_service import claims
from portal.forms.filed import Filed
from portal.queries import customers


def claimed(record: Filed) -> list[claims.Claim]:
    """What is owed when: by the plan, else everything at the end of the customer's term, else of the contract."""
    plan: list[dict[str, Any]] = record["payment_plan"] or []
    if plan:
        return [claims.Claim(row["name"], row["due_on"], row["amount"]) for row in plan]
    known = customers.standing(record["customer"].id)
    days = record["credit_days"] if record["first_cooperation"] else known and known.days
    due_on = record["signed_on"] + timedelta(days=days) if days else record["end_date"]
    return [claims.Claim("", due_on, record["amount"])]


def ordered(record: Filed) -> Iterator[Updates]:
    """A contract is an order: whoever has a file and signs cooperates again."""
    known, signed_on = customers.find(record["customer"].id), record["signed_on"]
    if known is None:
        return
    values: dict[str, Any] = {}
    if known.last_order_on is None or known.last_order_on < signed_on:
        values["last_order_on"] = signed_on
    if known.status in ("quiet", "not_cooperating"):
        values["status"] = "cooperating"
    if values:
        yield Updates("customer", known.id, values)


def first_credit(record: Filed) -> Iterator[PostsCredit]:
    """First limit and term, unless an earlier round has given them; without those that this contract corrects."""
    limit, days = record["credit_limit"], record["credit_days"]
    known = customers.standing(record["customer"].id, {record["@corrects"]} - {None})
    if known and ((limit is not None and limit != known.limit) or (days is not None and days != known.days)):
        yield PostsCredit(record["customer"].id, limit, days, record["signed_on"])
