"""The audit trail: its events, what has been reviewed of it, samples of records, what auditors look at and find."""

from portal.blueprints.trail import events, findings, looks, reviews, samples
from portal.blueprints.trail.room import bp

__all__ = ["bp", "events", "findings", "looks", "reviews", "samples"]
