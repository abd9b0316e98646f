"""Quality: satisfaction, information, documents, security; a page of its key performance indicators."""

from portal.blueprints.quality import kpi
from portal.blueprints.quality.room import bp

__all__ = ["bp", "kpi"]
