"""The audit trail: its events, what has been reviewed of it, samples of records, what auditors look at."""

from portal.blueprints.trail import events, looks, reviews, samples
from portal.blueprints.trail.room import bp

__all__ = ["bp", "events", "looks", "reviews", "samples"]
