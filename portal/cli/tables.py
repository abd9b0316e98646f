"""`flask db`: the commands of Flask-Alembic, of which `upgrade` stops before what takes away, and what is pending."""

from __future__ import annotations

import click
from alembic.script import Script
from flask.cli import with_appcontext
from flask_alembic.cli import cli

from portal.extensions import alembic
from portal.services import upgrades

LEFT = "Left: {}. It takes away what older programs need; once none runs any more: flask db upgrade {}"

group = cli


@group.command("pending")
@with_appcontext
def pending() -> None:
    """Lists the revisions that the database lacks, and what kind they are."""
    for one in upgrades.pending():
        click.echo(f"{_kind(one)}  {one.revision}  {one.doc}")


@group.command("upgrade")
@click.argument("target", default="")
@with_appcontext
def upgrade(target: str) -> None:
    """Runs revisions: without a target all that only add, with one also what takes away up to it."""
    with upgrades.one_at_a_time():
        if target:
            alembic.upgrade(target)
        elif (left := upgrades.grow()) is not None:
            click.echo(LEFT.format(left.doc, left.revision))


def _kind(one: Script) -> str:
    return "takes away" if upgrades.takes_away(one.revision) else "adds      "
