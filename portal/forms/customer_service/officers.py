"""Whose a customer is at customer service."""

from __future__ import annotations

from datetime import date

from portal.domain.permissions import person_key, role_key
from portal.models import Customer
from portal.queries import rights

OFFICER = "customer_service_officer"
OFFICERS = role_key(OFFICER)


def officer_of(customer: Customer | None, today: date) -> str:
    """For whom a draft about the customer is: the officer who owns it, nobody in particular where sales still does."""
    owner = customer.owner_id if customer else None
    if owner is not None and rights.holds(owner, (OFFICER,), today):
        return person_key(owner)
    return ""
