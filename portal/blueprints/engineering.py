"""Engineering: construction and product development."""

from portal.web.rooms import room

bp = room("engineering")
