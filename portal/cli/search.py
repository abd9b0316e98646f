"""`flask search`: the index of everything that can be searched for."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.database import transaction
from portal.services import indexing

group = AppGroup("search", help="The index behind the search.")


@group.command()
def rebuild() -> None:
    """Make the index anew, while the portal runs: after an update that says so."""
    pieces, done = indexing.rebuild(), False
    with click.progressbar(length=indexing.count(), label="Rebuilding the search") as bar:
        while not done:
            with transaction():
                went = next(pieces, None)
            done = went is None
            bar.update(went or 0)
    click.echo(f"{bar.pos} things can be found.")
