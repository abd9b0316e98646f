"""Customer service: complaints, customer files, follow-up; a page for each customer, and the funnel of sales."""

from portal.blueprints.customer_service import customers, funnel
from portal.blueprints.customer_service.room import bp

__all__ = ["bp", "customers", "funnel"]
