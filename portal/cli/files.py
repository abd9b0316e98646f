"""`flask files`: the store of the files, a folder or an object store."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup

from portal.services import file_store
from portal.storage.store import StoreAway

group = AppGroup("files", help="The store of the files.")


@group.command()
def check() -> None:
    """Read every file that the database knows, and name those that are missing or were changed."""
    try:
        looked = list(file_store.missing())
    except StoreAway as problem:
        raise click.ClickException(f"The file store does not answer: {problem}") from None
    wrong = [(digest, why) for digest, why in looked if why]
    for digest, why in wrong:
        click.echo(f"{digest} {why}", err=True)
    click.echo(f"{len(looked) - len(wrong)} of {len(looked)} files are as they were stored.")
    sys.exit(1 if wrong else 0)


@group.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def take(folder: Path) -> None:
    """Store what lies in FOLDER, which was the store before; it stays as it is."""
    try:
        looked = list(file_store.take(folder))
    except StoreAway as problem:
        raise click.ClickException(f"The file store takes nothing more: {problem}") from None
    wrong = [path for path, good in looked if not good]
    for path in wrong:
        click.echo(f"{path} was changed and is left out", err=True)
    click.echo(f"{len(looked) - len(wrong)} files are in the store.")
    sys.exit(1 if wrong else 0)
