"""`flask people`: the first administrator."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from portal.database import transaction
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.services import first_administrator, passwords, sessions

group = AppGroup("people", help="People and their rights.")


@group.command("create-administrator")
@click.argument("login")
@click.argument("name")
def create_administrator(login: str, name: str) -> None:
    """Create the first administrator LOGIN, called NAME; print a password that must be changed."""
    plain, password_hash = passwords.generate()
    try:
        with transaction():
            first_administrator.create(sessions.plain_login(login), name, password_hash, now=now())
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
    click.echo(plain)
    click.echo("This password is shown once and must be changed at the first sign-in.", err=True)
