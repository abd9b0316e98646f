"""Quality: satisfaction, information, documents, security; a page of the risks of information assets."""

from portal.blueprints.quality import risks
from portal.blueprints.quality.room import bp

__all__ = ["bp", "risks"]
