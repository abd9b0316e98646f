"""Which accounts of the company's provider are whose."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.models import ProviderTie


def of_person(person_id: int) -> list[ProviderTie]:
    """The accounts that are tied to a person, one a provider."""
    query = sa.select(ProviderTie).where(ProviderTie.person_id == person_id)
    return list(db.session.scalars(query.order_by(ProviderTie.id)))


def of_either(person_id: int, issuer: str, subject: str) -> list[ProviderTie]:
    """What a person and an account of a provider are tied to, where they are."""
    either = sa.or_(ProviderTie.person_id == person_id, ProviderTie.subject == subject)
    return list(db.session.scalars(sa.select(ProviderTie).where(ProviderTie.issuer == issuer, either)))
