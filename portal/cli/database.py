"""`flask database`: bring the tables up to date."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.extensions import alembic

group = AppGroup("database", help="Tables and their migrations.")


@group.command()
def upgrade() -> None:
    """Bring the tables up to date."""
    alembic.upgrade()
    click.echo("The tables are up to date.")


@group.command()
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Go back one revision, or to REVISION (`base` for none)."""
    alembic.downgrade(revision)
    click.echo("The tables went back.")


@group.command()
@click.argument("message")
def revision(message: str) -> None:
    """Write a new revision from the difference between models and tables."""
    alembic.revision(message)
