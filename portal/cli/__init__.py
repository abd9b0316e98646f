"""Commands of `flask`, one file a group."""

from __future__ import annotations

from flask import Flask

from portal.cli import (
    audit,
    backups,
    catalogue,
    demo,
    directory,
    files,
    jobs,
    people,
    procedures,
    seal,
    search,
    tables,
)


def init_app(app: Flask) -> None:
    """Registers the groups."""
    for group in (
        catalogue.forms,
        catalogue.registers,
        catalogue.roles,
        audit.group,
        people.group,
        directory.group,
        procedures.group,
        jobs.group,
        demo.group,
        seal.group,
        files.group,
        search.group,
        backups.backup,
        backups.restore,
        tables.group,
    ):
        app.cli.add_command(group)
