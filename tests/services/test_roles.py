"""Roles: granted by another person, with a reason, from-to; heads likewise."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.domain.refusal import ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.clock import now, today
from portal.models import AuditEvent, Notice
from portal.queries import people
from portal.queries.actors import Actor
from portal.services import roles
from portal.services.roles import OwnRights

Find = Callable[[str], Actor]


@pytest.mark.proves("R3")
def test_a_grant_is_in_force_at_once_and_in_the_trail(context: Flask, person: Find) -> None:
    administrator, buyer = person("administrator"), person("buyer")
    with transaction():
        roles.grant(
            buyer.person, "cashier", today(), None, by=administrator, reason="replaces Feng", now=now()
        )
    assert "cashier" in person("buyer").roles
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "role_granted")).one()
    assert event.person_id == administrator.id
    assert event.facts["reason"] == "replaces Feng"
    assert db.session.scalar(sa.select(Notice).where(Notice.person_id == buyer.id)) is not None


@pytest.mark.proves("R3")
def test_nobody_grants_themselves_anything(context: Flask, person: Find) -> None:
    administrator = person("administrator")
    with pytest.raises(OwnRights), transaction():
        roles.grant(
            administrator.person,
            "general_manager",
            today(),
            None,
            by=administrator,
            reason="why not",
            now=now(),
        )
    with pytest.raises(OwnRights), transaction():
        roles.end(administrator.person.grants[0], by=administrator, reason="tired", now=now())
    management = people.department("management")
    with pytest.raises(OwnRights), transaction():
        roles.change_department(
            management, administrator.person, "", [], by=administrator, reason="mine", now=now()
        )


@pytest.mark.parametrize(
    ("role", "start", "end", "reason"),
    [
        ("buyer", 0, None, "has it already"),
        ("employee", 0, None, "virtual"),
        ("customer", 0, None, "outside"),
        ("nonsense", 0, None, "unknown"),
        ("cashier", 5, 4, "ends before it starts"),
        ("cashier", -9, -1, "over already"),
        ("cashier", 0, None, ""),
    ],
)
def test_what_makes_no_sense_is_refused(
    context: Flask, person: Find, role: str, start: int, end: int | None, reason: str
) -> None:
    first = today() + timedelta(days=start)
    last = today() + timedelta(days=end) if end is not None else None
    with pytest.raises(Refusal), transaction():
        roles.grant(
            person("buyer").person, role, first, last, by=person("administrator"), reason=reason, now=now()
        )


def test_taking_away_works_at_once_and_the_role_can_come_back(context: Flask, person: Find) -> None:
    administrator, buyer = person("administrator"), person("buyer").person
    with transaction():
        roles.end(buyer.grants[0], by=administrator, reason="moved", now=now())
    assert "buyer" not in person("buyer").roles
    with pytest.raises(Refusal), transaction():
        roles.end(buyer.grants[0], by=administrator, reason="again", now=now())
    with transaction():
        roles.grant(buyer, "buyer", today(), None, by=administrator, reason="came back", now=now())
    assert "buyer" in person("buyer").roles


def test_a_new_head_and_other_names(context: Flask, person: Find) -> None:
    administrator, quality = person("administrator"), people.department("quality")
    head = person("document_controller").person
    with pytest.raises(ReasonMissing), transaction():
        roles.change_department(quality, head, "Quality", [], by=administrator, reason="", now=now())
    with pytest.raises(Refusal), transaction():
        roles.change_department(
            quality, head, "Quality", ["施工部"], by=administrator, reason="taken", now=now()
        )
    with transaction():
        names = ["品管部", " 品管部 ", ""]
        roles.change_department(
            quality, head, "Quality", names, by=administrator, reason="promoted", now=now()
        )
    assert quality.head_id == head.id
    assert quality.aliases == ["品管部"]
    assert person("document_controller").headed == (quality.id,)
