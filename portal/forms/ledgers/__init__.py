"""The ledgers: tables of real postings, and the master registers, each declared once."""

from __future__ import annotations

from portal.forms.ledgers.bookshop import BOOKSHOP
from portal.forms.ledgers.cases import CASES
from portal.forms.ledgers.crm import CRM
from portal.forms.ledgers.customers import CUSTOMERS
from portal.forms.ledgers.documents import CONTROLLED
from portal.forms.ledgers.improvement import IMPROVEMENT
from portal.forms.ledgers.information import INFORMATION
from portal.forms.ledgers.kpi import KPI_SHEET
from portal.forms.ledgers.ledger import Ledger
from portal.forms.ledgers.people import PEOPLE
from portal.forms.ledgers.products import PRODUCTS
from portal.forms.ledgers.projects import PROJECTS
from portal.forms.ledgers.public_requests import FROM_OUTSIDE
from portal.forms.ledgers.reviews import REVIEWS
from portal.forms.ledgers.sales import SALES
from portal.forms.ledgers.satisfaction import SATISFACTION
from portal.forms.ledgers.security import SECURITY
from portal.forms.ledgers.service import SERVICE
from portal.forms.ledgers.settlement import SETTLEMENT
from portal.forms.ledgers.stock import STOCK
from portal.forms.ledgers.works import WORKS

LEDGERS: dict[str, Ledger] = {
    ledger.key: ledger
    for ledger in (
        *STOCK, *CUSTOMERS, *SALES, *CRM, *CASES, *SERVICE, *FROM_OUTSIDE,
        *WORKS, *PEOPLE, *KPI_SHEET, *IMPROVEMENT, *SATISFACTION, *INFORMATION, *CONTROLLED, *SECURITY,
        *BOOKSHOP, *PROJECTS, *PRODUCTS, *REVIEWS, *SETTLEMENT,
    )
}  # fmt: skip

__all__ = ["LEDGERS", "Ledger"]
