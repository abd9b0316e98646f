"""`flask directory`: whether the directory that checks passwords can be asked, and knows somebody."""

from __future__ import annotations

import sys
from typing import NoReturn

import click
from flask.cli import AppGroup

from portal.lib import directory_asked as ldap
from portal.lib.directory import Directory, Unreachable
from portal.queries import people
from portal.services import directory, sessions

group = AppGroup("directory", help="The company's directory (LDAP), which checks passwords.")


@group.command("check")
@click.argument("login")
@click.option("--password", is_flag=True, help="Ask for the password and hold it against the directory.")
def check(login: str, password: bool) -> None:
    """Try the connection, look for LOGIN, and say what is wrong."""
    known = directory.known()
    if known is None:
        _fail("No directory is set: LDAP_URL is empty.")
    try:
        _try(known, sessions.plain_login(login), password)
    except Unreachable as why:
        _fail(f"The directory cannot be asked: {why}.")


def _try(known: Directory, login: str, password: bool) -> None:
    name = ldap.find(known, login)
    click.echo("The directory answers, encrypted, and its certificate is good.")
    if name is None:
        _fail(f"It does not know exactly one entry with the login {login}.")
    click.echo(f"{login} is {name}" + (", by LDAP_PERSON." if known.person else "."))
    if password:
        typed = click.prompt("Password", hide_input=True)
        if not ldap.fits(known, login, typed):
            _fail("It does not take this password.")
        click.echo("It takes this password.")
    person = people.by_login(login)
    if person is None or not person.active:
        _fail("But nobody at work has this login in the portal, so nobody gets in by it.")
    if not person.of_directory:
        _fail("But in the portal this person has a password of the portal; an administrator changes that.")


def _fail(why: str) -> NoReturn:
    click.echo(why, err=True)
    sys.exit(1)
