"""`flask procedures`: the controlled documents, for people and machines, and how an empty portal gets them."""

from __future__ import annotations

import json
import sys
from itertools import groupby
from operator import attrgetter
from typing import Any

import click
from flask.cli import AppGroup

from portal.cli.catalogue import as_json
from portal.database import transaction
from portal.domain.refusal import Refusal
from portal.forms.procedure_list import procedures
from portal.jobs import publications
from portal.lib.clock import now, today
from portal.models import Person
from portal.queries import people
from portal.services import library
from portal.services import publications as histories
from portal.storage.shipped import shipped

group = AppGroup("procedures", help="The controlled documents.")


@group.command("list")
@as_json
def list_procedures(as_json: bool) -> None:
    """List the documents with their revisions, clauses and what is bound to these."""
    found = procedures(today())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for row in found:
        click.echo(_line(row))
    click.echo(f"{len(found)} documents.")


@group.command()
@click.option("--by", "login", default="", help="Login of who takes them in; else the first who may.")
def load(login: str) -> None:
    """Take the documents that come with the portal into its library; those that it has stay as they are."""
    editions = [list(found) for _code, found in groupby(shipped(), key=attrgetter("code"))]
    made = 0
    try:
        with (
            transaction(),
            click.progressbar(editions, label="Taking in the documents") as bar,
        ):
            by = _person(login).id
            for one in bar:
                made += len(library.load(one, effective_on=today(), by=by, now=now()))
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None
    click.echo(f"{made} revisions taken in; {sum(map(len, editions)) - made} were there already.")


@group.command()
@click.option("--publish", is_flag=True, help="Write first what is missing, instead of waiting for the jobs.")
def history(publish: bool) -> None:
    """Say where the published texts can be cloned from, and prove that they are those of the database."""
    if publish:
        note = publications.make({}, now())
        with transaction():
            note()
    kept = histories.history()
    click.echo(f"git clone {kept.folder}")
    click.echo(f"{len(kept.log())} publications; {histories.waiting()} revisions wait for theirs.")
    wrong = histories.verify()
    for said in wrong:
        click.echo(said, err=True)
    if wrong:
        sys.exit(1)
    click.echo("The history agrees with the database.")


def _person(login: str) -> Person:
    """Who takes them in: the person named, else a document controller, else an administrator."""
    if login:
        found = people.by_login(login)
        if found is None or not found.active:
            raise click.ClickException(f"There is nobody at work with the login {login}.")
        return found
    for role in ("document_controller", "administrator"):
        if holders := people.page(role=role, today=today(), size=1):
            return holders[0]
    raise click.ClickException(
        "There is nobody yet who could take them in. Run: flask people create-administrator LOGIN NAME"
    )


def _line(row: dict[str, Any]) -> str:
    forms = {form for clause in row["clauses"] for form in clause["forms"]}
    forms |= {step["form"] for clause in row["clauses"] for step in clause["steps"]}
    return (
        f"{row['code']:<10} {row['effective_revision'] or '-':<5} {row['state']:<15}"
        f"{len(row['clauses']):>4} clauses {len(forms):>3} forms  {row['title']['zh']}  {row['title']['en']}"
    )
