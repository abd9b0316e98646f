"""`flask search`: the index of everything that can be searched for."""

from __future__ import annotations

import time

import click
from flask.cli import AppGroup

from portal.database import transaction
from portal.services import indexing

group = AppGroup("search", help="The index behind the search.")


@group.command()
def rebuild() -> None:
    """Make the index anew, while the portal runs: after an update that says so.

    Rests after each piece as long as it has worked, so that others come to their turn.
    """
    pieces, done = indexing.rebuild(), False
    with click.progressbar(length=indexing.count(), label="Rebuilding the search") as bar:
        while not done:
            begun = time.monotonic()
            with transaction():
                went = next(pieces, None)
            time.sleep(time.monotonic() - begun)
            done = went is None
            bar.update(went or 0)
    click.echo(f"{bar.pos} things can be found.")
