"""What asks for the payments of a site and takes them in: the reminder after an acceptance, the lines of the account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.effects import Effect, Opens, PostsReceivable
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, service, settlement, works

MID_TERM, FINAL = "mid_term_payment", "final_payment"
KINDS = {MID_TERM: _l("中期款"), FINAL: _l("尾款")}
STAGES = {MID_TERM: "midterm", FINAL: "completion"}  # whose acceptance makes a payment due
DAYS = 3  # that a customer is usually given


def reminder(record: Filed, key: str, kind: str) -> Iterator[Effect]:
    """R30: an acceptance that passes for the first time leaves the reminder to the supervisor, who chases the payment."""
    project = record["project"]
    if record["verdict"] != "pass" or projects.passed(project.id, key):
        return
    pay_by = day(record.now) + timedelta(days=DAYS)
    answers: dict[str, Any] = {"project": project, "payment_kind": kind, "pay_by": pay_by}
    if customer := service.customer_of(project.id):
        answers["customer"] = Ref(customer, service.customer_label(customer))
    if kind == MID_TERM and (amount := settlement.agreed(project.id, "mid_term")):
        answers["amount_due"] = amount
    supervisor = works.holder(project.id, "site_supervisor")
    yield Opens("EN-27", answers, to=supervisor, names_as="source_acceptance", due=pay_by)


def received(record: Filed) -> Iterator[Effect]:
    """The payment on the customer's account.

    It settles what alterations have claimed outside the contract; the rest is paid on the contract. Without a contract
    in the portal the rest is claimed and paid at once.
    """
    left: Decimal = record["paid_amount"] or Decimal(0)
    contract = settlement.contract_of(record["project"].id)
    claims = settlement.open_claims(record["project"].id, record.itself)
    for one in sorted(claims, key=lambda claim: claim.open):
        part = min(left, one.open)
        left -= part
        if part:
            yield _paid(record, one.of_id, part, one.row)
    if left and contract is not None:
        yield _paid(record, contract, left)
    elif left:
        customer, of = record["customer"].id, settlement.account_of(record["project"].id, record.id)
        yield PostsReceivable(customer, of, left, row=record.number, due_on=record["pay_by"])
        yield _paid(record, of, left, record.number)


def _paid(record: Filed, of: int, amount: Decimal, row: str = "") -> PostsReceivable:
    return PostsReceivable(record["customer"].id, of, -amount, row=row, paid_on=record["paid_on"])
