"""What tests put into the books: rows of master data, records of any form, postings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.models import (
    Content,
    Customer,
    FormVersion,
    Person,
    Record,
    RecordLink,
    RecordReader,
    RecordSubject,
    Signature,
)
from portal.services import ledgers

SignIn = Callable[[FlaskClient, str], FlaskClient]
OFFICER = "customer_service_officer"
_numbers = count(1)


class Books:
    """Puts things into the books, each in a write of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def do(self, act: Callable[[], Any]) -> Any:
        """What the act gives, after its write."""
        with self.app.app_context():
            with transaction():
                found = act()
                db.session.flush()
                found = getattr(found, "id", found)
            db.session.remove()
        return found

    def add(self, row: Any) -> int:
        """A row; gives its id."""

        def act() -> Any:
            db.session.add(row)
            return row

        return int(self.do(act))

    def one(self, query: Any) -> Any:
        """What a query finds."""
        with self.app.app_context():
            found = db.session.scalar(query)
            db.session.remove()
        return found

    def customer(self, code: str = "C0001") -> int:
        """The id of a customer."""
        return int(self.one(sa.select(Customer.id).where(Customer.code == code)))

    def person(self, login: str) -> int:
        """The id of a person."""
        return int(self.one(sa.select(Person.id).where(Person.login == login)))

    def about(self, number: str, kind: str = "customer", row: int | None = None) -> None:
        """Lets a record be about a row of master data."""
        id = self.one(sa.select(Record.id).where(Record.number == number))
        self.do(
            lambda: (
                db.session.merge(
                    RecordSubject(kind=kind, row_id=row or self.customer(), record_id=id)
                ).record_id
            )
        )

    def post(self, effect: Any, number: str, at: datetime | None = None) -> None:
        """Posts what a record of this number would post."""
        by = self.person(OFFICER)

        def act() -> None:
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            ledgers.post(effect, record, by=by, now=at or datetime.now(UTC))

        self.do(act)

    def record(
        self,
        code: str,
        *,
        answers: dict[str, Any] | None = None,
        stages: dict[str, dict[str, Any]] | None = None,
        by: str = OFFICER,
        readers: tuple[str, ...] = ("role:customer_service_officer",),
        follows: int | None = None,
        **values: Any,
    ) -> Record:
        """A record of a form, whether the portal serves it or not, with the answers of its opening section and stages."""
        at = values.pop("submitted_at", datetime.now(UTC))
        serial, person = next(_numbers), self.person(by)
        number = f"{code}-1999-{serial:04d}"

        def act() -> Any:
            version = db.session.scalars(sa.select(FormVersion).where(FormVersion.code == code)).first()
            if version is None:
                definition = {"fields": [], "steps": [], "entries": [], "title": {"zh": code, "en": code}}
                version = FormVersion(code=code, sha256=f"trial-{code}", definition=definition, created_at=at)
            applicant = db.session.get_one(Person, person)
            given = {"state": "running", "title": f"{code} 第 {serial} 号", **values}
            record = Record(
                number=number,
                key=f"trial-{serial}",
                form_code=code,
                form_version=version,
                applicant=applicant,
                department=applicant.department,
                submitted_at=at,
                cells={},
                **given,
            )
            db.session.add(record)
            db.session.flush()
            db.session.add(
                Content(
                    record_id=record.id,
                    version=1,
                    form_version_id=version.id,
                    answers=answers or {},
                    sha256="0" * 64,
                    created_by_id=person,
                    created_at=at,
                )
            )
            for step, answered in (stages or {}).items():
                db.session.add(_signature(record.id, version.id, step, answered, person, at))
            for key in readers:
                db.session.add(RecordReader(key=key, form_code=code, record_id=record.id))
            if follows is not None:
                db.session.add(RecordLink(source_id=follows, target_id=record.id, kind="opened"))
            return record

        id = self.do(act)
        with self.app.app_context():
            found = db.session.scalars(sa.select(Record).where(Record.id == id)).one()
            db.session.expunge_all()
            db.session.remove()
        return found

    def sign_again(self, record_id: int, step: str, answers: dict[str, Any]) -> None:
        """Signs a step of a record once more."""
        person, at = self.person(OFFICER), datetime.now(UTC)

        def act() -> None:
            record = db.session.get_one(Record, record_id)
            db.session.add(_signature(record_id, record.form_version_id, step, answers, person, at))

        self.do(act)


def _signature(
    record_id: int, version_id: int, step: str, answers: dict[str, Any], person: int, at: datetime
) -> Signature:
    return Signature(
        record_id=record_id,
        version=1,
        round=1,
        step=step,
        act="signed",
        meaning="filled",
        person_id=person,
        authority={},
        form_version_id=version_id,
        answers=answers,
        content_sha256="0" * 64,
        sha256="0" * 64,
        signed_at=at,
    )
