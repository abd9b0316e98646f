"""The warehouse: stock and bookshop; the guard's look at a payment slip, and labels."""

from portal.blueprints.warehouse import door, labels
from portal.blueprints.warehouse.room import bp

__all__ = ["bp", "door", "labels"]
