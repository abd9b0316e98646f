"""An auditor's desk in the small company: records with a sealed print and hostile attachments, packages of them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.jobs import prints
from portal.lib.clock import now, today
from portal.models import AuditPackage, Person, Record
from portal.queries.actors import actor
from portal.services import conversation, uploads

HOSTILE = (
    "../../etc/passwd.txt",
    "照片.png",
    "照片.PNG",
    "con.txt",
    "=cmd|'x'.txt",
    "a" * 300 + ".txt",
    "..",
)


def furnish(app: Flask) -> tuple[str, str]:
    """Seals the print of one record, puts files with hostile names to another; returns the numbers of both."""
    with app.app_context():
        finished = db.session.scalars(
            sa.select(Record).where(Record.state == "finished").order_by(Record.id)
        ).unique()
        first, second = [(one.id, one.number) for one in finished][:2]
        keep = prints.make({"record": first[0]}, now())
        assert keep is not None
        with transaction():
            keep()
        with transaction():
            record = db.session.get_one(Record, second[0])
            person = db.session.scalars(sa.select(Person).where(Person.login == "buyer")).unique().one()
            kept = [
                uploads.keep(name, f"bytes of {place}".encode(), kind(name), by=person.id, now=now())
                for place, name in enumerate(HOSTILE)
            ]
            references = [one.reference() for one in kept]
            conversation.comment(record, actor(person, today()), "=附件", references, now=now())
        db.session.remove()
    return first[1], second[1]


def kind(name: str) -> str:
    """The type of a file by its name."""
    return "image/png" if name.lower().endswith(".png") else "text/plain"


def ask(client: FlaskClient, **data: Any) -> int:
    """Asks for a package of all that fits; returns its id."""
    answer = client.post("/trail/packages", data=data)
    assert answer.status_code == 303, answer.text
    with client.application.app_context():
        found = db.session.scalar(sa.select(sa.func.max(AuditPackage.id)))
        db.session.remove()
    assert isinstance(found, int)
    return found


def work(app: Flask) -> int:
    """Lets a worker do all that is due."""
    with app.app_context():
        done = worker.drain()
        db.session.remove()
    return done


def package(app: Flask, id: int) -> AuditPackage:
    """The row of a package."""
    with app.app_context():
        found = db.session.get_one(AuditPackage, id)
        db.session.expunge(found)
        db.session.remove()
    return found


def download(client: FlaskClient, id: int) -> bytes:
    """The file of a package."""
    with client.post(f"/trail/packages/{id}/downloads") as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Disposition"].startswith(
            f"attachment; filename=audit-package-{id}.zip"
        )
        return answer.data


def members(data: bytes) -> dict[str, bytes]:
    """The members of a package, in their order."""
    with zipfile.ZipFile(io.BytesIO(data)) as zip:
        return {name: zip.read(name) for name in zip.namelist()}


def manifest(data: bytes) -> dict[str, Any]:
    """What the manifest of a package says."""
    found: dict[str, Any] = json.loads(members(data)["manifest.json"])
    return found


def lying(app: Flask) -> set[str]:
    """The names of the files in the folder of packages, half written ones too."""
    return {one.name for one in (app.config["SETTINGS"].portal_data / "packages").glob("*")}
