"""The signature row: what comes with it, the authority frozen into it, the hash that ties it to its record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.domain.permissions import Authority, person_key
from portal.domain.refusal import ContentChanged
from portal.extensions import db
from portal.lib.hashing import canonical_json, sha256
from portal.models import FormVersion, Person, Record, Signature, StoredFile, Task
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import attachments, content, subjects, tasks
from portal.services.own_keys import KeyLocked, OpenKey

COVERED = (
    "version", "round", "step", "act", "meaning", "person_id", "on_behalf_of_id", "authority",
    "outside_role", "outside_name", "outside_way", "answers", "opinion", "files", "drawn_id", "content_sha256",
)  # fmt: skip
"""What the hash of a signature covers of its row, besides the record, the form version and the moment."""


@dataclass(frozen=True)
class Hand:
    """What comes with a signature besides the stage: opinion, files, a drawing, an outside signer.

    `seen` is the hash of the content that the page showed; the signature covers just that. `key` is the person's own,
    open: whoever has one signs with it, but for what an outside signer does by a link. `passkey` is the fingerprint of the
    one that has answered a question about just this signature.
    """

    seen: str
    opinion: str = ""
    files: tuple[dict[str, Any], ...] = ()
    drawn_id: int | None = None
    outside_name: str = ""
    outside_way: str = ""  # device, link, paper, told
    confirmed_by: str = "password"
    key: OpenKey | None = None
    passkey: str = ""


def check_seen(record: Record, seen: str) -> None:
    """Nothing has changed since the page was drawn.

    Raises:
        ContentChanged: something has.
    """
    if history.shown_hash(history.content(record), history.signatures(record)) != seen:
        raise ContentChanged


def write(
    record: Record,
    task: Task | None,
    by: Actor,
    authority: Authority,
    act: str,
    meaning: str,
    hand: Hand,
    answers: dict[str, Any],
    now: datetime,
    step: str = "",
) -> Signature:
    """The signature row, with the authority of this second frozen into it, and the task's end.

    It is written to the database with what follows from it, in one flush.

    Raises:
        KeyLocked: the person signs with a key of their own, and it is not open.
    """
    key = _key(by, hand)
    lender = db.session.get(Person, authority.lender) if authority.lender else None
    version = content.version_now(record, now)
    signature = Signature(
        record_id=record.id,
        task_id=task.id if task else None,
        version=record.version,
        round=record.round,
        step=step or (task.step if task else ""),
        act=act,
        meaning=meaning,
        person_id=by.id,
        person=by.person,
        on_behalf_of_id=authority.lender,
        on_behalf_of=lender,
        authority=_snapshot(by, lender, authority, hand, key),
        outside_role=task.outside if task else "",
        outside_name=hand.outside_name,
        outside_way=hand.outside_way,
        form_version_id=version.id,
        form_version=version,
        answers={name: value for name, value in answers.items() if value is not None},
        opinion=hand.opinion,
        files=list(hand.files),
        drawn_id=hand.drawn_id,
        content_sha256=hand.seen,
        sha256="",
        signed_at=now,
    )
    signature.sha256 = fingerprint(record, signature)
    if key is not None:
        signature.own_key, signature.own_signature = key.public, key.sign(signature.sha256)
    record.signatures.append(signature)
    tasks.let_read(record, [person_key(by.id)])  # for good, whatever becomes of role or substitution
    if task is not None:
        tasks.end(task, "done", now=now, by=by.id)
    attachments.adopt(record, [signature.answers, signature.files], hand.drawn_id)
    if signature.answers:
        defined = history.stage(signature)["fields"]
        content.link_named(record, defined, signature.answers)
        subjects.note(record, defined, signature.answers)
    return signature


def fingerprint(record: Record, signature: Signature) -> str:
    """What ties a signature to its record: moved, copied or changed, it no longer fits."""
    covered = {name: getattr(signature, name) for name in COVERED}
    signed_at = signature.signed_at.astimezone(UTC).isoformat()
    form = db.session.get_one(FormVersion, signature.form_version_id).sha256
    covered |= {"record": record.number, "form_version": form, "signed_at": signed_at}
    return sha256(canonical_json(covered))


def _key(by: Actor, hand: Hand) -> OpenKey | None:
    """The key to sign with: the person's own, if there is one and it is the person who signs.

    Raises:
        KeyLocked: it is not open, or has ended meanwhile.
    """
    if hand.confirmed_by != "password" or by.person.own_key_id is None:
        return None
    if hand.key is None or hand.key.id != by.person.own_key_id:
        raise KeyLocked
    return hand.key


def _snapshot(
    by: Actor, lender: Person | None, authority: Authority, hand: Hand, own: OpenKey | None
) -> dict[str, Any]:
    """The role held, the department, the substitution, passkey and own key, as they are at this second."""
    kind, _colon, rest = authority.key.partition(":")
    drawing = db.session.get_one(StoredFile, hand.drawn_id).sha256 if hand.drawn_id is not None else None
    return {
        "name": by.name,
        "number": by.person.number,
        "department": by.person.department.name,
        "key": authority.key,
        "role": rest if kind == "role" else kind,
        "on_behalf_of": lender.name if lender else "",
        "substitution": authority.substitution,
        "confirmed_by": "passkey" if hand.passkey else hand.confirmed_by,
        "drawing": drawing,
        **({"passkey": hand.passkey} if hand.passkey else {}),
        **({"own_key": own.sha256} if own is not None else {}),
    }
