"""The warehouse: stock and bookshop."""

from portal.web.rooms import room

bp = room("warehouse")
