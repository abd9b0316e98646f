"""Design: web design and planning permits."""

from portal.web.rooms import room

bp = room("design")
