"""The audit trail: its events, what has been reviewed of it, samples and packages of records, what auditors look at and find."""

from portal.blueprints.trail import events, findings, looks, packages, reviews, samples
from portal.blueprints.trail.room import bp

__all__ = ["bp", "events", "findings", "looks", "packages", "reviews", "samples"]
