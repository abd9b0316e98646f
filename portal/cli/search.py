"""`flask search`: the index of everything that can be searched for."""

from __future__ import annotations

from contextlib import nullcontext

import click
from flask.cli import AppGroup

from portal.database import transaction
from portal.lib.unhurried import unhurried
from portal.services import indexing

group = AppGroup("search", help="The index behind the search.")


@group.command()
@click.option("--hurry", is_flag=True, help="Take no rests: sooner done, and pages are slower meanwhile.")
def rebuild(*, hurry: bool) -> None:
    """Make the index anew, while the portal runs: after an update that says so.

    It takes a twentieth of the time, so that pages are as quick as before.
    """
    pieces, done = indexing.rebuild(), False
    with click.progressbar(length=indexing.count(), label="Rebuilding the search") as bar:
        while not done:
            with nullcontext() if hurry else unhurried(), transaction():
                went = next(pieces, None)
            done = went is None
            bar.update(went or 0)
    click.echo(f"{bar.pos} things can be found.")
