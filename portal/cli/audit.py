"""`flask audit`: prove the trail."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from portal.services import audit

group = AppGroup("audit", help="The audit trail.")
WRONG = {
    "missing": "an event before it is missing",
    "changed": "it was changed after it was written",
    "cut": "events after it were cut off",
}


@group.command()
def verify() -> None:
    """Walk every chain; name the first event that does not hold and exit with 1."""
    count, bad, wrong = audit.verify()
    if bad is None:
        click.echo(f"{count} events verified, every chain holds.")
        return
    click.echo(f"Chain {bad.stream} breaks at event {bad.seq} (row {bad.id}): {WRONG[wrong]}.")
    sys.exit(1)
