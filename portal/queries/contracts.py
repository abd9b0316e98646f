"""What other forms ask of contracts (CS-34): whether they are signed and in force."""

from __future__ import annotations

from datetime import date

from portal.queries import goods


def is_signed(record_id: int) -> bool:
    """Whether the customer has signed the contract."""
    return bool(goods.stage_answers(record_id, "customer_sign").get("signed_on"))


def is_in_force(record_id: int, day: date) -> bool:
    """Whether the contract holds on a day, and was not given up."""
    answers = goods.opening_answers(record_id)
    begins, ends = answers.get("start_date"), answers.get("end_date")
    if goods.state(record_id) in ("refused", "voided") or not (begins and ends):
        return False
    return date.fromisoformat(begins) <= day <= date.fromisoformat(ends)
