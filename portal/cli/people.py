"""`flask people`: the first administrator, and the day on which the only one has lost the second factor."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup

from portal.database import transaction
from portal.domain.refusal import NotFound, Refusal
from portal.lib.clock import now
from portal.lib.i18n import _l
from portal.lib.text import clean
from portal.queries import people
from portal.services import factor_resets, first_administrator, passwords, sessions

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


@group.command("reset-second-factor")
@click.argument("login")
@click.option("--reason", required=True, help="Why; it goes into the audit trail.")
def reset_second_factor(login: str, reason: str) -> None:
    """End the second factor of LOGIN, who must set one up anew. Administrators do this for others in the portal."""
    try:
        with transaction():
            person = people.by_login(sessions.plain_login(login))
            if person is None:
                raise NotFound(_l("没有登录名为“%(login)s”的人员。"), login=login)
            factor_resets.reset_from_outside(person, reason=clean(reason), now=now())
    except Refusal as refusal:
        click.echo(str(refusal), err=True)
        sys.exit(1)
