"""The rooms. `ROOMS` is the explicit map of the site."""

from __future__ import annotations

from flask import Flask

from portal.blueprints import (
    access,
    account,
    admin,
    auth,
    bulletins,
    check,
    choices,
    compliance,
    customer_service,
    design,
    documents,
    engineering,
    files,
    find,
    health,
    home,
    notices,
    obligations,
    outside,
    pick,
    projects,
    public,
    purchasing,
    quality,
    records,
    registers,
    trail,
    warehouse,
)

ROOMS = (
    home.bp,
    notices.bp,
    bulletins.bp,
    find.bp,
    customer_service.bp,
    engineering.bp,
    design.bp,
    purchasing.bp,
    warehouse.bp,
    quality.bp,
    projects.bp,
    documents.bp,
    records.bp,
    registers.bp,
    obligations.bp,
    files.bp,
    pick.bp,
    outside.bp,
    public.bp,
    check.bp,
    account.bp,
    choices.bp,
    admin.bp,
    trail.bp,
    compliance.bp,
    access.bp,
    auth.bp,
    health.bp,
)


def init_app(app: Flask) -> None:
    """Opens the rooms."""
    for room in ROOMS:
        app.register_blueprint(room)
