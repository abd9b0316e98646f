"""The warehouse: stock and bookshop; its places, a page for each item, labels, and the guard's look at a payment slip."""

from portal.blueprints.warehouse import door, items, labels, places
from portal.blueprints.warehouse.room import bp

__all__ = ["bp", "door", "items", "labels", "places"]
