"""Guessing is slowed per account and address, for all workers, and never locks the owner out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.models import Notice, SignInAttempt
from portal.queries.actors import Actor
from portal.services import guessing, sessions
from portal.services.guessing import TooManyAttempts, note_failure, slow_guessing

NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)


def fail(account: str, address: str, times: int, at: datetime = NOW) -> None:
    for _time in range(times):
        with transaction():
            note_failure(account, address, now=at)


@pytest.mark.proves("R20", "S9")
def test_the_ninth_try_waits(context: Flask) -> None:
    fail("buyer", "10.0.0.1", guessing.PER_ACCOUNT)
    with pytest.raises(TooManyAttempts):
        slow_guessing("buyer", "10.0.0.1", now=NOW)
    with pytest.raises(TooManyAttempts):
        fail("buyer", "10.0.0.1", 1)
    slow_guessing("buyer", "10.0.0.2", now=NOW)  # the owner, elsewhere
    slow_guessing("foreman", "10.0.0.1", now=NOW)
    slow_guessing("buyer", "10.0.0.1", now=NOW + timedelta(minutes=16))


@pytest.mark.proves("S9")
def test_an_address_that_tries_many_accounts_waits(context: Flask) -> None:
    for number in range(guessing.PER_ADDRESS):
        fail(f"nobody{number}", "10.0.0.1", 1)
    with pytest.raises(TooManyAttempts):
        slow_guessing("buyer", "10.0.0.1", now=NOW)
    slow_guessing("buyer", "10.0.0.2", now=NOW)


@pytest.mark.proves("S9")
def test_an_account_tried_from_everywhere_stays_open_where_its_owner_is_known(
    context: Flask, person: Callable[[str], Actor]
) -> None:
    with transaction():
        sessions.start(person("buyer").person, address="10.0.9.9", agent="", now=NOW - timedelta(days=3))
    for number in range(guessing.ANYWHERE):
        fail("buyer", f"10.1.0.{number}", 1)
    with pytest.raises(TooManyAttempts):
        slow_guessing("buyer", "10.2.0.1", now=NOW)
    slow_guessing("buyer", "10.0.9.9", now=NOW)


@pytest.mark.proves("R21")
def test_the_security_officer_is_told_of_a_row_once(context: Flask, person: Callable[[str], Actor]) -> None:
    fail("buyer", "10.0.0.1", guessing.PER_ACCOUNT)
    officer = person("security_officer").id
    assert db.session.scalar(sa.select(sa.func.count(Notice.id)).where(Notice.person_id == officer)) == 1


@pytest.mark.proves("R21")
def test_the_security_officer_is_told_at_once_when_somebody_signs_with_a_wrong_password(
    context: Flask, person: Callable[[str], Actor]
) -> None:
    with transaction():
        note_failure("buyer", "10.0.0.1", now=NOW, kind=guessing.SIGNING)
    officer = person("security_officer").id
    assert db.session.scalar(sa.select(sa.func.count(Notice.id)).where(Notice.person_id == officer)) == 1


def test_old_failures_are_forgotten(context: Flask) -> None:
    fail("buyer", "10.0.0.1", 3)
    fail("foreman", "10.0.0.1", 1, NOW + timedelta(days=2))
    assert db.session.scalars(sa.select(SignInAttempt.account)).all() == ["foreman"]
