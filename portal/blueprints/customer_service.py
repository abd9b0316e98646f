"""Customer service: complaints, customer files, follow-up."""

from portal.web.rooms import room

bp = room("customer_service")
