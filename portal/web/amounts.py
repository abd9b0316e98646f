"""Amounts of money as people read them."""

from __future__ import annotations

from decimal import Decimal


def yuan(amount: Decimal) -> str:
    """An amount of money as people read it."""
    return f"¥{amount:,.2f}" if amount >= 0 else f"-¥{-amount:,.2f}"
