"""What a site costs and what was paid for it: the contract, what the customer has signed for besides, the receivables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Project, ReceivableEntry, Record
from portal.queries import alterations, projects, receivables
from portal.queries.alterations import ITEMS, WATER_AND_ELECTRICITY
from portal.queries.corrected import lineage, standing_one, stands

NOTHING = Decimal("0.00")
REMINDER, RECEIPT = "EN-27", "CR-06"
OWN = (WATER_AND_ELECTRICITY, ITEMS, REMINDER)  # what claims and takes in money of a site


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


def account_of(project_id: int, record_id: int) -> int:
    """The record under which a paper of a site posts: the contract, else itself or the first one that it corrects."""
    return contract_of(project_id) or min(lineage(record_id))


def open_claims(project_id: int, but: Collection[int] = ()) -> list[receivables.Instalment]:
    """What the papers of a site have claimed by themselves, outside its contract, and is not settled yet.

    What these records (`but`) have posted does not count.
    """
    accounts = _papers(project_id) - {contract_of(project_id)}
    found = [one for id in sorted(accounts) for one in receivables.instalments(of=id, but=but)]
    return [one for one in found if one.open]


def last_open_row(of: int, amount: Decimal, but: Collection[int] = ()) -> str:
    """The last instalment of a contract from which so much can still be taken; nothing where there is none.

    What these records (`but`) have posted does not count.
    """
    found = [one.row for one in receivables.instalments(of=of, but=but) if one.open >= amount]
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


def reminders_on(contract: int) -> list[alterations.Paper]:
    """The reminders that wait to be paid on a contract, of whatever site."""
    named = Project.facts["contract_id"].as_integer().in_(lineage(standing_one(contract)))
    sites = sa.select(Project.id).where(Project.kind == "works", named).order_by(Project.id)
    return [one for id in db.session.scalars(sites) for one in reminders(id)]


def confirming(project_id: int, change: int, but: Collection[int] = ()) -> str:
    """The number of the confirmation of a site (EN-15) that prices a design change, or the one which that corrects."""
    states = (*alterations.WAITING, "finished")
    changes = lineage(change)
    for one in alterations.papers(project_id, (ITEMS,), states, but):
        if (one.answers.get("design_change") or {}).get("id") in changes:
            return one.number
    return ""


def receipt_of(project_id: int, amount: Decimal) -> str:
    """The number of a receipt (CR-06) of just this amount on a site's contract that finance has not confirmed yet."""
    contract = contract_of(project_id)
    if contract is None:
        return ""
    named = Content.answers[("contract_or_order", "id")].as_integer().in_(lineage(contract))
    query = (
        sa.select(Record.number, Content.answers)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.form_code == RECEIPT, Record.state.in_(alterations.WAITING), named)
        .order_by(Record.id)
    )
    found = db.session.execute(query)
    return next((number for number, answers in found if Decimal(answers["amount"]) == amount), "")


def _papers(project_id: int) -> set[int]:
    """The records that have posted for a site, those too that were corrected or given up."""
    return alterations.ids(project_id, OWN)


def _paid(project: Project, but: Collection[int]) -> Decimal:
    """What its own papers have taken in, and what came in on their accounts and the contract by no paper of a site."""
    papers, contract = _papers(project.id), contract_of(project.id)
    of_sites = sa.select(Record.id).where(Record.form_code.in_(OWN))
    query = sa.select(sa.func.sum(ReceivableEntry.amount)).where(
        ReceivableEntry.paid_on.is_not(None),
        stands(ReceivableEntry),
        ReceivableEntry.record_id.not_in(but),
        sa.or_(
            ReceivableEntry.record_id.in_(papers),
            sa.and_(
                ReceivableEntry.of_id.in_({*papers, contract} - {None}),
                ReceivableEntry.record_id.not_in(of_sites),
            ),
        ),
    )
    return -(db.session.scalar(query) or NOTHING) or NOTHING


def _sum(amounts: Any) -> Decimal:
    return sum((Decimal(str(one)) for one in amounts if one), NOTHING)
