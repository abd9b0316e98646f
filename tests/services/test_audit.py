"""The trail: chained, append-only in both databases, and every way of tampering is found where it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from portal.extensions import db
from portal.lib.hashing import GENESIS, chain
from portal.models import AuditEvent, AuditStream, Signature
from portal.queries import history
from portal.services import audit, signatures
from tests.services.engine_forms import External, OneRole, Staged
from tests.services.office import NOW, Office

APPEND_ONLY = (
    "audit_events",
    "contents",
    "signatures",
    "stock_entries",
    "count_entries",
    "credit_entries",
    "ledger_entries",
)
pytestmark = pytest.mark.requirement("R8")


def run(statement: str, **values: object) -> None:
    """Plain SQL, as an intruder with the database password would type it."""
    db.session.flush()
    db.session.execute(sa.text(statement), values)


@contextmanager
def unprotected() -> Iterator[None]:
    """The triggers of the trail out of the way: somebody owns the whole database."""
    if db.engine.dialect.name == "postgresql":
        run("ALTER TABLE audit_events DISABLE TRIGGER USER")
    else:
        run("DROP TRIGGER audit_events_refuse_update")
        run("DROP TRIGGER audit_events_refuse_delete")
    yield


def notes(*kinds: str, stream: str = "trial") -> list[AuditEvent]:
    """A chain of its own with these events."""
    return [audit.note(kind, at=NOW, by=None, stream=stream, text="as it was") for kind in kinds]


def change(events: list[AuditEvent]) -> None:
    """Another text in the middle."""
    run("""UPDATE audit_events SET facts = '{"text": "other"}' WHERE id = :id""", id=events[2].id)


def change_into_what_was_never_written(events: list[AuditEvent]) -> None:
    """A fact of a kind that the pen refuses."""
    run("""UPDATE audit_events SET facts = '{"text": 1.5}' WHERE id = :id""", id=events[2].id)


def change_who(events: list[AuditEvent]) -> None:
    """Somebody else did it."""
    run("UPDATE audit_events SET person_id = 1 WHERE id = :id", id=events[2].id)


def change_when(events: list[AuditEvent]) -> None:
    """It was later."""
    run("UPDATE audit_events SET at = :at WHERE id = :id", at=NOW.replace(tzinfo=None), id=events[2].id)
    later = NOW + timedelta(minutes=1)
    db.session.execute(sa.update(AuditEvent).where(AuditEvent.id == events[2].id).values(at=later))


def drop_middle(events: list[AuditEvent]) -> None:
    """An event less."""
    run("DELETE FROM audit_events WHERE id = :id", id=events[2].id)


def drop_and_close_up(events: list[AuditEvent]) -> None:
    """An event less, and the numbers closed up."""
    drop_middle(events)
    for event in events[3:]:
        run("UPDATE audit_events SET seq = seq - 1 WHERE id = :id", id=event.id)


def cut(events: list[AuditEvent]) -> None:
    """The last events gone."""
    run("DELETE FROM audit_events WHERE id >= :id", id=events[3].id)


def swap(events: list[AuditEvent]) -> None:
    """Two events in each other's place."""
    for id, seq in ((events[2].id, -1), (events[3].id, events[2].seq), (events[2].id, events[3].seq)):
        run("UPDATE audit_events SET seq = :seq WHERE id = :id", id=id, seq=seq)


def slip_in(events: list[AuditEvent]) -> None:
    """An event more at the end, made by hand."""
    last = events[-1]
    run(
        "INSERT INTO audit_events (stream, seq, at, kind, address, facts, hash) "
        "SELECT stream, seq + 1, at, 'forged', '', facts, hash FROM audit_events WHERE id = :id",
        id=last.id,
    )


def rechain(events: list[AuditEvent]) -> None:
    """A changed event, and every hash after it made to fit; only the head still knows."""
    change(events)
    db.session.expire_all()
    hash = GENESIS
    for event in [db.session.get_one(AuditEvent, one.id) for one in events]:
        hash = chain(hash, audit.content(event))
        run("UPDATE audit_events SET hash = :hash WHERE id = :id", hash=hash, id=event.id)


def set_head_back(events: list[AuditEvent]) -> None:
    """The head points at an event before the last."""
    run("UPDATE audit_streams SET seq = 2, hash = :hash WHERE name = 'trial'", hash=events[1].hash)


def drop_head(events: list[AuditEvent]) -> None:
    """The head is gone."""
    run("DELETE FROM audit_streams WHERE name = 'trial'")


def drop_all(events: list[AuditEvent]) -> None:
    """The whole chain is gone but for its head."""
    run("DELETE FROM audit_events WHERE stream = 'trial'")


TAMPERING: list[tuple[Callable[[list[AuditEvent]], None], int, str]] = [
    (change, 3, "changed"),
    (change_into_what_was_never_written, 3, "changed"),
    (change_who, 3, "changed"),
    (change_when, 3, "changed"),
    (drop_middle, 4, "missing"),
    (drop_and_close_up, 3, "changed"),
    (cut, 3, "cut"),
    (swap, 4, "missing"),
    (slip_in, 6, "changed"),
    (rechain, 5, "changed"),
    (set_head_back, 5, "cut"),
    (drop_head, 5, "cut"),
    (drop_all, 0, "cut"),
]


def find(tamper: Callable[[list[AuditEvent]], None]) -> tuple[str, int, str]:
    """What the walk names after somebody has tampered with a chain that held before."""
    events = notes("a", "b", "c", "d", "e")
    notes("other", stream="beside")
    good, bad, _why = audit.verify()
    assert (bad, good) == (None, db.session.scalar(sa.select(sa.func.count(AuditEvent.id))))
    with unprotected():
        tamper(events)
    _good, bad, why = audit.verify()
    assert bad is not None
    return bad.stream, bad.seq, why


@pytest.mark.proves("R8", "R11", "S45")
@pytest.mark.parametrize(("tamper", "seq", "wrong"), TAMPERING, ids=lambda one: getattr(one, "__name__", ""))
def test_the_first_bad_row_is_named(
    office: Office, tamper: Callable[[list[AuditEvent]], None], seq: int, wrong: str
) -> None:
    assert find(tamper) == ("trial", seq, wrong)


@pytest.mark.proves("R8", "R11", "S45")
@pytest.mark.both_databases
def test_it_is_named_on_either_database(real_office: Office) -> None:
    for tamper, seq, wrong in TAMPERING:
        assert find(tamper) == ("trial", seq, wrong), tamper.__name__
        db.session.rollback()
        db.session.expunge_all()


@pytest.mark.proves("R8", "R9", "R15", "R32", "S45")
@pytest.mark.both_databases
@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_the_database_itself_refuses(real_office: Office, act: str) -> None:
    office = real_office
    notes("a")
    record = office.submit(Staged)
    office.sign(record, "quality_manager", {"verdict": "good"})
    _fill_ledgers(record.id, office.id("buyer"))
    for table in APPEND_ONLY:
        statement = f"DELETE FROM {table}" if act == "DELETE" else f"UPDATE {table} SET id = id"
        with pytest.raises(DatabaseError, match="append-only"), db.session.begin_nested():
            run(statement)


@pytest.mark.proves("R5")
def test_the_moment_is_the_same_in_every_zone(office: Office) -> None:
    there = datetime(2026, 5, 12, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    audit.note("a", at=there, by=None, stream="trial")
    db.session.flush()
    db.session.expire_all()
    assert audit.verify()[1] is None


def test_each_record_has_a_chain_of_its_own(office: Office) -> None:
    one, other = office.submit(OneRole), office.submit(OneRole)
    office.sign(one, "quality_manager")
    for record, count in ((one, 2), (other, 1)):
        events = history.events(record)
        assert [event.seq for event in events] == list(range(1, count + 1))
        assert {event.stream for event in events} == {f"record:{record.id}"}
        head = db.session.get_one(AuditStream, f"record:{record.id}")
        assert (head.seq, head.hash) == (count, events[-1].hash)


def test_a_fact_that_json_cannot_spell_is_refused(office: Office) -> None:
    with pytest.raises(TypeError):
        audit.note("a", at=NOW, by=None, stream="trial", number=1.5)


# Signatures


@pytest.mark.proves("R17")
@pytest.mark.requirement("R17")
def test_a_signature_fits_its_own_record_only(office: Office) -> None:
    one, other = office.submit(OneRole), office.submit(OneRole)
    signature = office.sign(one, "quality_manager")
    assert signatures.fingerprint(one, signature) == signature.sha256
    assert signatures.fingerprint(other, signature) != signature.sha256


CHANGES: dict[str, object] = {
    "act": "refused",
    "answers": {"verdict": "bad"},
    "authority": {"role": "general_manager"},
    "content_sha256": "0" * 64,
    "drawn_id": 99,
    "files": [{"id": 1}],
    "form_version_id": 1,
    "meaning": "checked",
    "on_behalf_of_id": 1,
    "opinion": "other",
    "outside_name": "李四",
    "outside_role": "customer",
    "outside_way": "paper",
    "person_id": 1,
    "round": 2,
    "signed_at": datetime(2026, 5, 13, tzinfo=UTC),
    "step": "last",
    "version": 2,
}


@pytest.mark.proves("R11", "R17")
@pytest.mark.requirement("R17")
@pytest.mark.parametrize("name", sorted(CHANGES))
def test_nothing_in_a_signature_can_be_changed_unseen(office: Office, name: str) -> None:
    office.submit(External)  # the first form version is another's
    record = office.submit(Staged)
    signature = office.sign(record, "quality_manager", {"verdict": "good"})
    db.session.flush()
    db.session.expunge(signature)
    setattr(signature, name, CHANGES[name])
    assert signatures.fingerprint(record, signature) != signature.sha256


def test_every_column_of_a_signature_is_covered() -> None:
    apart = {"id", "record_id", "task_id", "sha256"}
    apart |= {"own_key", "own_signature"}  # made over the hash; which key it was stands in `authority`
    assert set(Signature.__table__.columns.keys()) - apart == set(CHANGES)


@pytest.mark.proves("R17")
def test_a_signature_covers_the_drawing_itself(office: Office) -> None:
    record = office.submit(External)
    signature = office.sign(record, "buyer")
    assert signature.drawn_id == office.drawing()
    assert len(signature.authority["drawing"]) == 64


@pytest.mark.proves("R17")
@pytest.mark.requirement("R17")
def test_a_signature_names_the_content_that_was_shown(office: Office) -> None:
    record = office.submit(Staged)
    shown = office.seen(record)
    signature = office.sign(record, "quality_manager", {"verdict": "good"})
    assert signature.content_sha256 == shown != office.seen(record)
    (event,) = [one for one in history.events(record) if one.kind == "step_signed"]
    assert event.facts["signature"] == signature.sha256


def _fill_ledgers(record_id: int, by: int) -> None:
    """A line in each ledger, so that there is something to change."""
    facts = {"record": record_id, "by": by, "at": NOW}
    posted = "record_id, posted_by_id, posted_at"
    values = ":record, :by, :at"
    rows = {
        "count_entries": ("item_id, place, before, counted, reason", "1, 'A', 0, 0, ''"),
        "credit_entries": (
            "customer_id, old_limit, new_limit, old_days, new_days, effective_on",
            "1, 0, 0, 0, 0, '2026-05-12'",
        ),
        "ledger_entries": ("ledger, facts", "'x', '{}'"),
    }
    for table, (columns, given) in rows.items():
        statement = sa.text(f"INSERT INTO {table} ({columns}, {posted}) VALUES ({given}, {values})")
        db.session.execute(statement.bindparams(sa.bindparam("at", type_=AuditEvent.at.type)), facts)
