"""`flask audit`: prove the trail."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from flask import current_app
from flask.cli import AppGroup

from portal.cli.audit_words import OWN_KEYS, RECORDS, WRONG, sentence
from portal.database import one_moment
from portal.lib import checkpoints, tree_proof
from portal.lib.checkpoints import Checkpoint
from portal.lib.clock import minute
from portal.lib.signed_note import NotSigned, read_verifier
from portal.queries import audit_tree
from portal.services import audit, own_key_check, proofs, record_check, tree_check
from portal.storage import audit_key

MOST = 50  # findings that are told one by one
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

group = AppGroup("audit", help="The audit trail.")


@group.command()
@click.option("--checkpoint", "kept", type=FILE, help="A checkpoint that somebody kept.")
def verify(kept: Path | None) -> None:
    """Walk every chain, the tree over all, all versions and signatures of records; name what does not hold and exit with 1."""
    one_moment()
    keys = _keys()
    held = _kept(kept, keys) if kept else None
    count, bad, wrong = audit.verify()
    if bad is None:
        click.echo(f"{count} events verified, every chain holds.")
    else:
        click.echo(f"Chain {bad.stream} breaks at event {bad.seq} (row {bad.id}): {WRONG[wrong]}.")
    found = tree_check.check(keys)
    if held is not None and (seen := tree_check.holds(held, keys)) is not None:
        found.append(seen)
    _tell([sentence(one) for one in found])
    holds = all([_records_hold(), _own_keys_hold()])
    if not holds or bad is not None or found:
        sys.exit(1)
    _tell_tree(held)


def _tell(wrong: list[str]) -> None:
    """Says what does not hold: the first lines, and how many more there are."""
    for line in wrong[:MOST]:
        click.echo(line)
    if len(wrong) > MOST:
        click.echo(f"... and {len(wrong) - MOST} more.")


def _records_hold() -> bool:
    """Tells which versions and signatures of records are not as they were written; whether all are."""
    many, wrong = record_check.check()
    _tell([f"{one.what}: {RECORDS[one.kind]}." for one in wrong])
    if not wrong:
        click.echo(f"{many} versions and signatures of records are as they were written.")
    return not wrong


def _own_keys_hold() -> bool:
    """Tells what is wrong with keys of people and their signatures; whether nothing is."""
    many, wrong = own_key_check.check()
    _tell([f"{one.what}: {OWN_KEYS[one.kind]}." for one in wrong])
    if many and not wrong:
        click.echo(f"Signatures by people's own keys: {many} verified.")
    return not wrong


@group.command()
def checkpoint() -> None:
    """Print the last signed checkpoint of the tree."""
    last = audit_tree.last()
    if last is None:
        _fail("There is no checkpoint yet; the jobs make one every few minutes.")
    click.echo(last.note, nl=False)


@group.command()
def key() -> None:
    """Print the public key that proves the checkpoints, as one line to give away."""
    settings = current_app.config["SETTINGS"]
    click.echo(audit_key.public_line(settings.portal_data, settings.company))


@group.command()
@click.argument("number", required=False)
@click.option("--check", "file", type=FILE, help="A proof to check instead of making one; needs no database.")
@click.option(
    "--key", "line", help="The public key of `flask audit key`, where the portal's own is not at hand."
)
def prove(number: str | None, file: Path | None, line: str | None) -> None:
    """Print the proof that the last event of the record NUMBER stands in the tree, or check one."""
    if (number is None) == (file is None):
        raise click.UsageError("give the number of a record, or --check with a file")
    if file is not None:
        _check(file, [_read_key(line)] if line else _keys())
        return
    assert number is not None
    one_moment()
    try:
        proof = proofs.of_record(number)
    except proofs.NotYetUnder:
        _fail(f"The last event of {number} is not in the tree; the jobs add new ones every few minutes.")
    except (LookupError, ValueError):
        _fail("The tree is broken: flask audit verify says where.")
    click.echo(json.dumps(proof, ensure_ascii=False, indent=2))


def _check(file: Path, keys: list[Ed25519PublicKey]) -> None:
    try:
        proof = json.loads(file.read_text(encoding="utf-8"))
        signed = tree_proof.check(proof if isinstance(proof, dict) else {}, keys)
    except tree_proof.NotProven as problem:
        _fail(f"Not proven: {problem}.")
    except (ValueError, RecursionError):
        _fail("Not proven: the file is no proof of the portal.")
    event = proof["event"]
    click.echo(
        f"Event {event['seq']} of {event['stream']} stands at leaf {proof['position'] + 1} of the tree, "
        f"under checkpoint {_named(signed)}."
    )


def _kept(file: Path, keys: list[Ed25519PublicKey]) -> Checkpoint:
    try:
        return checkpoints.read(checkpoints.as_kept(file.read_text(encoding="utf-8")), keys)
    except NotSigned:
        _fail("The kept file is no checkpoint signed by a key that is known here.")
    except ValueError:
        _fail("The kept file is no text.")


def _tell_tree(held: Checkpoint | None) -> None:
    last = audit_tree.last()
    if last is None:
        click.echo("The tree has no checkpoint yet.")
        return
    click.echo(
        f"The tree holds with {last.size} leaves, the last checkpoint is number {last.number} of {minute(last.at)}."
    )
    if held is not None:
        click.echo(f"The kept checkpoint {_named(held)} is its beginning: nothing before it has changed.")


def _named(one: Checkpoint) -> str:
    return f"{one.number} of {minute(one.at)} over {one.size} leaves"


def _keys() -> list[Ed25519PublicKey]:
    try:
        return audit_key.known_keys(current_app.config["SETTINGS"].portal_data)
    except ValueError:
        _fail(f"The file {audit_key.KNOWN} in PORTAL_DATA has a line that is no public key.")


def _read_key(line: str) -> Ed25519PublicKey:
    try:
        return read_verifier(line)
    except ValueError:
        _fail("The key given is no public key of a portal.")


def _fail(why: str) -> NoReturn:
    click.echo(why)
    sys.exit(1)
