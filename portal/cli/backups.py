"""`flask backup` and `flask restore`: database and files in one archive."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.database import transaction
from portal.extensions import alembic
from portal.lib.clock import now
from portal.services import backups, restoring, sealing
from portal.storage.archive import ArchiveBroken
from portal.storage.store import StoreAway


@click.command()
@click.argument("target", type=click.Path(path_type=Path))
@with_appcontext
def backup(target: Path) -> None:
    """Write everything to TARGET, a file or an existing folder, while the portal runs."""
    signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit("Told to stop; there is no backup."))
    try:
        made = backups.make(target, now=now())
    except FileExistsError as problem:
        raise click.ClickException(f"{problem} exists already.") from None
    except OSError as problem:
        raise click.ClickException(f"The backup cannot be written: {problem}.") from None
    except StoreAway as problem:
        raise click.ClickException(f"The file store cannot be read; there is no backup: {problem}") from None
    except backups.OtherTables as problem:
        raise click.ClickException(
            f"The tables are of a newer release ({problem}), and a backup by this one would lack what is new. Make it with that one."
        ) from None
    click.echo(f"{made.path}: {made.rows} rows, {made.files} files.")
    click.echo(f"SHA-256 of its manifest: {made.sha256}")
    if sealing.folder().exists():
        click.echo(f"The organisation's key is not in it: keep a copy of {sealing.folder()} by itself.")
    if made.missing:
        click.echo(
            f"{len(made.missing)} files were missing from the store: {', '.join(made.missing)}", err=True
        )
        sys.exit(1)


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_appcontext
def restore(archive: Path) -> None:
    """Fill an empty portal from ARCHIVE and prove that it arrived whole."""
    if not alembic.current():
        alembic.upgrade()
    try:
        with transaction():
            found = restoring.restore(archive, now=now())
    except ArchiveBroken as problem:
        raise click.ClickException(f"The archive is refused: {problem}.") from None
    except StoreAway as problem:
        raise click.ClickException(f"The file store takes nothing; nothing is restored: {problem}") from None
    except restoring.NotEmpty as problem:
        raise click.ClickException(
            f"Only an empty portal can be filled; there are rows in {problem}."
        ) from None
    click.echo(f"{found.rows} rows and {found.files} files restored; every chain of the audit trail holds.")
    click.echo(f"SHA-256 of the archive's manifest: {found.sha256}")
    if found.missing:
        click.echo(f"{len(found.missing)} files were missing when it was made.", err=True)
