"""Quality: satisfaction, information, documents, security; pages of key figures, of risks and of the employees' survey."""

from portal.blueprints.quality import employee_survey, kpi, risks
from portal.blueprints.quality.room import bp

__all__ = ["bp", "employee_survey", "kpi", "risks"]
