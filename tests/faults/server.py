"""Words with a database server, over a connection that does not stay."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa


def tell(url: str, statement: str) -> Any:
    """Carries a statement out, and gives the first thing of its answer, if there is one."""
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        answer = connection.execute(sa.text(statement))
        return answer.scalar() if answer.returns_rows else None
