"""What a site costs and what was paid for it: the contract, what the customer has signed for besides, the receivables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Project, ReceivableEntry
from portal.queries import alterations, projects, receivables
from portal.queries.alterations import ITEMS, WATER_AND_ELECTRICITY
from portal.queries.corrected import standing, standing_one

NOTHING = Decimal("0.00")
REMINDER = "EN-27"
EVERY_STATE = ("running", "stuck", "returned", "withdrawn", "finished", "refused", "voided")


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a customer owes for a site, and how much of it is paid.

    `contract_price` is as the contract has it; `water_and_electricity`, `added` and `deducted` are what the customer
    has signed for besides.
    """

    contract_price: Decimal
    water_and_electricity: Decimal
    added: Decimal
    deducted: Decimal
    paid: Decimal

    @property
    def besides(self) -> Decimal:
        """What the alterations add to the contract, or take from it."""
        return self.water_and_electricity + self.added - self.deducted

    @property
    def payable(self) -> Decimal:
        """What is to be paid for the whole."""
        return self.contract_price + self.besides

    @property
    def balance(self) -> Decimal:
        """What is left to pay."""
        return self.payable - self.paid


def of(project: Project, but: Collection[int] = ()) -> Settlement:
    """The settlement of a project as the books have it; what these records (`but`) have posted does not count."""
    water = alterations.confirmed(project.id, (WATER_AND_ELECTRICITY,), but)
    items = alterations.confirmed(project.id, (ITEMS,), but)
    return Settlement(
        contract_price=price(project),
        water_and_electricity=_sum(one.answers.get("total_amount") for one in water),
        added=_sum(one.answers.get("total_added") for one in items),
        deducted=_sum(one.answers.get("total_deducted") for one in items),
        paid=_paid(project, but),
    )


def price(project: Project) -> Decimal:
    """The price of the contract; nothing while it is not known."""
    return _sum([project.facts.get("contract_price")])


def contract_of(project_id: int) -> int | None:
    """The contract (CS-34) of a project as it stands; None where there is none in the portal."""
    found = projects.project(project_id)
    contract = found.facts.get("contract_id") if found else None
    return standing_one(contract) if contract else None


def open_claims(project_id: int, but: Collection[int] = ()) -> list[receivables.Instalment]:
    """What is claimed for a project and not settled yet; what these records (`but`) have posted does not count."""
    project = projects.project(project_id)
    accounts = _accounts(project) if project else []
    found = [one for id in accounts for one in receivables.instalments(of=id, but=but)]
    return [one for one in found if one.open]


def last_open_row(of: int, amount: Decimal) -> str:
    """The last instalment of a contract from which so much can still be taken; nothing where there is none."""
    found = [one.row for one in receivables.instalments(of=of) if one.open >= amount]
    return found[-1] if found else ""


def reminders(project_id: int, but: Collection[int] = ()) -> list[alterations.Paper]:
    """The reminders of a project that wait to be paid."""
    return alterations.papers(project_id, (REMINDER,), alterations.WAITING, but)


def asked_for(project_id: int, but: Collection[int] = ()) -> Decimal:
    """What the customer of a project has been asked to pay and has not paid yet."""
    return _sum(one.answers.get("amount_due") for one in reminders(project_id, but))


def agreed(project_id: int, kind: str) -> Decimal | None:
    """What the schedule (EN-05) in force plans for a kind of payment; None where it plans none."""
    for one in reversed(alterations.papers(project_id, ("EN-05",), ("finished",))):
        rows = one.answers.get("payment_points") or ()
        found = [row.get("amount") for row in rows if row.get("kind") == kind]
        return _sum(found) if found else None
    return None


def _accounts(project: Project) -> list[int]:
    """The records that claims and payments of a project stand under."""
    contract = contract_of(project.id)
    if contract is not None:
        return [contract]
    own = (WATER_AND_ELECTRICITY, ITEMS, REMINDER)
    return [one.id for one in alterations.papers(project.id, own, EVERY_STATE)]


def _paid(project: Project, but: Collection[int]) -> Decimal:
    accounts = _accounts(project)
    if not accounts:
        return NOTHING
    query = sa.select(sa.func.sum(ReceivableEntry.amount)).where(
        ReceivableEntry.of_id.in_(accounts), ReceivableEntry.paid_on.is_not(None)
    )
    if but:
        query = query.where(~standing(ReceivableEntry, but))
    return -(db.session.scalar(query) or NOTHING) or NOTHING


def _sum(amounts: Any) -> Decimal:
    return sum((Decimal(str(one)) for one in amounts if one), NOTHING)
