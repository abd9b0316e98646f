"""`flask forms`, `flask registers`, `flask roles`: what the portal serves, for people and machines."""

from __future__ import annotations

import json
from typing import Any

import click
from flask.cli import AppGroup

from portal.domain.roles import ROLES
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.registers import REGISTERS
from portal.lib.i18n import both

forms = AppGroup("forms", help="The forms of the company.")
registers = AppGroup("registers", help="The registers and ledgers.")
roles = AppGroup("roles", help="The roles that people hold.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@forms.command("list")
@as_json
def list_forms(as_json: bool) -> None:
    """List the forms."""
    _print([definition(form) for form in FORMS.values()], as_json, "code")


@registers.command("list")
@as_json
def list_registers(as_json: bool) -> None:
    """List the registers: one of each form, the ledgers and the views."""
    _print([register.describe() for register in REGISTERS.values()], as_json, "key")


@roles.command("list")
@as_json
def list_roles(as_json: bool) -> None:
    """List the roles."""
    found = [
        {"key": role.key, "title": both(role.title), "department": role.department, "virtual": role.virtual}
        for role in ROLES
    ]
    _print(found, as_json, "key")


def _print(rows: list[dict[str, Any]], as_json: bool, key: str) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(f"{row[key]:<28} {row['title']['zh']}  {row['title']['en']}")
