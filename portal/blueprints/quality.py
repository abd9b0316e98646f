"""Quality: satisfaction, information, documents, security."""

from portal.web.rooms import room

bp = room("quality")
