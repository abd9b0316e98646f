"""Quality: satisfaction, information, documents, security; a page on which employees answer without their names."""

from portal.blueprints.quality import employee_survey
from portal.blueprints.quality.room import bp

__all__ = ["bp", "employee_survey"]
