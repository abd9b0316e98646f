"""`flask search`: the index of everything that can be searched for."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from portal.database import transaction
from portal.lib.unhurried import give_way, in_pieces
from portal.services import indexing

REST = 49  # times as long as a piece has taken: this goes on for hours, and is seldom urgent

group = AppGroup("search", help="The index behind the search.")


@group.command()
@click.option("--hurry", is_flag=True, help="Take no rests: sooner done, and pages are slower meanwhile.")
def rebuild(*, hurry: bool) -> None:
    """Make the index anew, while the portal runs: after an update that says so.

    It takes a fiftieth of the time, so that pages are as quick as before; a million things take a night.
    """
    pieces = indexing.rebuild()
    with click.progressbar(length=indexing.count(), label="Rebuilding the search") as bar:

        def piece() -> bool:
            with transaction():
                went = next(pieces, None)
            bar.update(went or 0)
            return went is not None

        if hurry:
            while piece():
                pass
        else:
            give_way()
            in_pieces(piece, rest=REST)
    click.echo(f"{bar.pos} things can be found.")
