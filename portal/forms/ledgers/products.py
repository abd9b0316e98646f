"""The books of new products: product file, issue and archive of technical papers, reviews."""

from __future__ import annotations

from portal.forms.ledgers.ledger import Ledger

PRODUCTS: tuple[Ledger, ...] = ()
