"""Quality: satisfaction, information, documents, security; pages of its key figures and of risks."""

from portal.blueprints.quality import kpi, risks
from portal.blueprints.quality.room import bp

__all__ = ["bp", "kpi", "risks"]
