"""What happens before the portal serves: tables up to date, an empty demo filled."""

from __future__ import annotations

from flask import Flask

from portal.extensions import alembic


def prepare(app: Flask) -> None:
    """Brings the tables up to date."""
    with app.app_context():
        alembic.upgrade()
