"""The warehouse: stock and bookshop; its storage places, and a page for each stock item."""

from portal.blueprints.warehouse import items, places
from portal.blueprints.warehouse.room import bp

__all__ = ["bp", "items", "places"]
