"""The day at hand, as a query asks for it each time that it is made."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.lib.clock import today

TODAY: Any = sa.bindparam("today", callable_=lambda: today().isoformat(), type_=sa.String)
"""Today as books write days; of the company's clock, not the database's."""
