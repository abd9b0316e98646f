"""The tree over all events: every event once, in the order of ids, however many write; and every forgery is named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskCliRunner

from portal.database import transaction
from portal.extensions import db
from portal.jobs import witnesses
from portal.lib import merkle
from portal.lib.checkpoints import Checkpoint, read
from portal.lib.clock import minute
from portal.lib.hashing import GENESIS, chain
from portal.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditNode
from portal.services import audit, audit_tree
from portal.storage.audit_key import KEY, known_keys, signing_key
from tests.services.crowd import Crowd
from tests.services.office import NOW, Office

pytestmark = [pytest.mark.both_databases, pytest.mark.requirement("R8")]
TABLES = ("audit_events", "audit_leaves", "audit_nodes", "audit_checkpoints")


def write(*kinds: str, stream: str = "trial") -> None:
    """A write that notes these, a minute apart."""
    with transaction():
        for step, kind in enumerate(kinds):
            audit.note(kind, at=NOW + timedelta(minutes=step), by=None, stream=stream, text="as it was")


def events(stream: str = "trial") -> list[AuditEvent]:
    db.session.rollback()
    db.session.expire_all()
    query = sa.select(AuditEvent).where(AuditEvent.stream == stream).order_by(AuditEvent.seq)
    return list(db.session.scalars(query))


def run(statement: str, **values: object) -> None:
    """Plain SQL, as an intruder with the whole database would type it."""
    db.session.execute(sa.text(statement), values)


def unprotect() -> None:
    """The triggers out of the way: somebody owns the whole database."""
    with transaction():
        for table in TABLES:
            if db.engine.dialect.name == "postgresql":
                run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                run(f"DROP TRIGGER {table}_refuse_update")
                run(f"DROP TRIGGER {table}_refuse_delete")


def leaves() -> list[AuditLeaf]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(AuditLeaf).order_by(AuditLeaf.position)))


def points() -> list[AuditCheckpoint]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(sa.select(AuditCheckpoint).order_by(AuditCheckpoint.number)))


@pytest.fixture
def runner(context: Flask) -> FlaskCliRunner:
    return context.test_cli_runner()


@pytest.fixture
def grown(runner: FlaskCliRunner) -> FlaskCliRunner:
    """A tree with three checkpoints; the chain `trial` stands under all of them."""
    write("a", "b", "c")
    witnesses.keep_tree()
    write("d", "e")
    write("x", stream="beside")
    witnesses.keep_tree()
    write("f", "g")
    witnesses.keep_tree()
    assert verify(runner) == (0, [])
    unprotect()
    return runner


def verify(runner: FlaskCliRunner, *more: str) -> tuple[int, list[str]]:
    """How `flask audit verify` ends, and its lines that say that something is wrong."""
    db.session.remove()
    answer = runner.invoke(args=["audit", "verify", *more])
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
    fine = ("every chain holds", "The tree holds", "is its beginning", "are as they were written")
    return answer.exit_code, [
        line for line in answer.output.splitlines() if not any(one in line for one in fine)
    ]


# What the job does


def test_every_event_once_in_the_order_of_ids(context: Flask) -> None:
    write("a", "b")
    write("c", stream="beside")
    assert witnesses.keep_tree() == db.session.scalar(sa.select(sa.func.count(AuditEvent.id)))
    rows = leaves()
    assert [row.position for row in rows] == list(range(len(rows)))
    every = db.session.scalars(sa.select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(row.event_id, row.hash) for row in rows] == [(event.id, event.hash) for event in every]


def test_checkpoints_are_signed_and_prove_each_other(context: Flask) -> None:
    settings = context.config["SETTINGS"]
    write("a")
    witnesses.keep_tree()
    write("b", "c")
    assert witnesses.keep_tree() == 2
    one, two = (read(row.note, known_keys(settings.portal_data)) for row in points())
    assert (one.number, two.number, two.origin) == (1, 2, settings.company)
    hashes = [merkle.leaf_hash(row.hash.encode()) for row in leaves()]
    tree = merkle.Peaks()
    for hash in hashes:
        tree.add(hash)
    assert (two.size, two.root) == (len(hashes), tree.root())
    path = merkle.consistency(audit_tree.audit_tree.node, one.size, two.size)
    assert merkle.extends(two.root, two.size, one.root, one.size, path)


def test_nothing_new_no_checkpoint(context: Flask) -> None:
    write("a")
    assert witnesses.keep_tree() > 0
    assert witnesses.keep_tree() == 0
    assert len(points()) == 1


def test_many_events_come_in_several_writes(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    witnesses.keep_tree()
    write(*"abcdefg")
    monkeypatch.setattr(audit_tree, "AT_ONCE", 3)
    before = points()[-1].size
    assert witnesses.keep_tree() == 7
    assert [row.size - before for row in points()] == [0, 3, 6, 7]


def test_the_key_is_made_once_and_for_its_owner_only(context: Flask) -> None:
    folder = context.config["SETTINGS"].portal_data
    write("a")
    witnesses.keep_tree()
    key = (folder / KEY).read_bytes()
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    write("b")
    witnesses.keep_tree()
    assert (folder / KEY).read_bytes() == key
    assert [file.name for file in folder.iterdir() if file.name.startswith(".audit-key")] == []


def test_several_who_need_the_key_first_get_the_same(tmp_path: Path) -> None:
    start, found = threading.Barrier(8), []

    def need() -> None:
        start.wait(20)
        found.append(signing_key(tmp_path).public_key().public_bytes_raw())

    threads = [threading.Thread(target=need) for _one in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(20)
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.proves("R8")
@pytest.mark.parametrize("table", TABLES[1:])
@pytest.mark.parametrize("act", ["UPDATE", "DELETE"])
def test_the_database_itself_refuses(context: Flask, table: str, act: str) -> None:
    write("a", "b")
    witnesses.keep_tree()
    column = {"audit_leaves": "hash", "audit_nodes": "hash", "audit_checkpoints": "note"}[table]
    statement = f"DELETE FROM {table}" if act == "DELETE" else f"UPDATE {table} SET {column} = {column}"
    with pytest.raises(sa.exc.DatabaseError, match="append-only"), transaction():
        run(statement)


# Many at once


def noting(place: int, count: int) -> Callable[[Office], None]:
    def act(_office: Office) -> None:
        for number in range(count):
            audit.note("a", at=NOW, by=None, stream=f"crowd:{place}", number=number)
            db.session.flush()

    return act


def test_many_writers_while_the_job_appends(app: Flask) -> None:
    crowd, stop, added = Crowd(app), threading.Event(), []

    def job() -> None:
        with app.app_context():
            while not stop.is_set():
                added.append(witnesses.keep_tree())
                db.session.remove()

    jobs = [threading.Thread(target=job) for _job in range(2)]
    for one in jobs:
        one.start()
    try:
        for _round in range(5):
            assert crowd.together(*(noting(place, 1 + place % 4) for place in range(8))) == [None] * 8
    finally:
        stop.set()
        for one in jobs:
            one.join(60)
    with app.app_context():
        witnesses.keep_tree()
        count = db.session.scalar(sa.select(sa.func.count(AuditEvent.id)))
        rows = leaves()
        assert [row.position for row in rows] == list(range(count))
        assert [row.event_id for row in rows] == sorted({row.event_id for row in rows})
        assert points()[-1].size == count
        assert len(added) > 1
        assert verify(app.test_cli_runner()) == (0, [])


def test_a_lower_id_that_ends_later_is_waited_for(context: Flask, database: str) -> None:
    """On PostgreSQL the later id is seen first; on SQLite the second writer waits for the first."""
    write("a")
    witnesses.keep_tree()
    began, go_on, done = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        with context.app_context(), transaction():
            audit.note("slow", at=NOW, by=None, stream="slow")
            db.session.flush()
            began.set()
            assert go_on.wait(60)
        done.set()

    thread = threading.Thread(target=slow)
    thread.start()
    assert began.wait(60)
    if database == "postgresql":
        write("quick", stream="quick")
        assert witnesses.keep_tree() == 0, "the lower id may still come"
    go_on.set()
    thread.join(60)
    if database == "sqlite":
        write("quick", stream="quick")
    assert done.is_set()
    assert witnesses.keep_tree() == 2
    assert [row.stream for row in leaves()[-2:]] == ["slow", "quick"]


# What an intruder does


def put_right(hashes: dict[int, str]) -> None:
    """Gives events these hashes, and the head of their chain the last of them."""
    for id, hash in hashes.items():
        run("UPDATE audit_events SET hash = :hash WHERE id = :id", id=id, hash=hash)
    run("UPDATE audit_streams SET hash = :hash WHERE name = 'trial'", hash=list(hashes.values())[-1])


def edit() -> None:
    run("""UPDATE audit_events SET facts = '{"text": "other"}' WHERE id = :id""", id=events()[2].id)


def delete() -> None:
    run("DELETE FROM audit_events WHERE id = :id", id=events()[2].id)


def swap() -> None:
    one, other = events()[2].id, events()[3].id
    for id, to in ((one, -1), (other, one), (-1, other)):
        run("UPDATE audit_events SET id = :to WHERE id = :id", id=id, to=to)


def cut() -> None:
    """The last two gone, and the head put back."""
    kept = events()
    run("DELETE FROM audit_events WHERE id = :one OR id = :two", one=kept[5].id, two=kept[6].id)
    run("UPDATE audit_streams SET seq = 5, hash = :hash WHERE name = 'trial'", hash=kept[4].hash)


def rechain() -> None:
    """A changed event, and every later link with the head made to fit."""
    edit()
    db.session.flush()
    hash, hashes = GENESIS, {}
    for event in db.session.scalars(
        sa.select(AuditEvent)
        .where(AuditEvent.stream == "trial")
        .order_by(AuditEvent.seq)
        .execution_options(populate_existing=True)
    ):
        hashes[event.id] = hash = chain(hash, audit.content(event))
    put_right(hashes)


def edit_leaf() -> None:
    run("UPDATE audit_leaves SET hash = :hash WHERE stream = 'trial' AND seq = 3", hash="0" * 64)


def edit_leaf_words() -> None:
    run("UPDATE audit_leaves SET seq = 33 WHERE stream = 'trial' AND seq = 3")


def drop_leaf() -> None:
    run("DELETE FROM audit_leaves WHERE stream = 'trial' AND seq = 3")


def rechain_with_leaves() -> None:
    rechain()
    run("UPDATE audit_leaves SET hash = (SELECT hash FROM audit_events WHERE id = event_id)")


def rewrite_all_but_signatures() -> None:
    """Events, chains, leaves and subtrees all fit; only what was signed does not."""
    rechain_with_leaves()
    run("DELETE FROM audit_nodes")
    tree = merkle.Peaks()
    hashes = db.session.execute(sa.text("SELECT hash FROM audit_leaves ORDER BY position")).scalars().all()
    for hash in hashes:
        for level, made in tree.add(merkle.leaf_hash(hash.encode())):
            db.session.add(AuditNode(ending=tree.size, level=level, hash=made.hex()))
    db.session.flush()


def edit_node() -> None:
    run(
        "UPDATE audit_nodes SET hash = :hash WHERE level = 1 AND ending = (SELECT max(ending) FROM audit_nodes)",
        hash="0" * 64,
    )


def forge_checkpoint() -> None:
    """Signed by somebody else's key."""
    row = db.session.get_one(AuditCheckpoint, 2)

    note = Checkpoint("华衡制造建设集团", 2, row.size, bytes(32), row.at).signed(Ed25519PrivateKey.generate())
    run("UPDATE audit_checkpoints SET note = :note, root = :root WHERE number = 2", note=note, root="0" * 64)


def edit_checkpoint() -> None:
    run("UPDATE audit_checkpoints SET root = :root WHERE number = 2", root="0" * 64)


def drop_checkpoint() -> None:
    run("DELETE FROM audit_checkpoints WHERE number = 2")


def drop_last_checkpoint() -> None:
    run("DELETE FROM audit_checkpoints WHERE number = 3")


def shrink() -> None:
    """The tree's end is gone, with its events."""
    cut()
    run("DELETE FROM audit_leaves WHERE stream = 'trial' AND seq > 5")


def slip_in() -> None:
    run(
        "INSERT INTO audit_events (id, stream, seq, at, kind, address, facts, hash) "
        "SELECT -1, 'new', 1, at, kind, '', facts, hash FROM audit_events WHERE id = :id",
        id=events()[0].id,
    )


def line(seq: int, wrong: str, stream: str = "trial", minutes: int = 0) -> str:
    """How a sentence about an event begins and ends."""
    at = minute(NOW + timedelta(minutes=minutes))
    return f"Event {seq} of {stream} ({at}) {wrong}"


WAYS: list[tuple[Callable[[], None], list[str]]] = [
    (edit, ["Chain trial breaks at event 3"]),
    (delete, ["Chain trial breaks at event 4", line(3, "deleted after it was taken into the tree", minutes=2)]),
    (swap, [line(3, "in the place of another", minutes=2), line(4, "in the place of another")]),
    (cut, [line(6, "deleted", minutes=0), line(7, "deleted", minutes=1)]),
    (rechain, [line(seq, "changed after it was taken into the tree", minutes=at) for seq, at in zip((3, 4, 5, 6, 7), (2, 0, 1, 0, 1), strict=True)]),
    (edit_leaf, [line(3, "its leaf in the tree was changed", minutes=2)]),
    (edit_leaf_words, [line(3, "its leaf in the tree was changed", minutes=2)]),
    (drop_leaf, [line(4, "a leaf of the tree before its own is missing"), line(3, "slipped in", minutes=2)]),
    (rechain_with_leaves, [line(3, "up to its leaf the tree is not what checkpoint 1 has signed", minutes=2)]),
    (rewrite_all_but_signatures, [line(3, "up to its leaf the tree is not what checkpoint 1 has signed", minutes=2)]),
    (edit_node, ["a subtree that ends with its leaf"]),
    (forge_checkpoint, ["Checkpoint 2 (", "not signed by a key that is known"]),
    (edit_checkpoint, ["Checkpoint 2 (", "does not say what was signed"]),
    (drop_checkpoint, ["Checkpoint 2 (", "it was removed"]),
    (drop_last_checkpoint, [line(7, "checkpoint 3 was removed", minutes=1)]),
    (shrink, ["Checkpoint 3 (", "the tree is shorter than it"]),
    (slip_in, [line(1, "slipped in", stream="new")]),
]  # fmt: skip


@pytest.mark.proves("R8", "R11")
@pytest.mark.parametrize(("tamper", "said"), WAYS, ids=lambda one: getattr(one, "__name__", ""))
def test_it_is_found_and_named(grown: FlaskCliRunner, tamper: Callable[[], None], said: list[str]) -> None:
    events()
    with transaction():
        tamper()
    code, lines = verify(grown)
    assert code == 1
    for words in said:
        start, _close, rest = words.partition(") ")
        assert any((one.startswith(start) and rest in one) or words in one for one in lines), (words, lines)
    if all(words.startswith("Event ") for words in said):
        assert len([one for one in lines if one.startswith("Event ")]) == len(said), lines
