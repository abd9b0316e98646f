"""Passwords: what is refused, how they are stored, whom a change signs out."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.clock import now
from portal.models import AuditEvent, SignInSession
from portal.queries.actors import Actor
from portal.services import passwords, sessions
from tests.conftest import STRONG

Find = Callable[[str], Actor]
NEW = "Kupferkanne am Fenster 7"


@pytest.mark.proves("R20", "S8")
@pytest.mark.parametrize("new", ["kurz", "x" * 129, "password2026", "buyer-2026", DEMO_PASSWORD])
def test_bad_ones_are_refused(context: Flask, person: Find, new: str) -> None:
    with pytest.raises(Refusal):
        passwords.prepare(person("buyer").person, DEMO_PASSWORD, new)


@pytest.mark.proves("S8")
def test_the_three_thousand_commonest_are_refused_short_or_not(context: Flask, person: Find) -> None:
    buyer, taken = person("buyer").person, []
    for common in FREQUENCY_LISTS["passwords"][:3000]:
        try:
            passwords.check(buyer, common)
            taken.append(common)
        except Refusal:
            continue
    assert taken == []


@pytest.mark.proves("S8")
@pytest.mark.parametrize(
    "disguised", ["\uff50\uff41\uff53\uff53\uff57\uff4f\uff52\uff441", "HuaHeng2026", "Buyer-2026"]
)
def test_full_width_and_words_of_ones_own_are_no_disguise(
    context: Flask, person: Find, disguised: str
) -> None:
    with pytest.raises(Refusal, match="太容易被猜到"):
        passwords.check(person("buyer").person, disguised)


@pytest.mark.proves("S5")
def test_the_old_one_is_asked_for(context: Flask, person: Find) -> None:
    with pytest.raises(passwords.WrongPassword):
        passwords.prepare(person("buyer").person, "not it at all", NEW)


@pytest.mark.proves("S8")
@pytest.mark.parametrize(
    "new",
    [
        NEW,
        " blank at both ends ",
        "表情😀也可以的密码",
        "天地玄黄宇宙洪荒" * 15 + "日月盈昃辰宿列张",
        "a\u0308pfel-und-birnen",
    ],
)
def test_good_ones_are_kept_whole(context: Flask, person: Find, new: str) -> None:
    stored = passwords.prepare(person("buyer").person, DEMO_PASSWORD, new)
    assert sessions.matches(stored, new)
    assert not sessions.matches(stored, new[:-1])
    assert not sessions.matches(stored, new + "x")


@pytest.mark.proves("R20", "S7")
def test_hashes_are_dear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "HASHER", STRONG)
    assert sessions.hashed(NEW).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_same_characters_match_however_composed(context: Flask) -> None:
    assert sessions.matches(sessions.hashed("äpfel-und-birnen"), "a\u0308pfel-und-birnen")


def test_a_new_one_of_ones_own_ends_the_other_sessions(context: Flask, person: Find) -> None:
    buyer = person("buyer").person
    with transaction():
        here, there = (
            sessions.start(buyer, address="10.0.0.1", agent="", now=now()) for _browser in range(2)
        )
        keep = sessions.find(here, now=now(), hours=12)
        hashed = passwords.prepare(buyer, DEMO_PASSWORD, NEW)
        passwords.store(buyer, hashed, by=buyer.id, now=now(), keep=keep)
    assert sessions.find(here, now=now(), hours=12) is not None
    assert sessions.find(there, now=now(), hours=12) is None
    assert not buyer.must_change_password


@pytest.mark.proves("R19", "R20", "R22")
def test_one_set_by_another_must_be_changed_and_then_carries_the_statement(
    context: Flask, person: Find
) -> None:
    buyer, administrator = person("buyer").person, person("administrator")
    plain, stored = passwords.generate()
    with transaction():
        token = sessions.start(buyer, address="", agent="", now=now())
        passwords.store(buyer, stored, by=administrator.id, now=now())
    assert buyer.must_change_password
    assert sessions.find(token, now=now(), hours=12) is None
    with transaction():
        passwords.store(buyer, passwords.prepare(buyer, plain, NEW), by=buyer.id, now=now())
    assert not buyer.must_change_password
    kinds = set(db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.stream == "people")))
    assert {"password_reset", "password_changed", "signature_statement_given"} <= kinds


@pytest.mark.proves("S7")
def test_a_hash_with_old_parameters_is_renewed_at_sign_in(
    context: Flask, person: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = person("buyer").person
    old = buyer.password_hash
    monkeypatch.setattr(
        sessions, "HASHER", type(sessions.HASHER)(time_cost=3, memory_cost=19 * 1024, parallelism=1)
    )
    proof = sessions.prove("buyer", DEMO_PASSWORD)
    assert proof is not None
    with transaction():
        assert sessions.admit(proof, address="", agent="", now=now())
    assert buyer.password_hash != old
    assert "t=3" in buyer.password_hash


def test_a_proof_is_worthless_once_the_password_has_changed(context: Flask, person: Find) -> None:
    buyer = person("buyer").person
    proof = sessions.prove("buyer", DEMO_PASSWORD)
    assert proof is not None
    with transaction():
        passwords.store(buyer, sessions.hashed(NEW), by=buyer.id, now=now())
        assert sessions.admit(proof, address="", agent="", now=now()) is None
    assert db.session.scalar(sa.select(sa.func.count(SignInSession.id))) == 0
