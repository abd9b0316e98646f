"""Purchasing: goods and books; a page for each supplier."""

from portal.blueprints.purchasing import suppliers
from portal.blueprints.purchasing.room import bp

__all__ = ["bp", "suppliers"]
