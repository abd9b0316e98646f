"""`flask demo`: the made-up company."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from portal.demo.bar import load_visibly
from portal.demo.company import NotEmpty
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import alembic
from portal.lib.clock import now

group = AppGroup("demo", help="The made-up company.")


@group.command()
@click.option(
    "--records", default=1500, show_default=True, type=click.IntRange(1, 100_000), help="About how many."
)
@click.option("--seed", default=2026, show_default=True, help="The same seed tells the same year.")
def load(records: int, seed: int) -> None:
    """Fill an empty database with a year of the made-up company."""
    if not current_app.config["SETTINGS"].demo:
        raise click.ClickException("The demo is never loaded in production.")
    alembic.upgrade()
    try:
        load_visibly(now(), records=records, seed=seed)
    except NotEmpty:
        raise click.ClickException(
            "There are people in the database already; the demo needs an empty one."
        ) from None
    click.echo(f"Everybody's password is {DEMO_PASSWORD}; logins are role keys such as general_manager.")
