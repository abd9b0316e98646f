"""Controlled documents: reading and writing them, on paper and in Word, and how their clauses are kept."""

from portal.blueprints.documents import drafts, kept, printing, reading, redline, word
from portal.blueprints.documents.room import bp

__all__ = ["bp", "drafts", "kept", "printing", "reading", "redline", "word"]
