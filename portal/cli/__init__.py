"""Commands of `flask`, one file a group."""

from __future__ import annotations

from functools import cache

import click
from flask import Flask
from flask.cli import AppGroup


class Commands(AppGroup):
    """The groups, which are imported when somebody gives a command: a server does without them and what they need."""

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A group by its name."""
        return _groups().get(name) or super().get_command(ctx, name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all groups."""
        return sorted({*super().list_commands(ctx), *_groups()})


def init_app(app: Flask) -> None:
    """Puts the commands into the place of Flask's own group."""
    commands = Commands()
    commands.commands.update(app.cli.commands)  # what extensions bring
    app.cli = commands


@cache
def _groups() -> dict[str, click.Command]:
    from portal.cli import (  # see `Commands`
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
        sentences,
        tables,
    )

    groups: tuple[click.Command, ...] = (
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
    )
    return {str(group.name): sentences.speaking(group) for group in groups}
