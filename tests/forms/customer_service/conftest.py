"""The customers, people and files that these forms speak of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any

import pytest
from flask import Flask

from portal.extensions import db
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE
from portal.lib.pinyin import spellings
from portal.models import (
    Content,
    Customer,
    Department,
    FormVersion,
    LedgerEntry,
    Person,
    Record,
    RecordLink,
    RoleGrant,
    Signature,
)

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)


class World:
    """A small world for stories; it knows two customers, of which one has a file."""

    def __init__(self, seed: int, customers: list[Ref], people: Mapping[str, Ref], department: Ref) -> None:
        self.rng, self.now = Random(seed), NOW
        self.customers, self.people, self.department = customers, people, department
        self.applicant = people["zhao"]

    @property
    def today(self) -> date:
        return self.now.astimezone(ZONE).date()

    def person(self, role: str) -> Ref:
        return self.people["sun" if role == "foreman" else "zhao"]

    def one(self, kind: str) -> Ref:
        if kind == "customer":
            return self.rng.choice(self.customers)
        return self.department if kind == "department" else Ref(1, "搅拌车 P001")

    def record(self, *codes: str) -> Ref | None:
        return None

    def number(self, code: str) -> Ref:
        return Ref(None, f"{code}-2026-{self.rng.randint(1, 9999):04d}")

    def answers_of(self, record: Ref) -> Mapping[str, Any]:
        return {}

    def file(self, name: str) -> dict[str, Any]:
        return {"id": 1, "name": name, "type": "application/pdf", "size": 1, "sha256": "0" * 64}

    def photo(self, name: str) -> dict[str, Any]:
        return {**self.file(name), "type": "image/jpeg"}

    def signature(self, name: str) -> dict[str, Any]:
        return self.photo(name)


@pytest.fixture
def make_customer(app_context: Flask) -> Callable[..., Ref]:
    """Enters a customer and gives its reference."""
    numbers = count(1)

    def make(name: str = "宁波恒远重工机械有限公司", **values: Any) -> Ref:
        row = Customer(code=f"C{next(numbers):04d}", name=name, search_key=spellings(name), **values)
        db.session.add(row)
        db.session.flush()
        return Ref(row.id, row.label)

    return make


@pytest.fixture
def customer(make_customer: Callable[..., Ref]) -> Ref:
    """A customer with a file and some credit."""
    return make_customer(
        status="cooperating",
        file_number="DA-2026-0001",
        credit_code="91330200MA00000001",
        phone="0574-8765 4321",
        credit_limit=Decimal(200000),
        credit_days=30,
        arrears=Decimal("52000.50"),
    )


@pytest.fixture
def departments(app_context: Flask) -> dict[str, Department]:
    """Customer service and engineering."""
    found = {key: Department(key=key, name=name) for key, name in DEPARTMENTS.items()}
    db.session.add_all(found.values())
    db.session.flush()
    return found


DEPARTMENTS = {"customer_service": "客户服务部", "engineering": "工程部"}


@pytest.fixture
def people(departments: dict[str, Department]) -> dict[str, Ref]:
    """Zhao Min of customer service, and Sun Qiang who is a foreman."""
    found = {}
    for key, name, department in (("zhao", "赵敏", "customer_service"), ("sun", "孙强", "engineering")):
        person = Person(
            login=key, number=key.upper(), name=name, department_id=departments[department].id, created_at=NOW
        )
        db.session.add(person)
        db.session.flush()
        found[key] = Ref(person.id, person.label)
    return found


@pytest.fixture
def officer(people: dict[str, Ref]) -> Ref:
    """Zhao Min as an officer of customer service."""
    since = NOW.date() - timedelta(days=30)
    db.session.add(RoleGrant(person_id=people["zhao"].id, role="customer_service_officer", starts_on=since))
    db.session.flush()
    return people["zhao"]


@pytest.fixture
def make_record(people: dict[str, Ref], departments: dict[str, Department]) -> Callable[..., Record]:
    """Enters a record with this number, as far as forms look at it: its state, applicant and opening answers."""

    def make(
        number: str,
        *,
        state: str = "running",
        by: str = "zhao",
        closed_at: datetime | None = None,
        **answers: Any,
    ) -> Record:
        code = number[: number.index("-2026")]
        version = FormVersion(code=code, sha256=number, definition={}, created_at=NOW)
        db.session.add(version)
        db.session.flush()
        record = Record(
            number=number,
            key=number,
            form_code=code,
            form_version_id=version.id,
            applicant_id=people[by].id,
            department_id=departments["customer_service"].id,
            state=state,
            submitted_at=NOW,
            closed_at=closed_at,
        )
        db.session.add(record)
        db.session.flush()
        if answers:
            content = Content(
                record_id=record.id,
                version=1,
                form_version_id=version.id,
                answers=answers,
                sha256="0" * 64,
                created_by_id=record.applicant_id,
                created_at=NOW,
            )
            db.session.add(content)
            db.session.flush()
        return record

    return make


@pytest.fixture
def stored() -> Callable[[Ref], dict[str, Any]]:
    """A reference as records keep it."""
    return lambda ref: {"id": ref.id, "text": ref.text}


@pytest.fixture
def link() -> Callable[[Record, Record, str], None]:
    """Links two records."""

    def make(source: Record, target: Record, kind: str) -> None:
        db.session.add(RecordLink(source_id=source.id, target_id=target.id, kind=kind))
        db.session.flush()

    return make


@pytest.fixture
def sign(people: dict[str, Ref]) -> Callable[..., None]:
    """Enters an act on a record at a step."""

    def make(record: Record, step: str, act: str = "signed", **answers: Any) -> None:
        signature = Signature(
            record_id=record.id,
            version=1,
            round=1,
            step=step,
            act=act,
            meaning=act,
            person_id=people["zhao"].id,
            authority={},
            form_version_id=record.form_version_id,
            answers=answers,
            content_sha256="0" * 64,
            sha256="0" * 64,
            signed_at=NOW,
        )
        db.session.add(signature)
        db.session.flush()

    return make


@pytest.fixture
def put(make_record: Callable[[str], Record], sign: Callable[..., None]) -> Callable[..., Ref]:
    """Enters a record with stored opening answers and stages, finished unless said; gives its reference."""

    def make(
        number: str, answers: Mapping[str, Any], state: str = "finished", **stages: Mapping[str, Any]
    ) -> Ref:
        record = make_record(number)
        record.state, record.closed_at = state, NOW if state == "finished" else None
        content = Content(
            record_id=record.id,
            version=1,
            form_version_id=record.form_version_id,
            answers=dict(answers),
            sha256="0" * 64,
            created_by_id=record.applicant_id,
            created_at=NOW,
        )
        named = {one["id"] for one in answers.values() if isinstance(one, Mapping) and one.get("id")}
        known = [id for id in named if db.session.get(Record, id)]
        links = [RecordLink(source_id=record.id, target_id=id, kind="named") for id in known]
        db.session.add_all([content, *links])
        for step, given in stages.items():
            sign(record, step, **given)
        db.session.flush()
        return Ref(record.id, number)

    return make


@pytest.fixture
def enter(make_record: Callable[[str], Record], people: dict[str, Ref]) -> Callable[..., LedgerEntry]:
    """Enters a line of a plain ledger, posted by a record of this number."""

    def make(ledger: str, number: str, facts: Mapping[str, Any], **about: Any) -> LedgerEntry:
        record = make_record(number)
        record.state = "finished"
        line = LedgerEntry(
            ledger=ledger,
            facts=dict(facts),
            record_id=record.id,
            posted_by_id=people["zhao"].id,
            posted_at=NOW,
            **about,
        )
        db.session.add(line)
        db.session.flush()
        return line

    return make


@pytest.fixture
def filed() -> Callable[..., Filed]:
    """A record as hooks see it."""

    def make(code: str, *, id: int = 1, department_id: int = 1, **answers: Any) -> Filed:
        return Filed(id, f"{code}-2026-0007", code, answers, 12, department_id, 12, {}, NOW)

    return make


@pytest.fixture
def worlds(
    make_customer: Callable[..., Ref], customer: Ref, people: dict[str, Ref]
) -> Callable[[int], World]:
    """A world by its seed."""
    known = [customer, make_customer("苏州金桥建材贸易有限公司")]
    return lambda seed: World(seed, known, people, Ref(1, "客户服务部"))


@pytest.fixture
def walk() -> Callable[..., dict[str, Any]]:
    """Walks a story through the whole route, as it comes, and gives all its answers."""

    def go(form: Any, story: Any, world: World) -> dict[str, Any]:
        opening = form(answers=story.opening(world), context={"@now": world.now})
        assert opening.validate(), opening.errors
        answers = opening.answers()
        step = form.signoff.following(None, answers)
        while step is not None:
            if step.fills is not None:
                known = {**answers, "@now": world.now}
                stage = step.fills(answers=story.stages[step.key](world, answers), context=known)
                assert stage.validate(), (step.key, stage.errors)
                answers = {**answers, **stage.answers()}
            assert step.outcome(answers) is None, step.key
            step = form.signoff.following(step.key, answers)
        return answers

    return go
