"""Engineering: construction and product development; the bills of materials of products."""

from portal.blueprints.engineering import bom_import, boms
from portal.blueprints.engineering.room import bp

__all__ = ["bom_import", "boms", "bp"]
