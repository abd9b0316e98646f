"""`flask audit`: a kept checkpoint holds the tree to its word, and a proof is checked without the portal's database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.jobs import witnesses
from portal.lib.checkpoints import Checkpoint
from portal.lib.clock import now
from portal.lib.signed_note import verifier
from portal.models import AuditCheckpoint
from portal.services import audit
from portal.storage.audit_key import KEY, KNOWN
from tests import desk
from tests.conftest import both_databases, make_app

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    """Runs `flask audit`."""

    def invoke(*args: Any) -> Result:
        answer = app.test_cli_runner().invoke(args=["audit", *map(str, args)])
        assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exception
        return answer

    return invoke


@pytest.fixture
def grown(app: Flask, run: Run) -> Run:
    """A tree with one checkpoint."""
    note(app, "a", "b", "c")
    return run


def note(app: Flask, *kinds: str) -> None:
    """Notes these, and lets the tree take them in."""
    with app.app_context():
        with transaction():
            for kind in kinds:
                audit.note(kind, at=now(), by=None, stream="trial")
        witnesses.keep_tree()
        db.session.remove()


def unprotected(app: Flask, *statements: str) -> None:
    """Somebody owns the whole database."""
    with app.app_context():
        with transaction():
            for table in ("audit_events", "audit_leaves", "audit_nodes", "audit_checkpoints"):
                for act in ("update", "delete"):
                    on = f" ON {table}" if db.engine.dialect.name == "postgresql" else ""
                    db.session.execute(sa.text(f"DROP TRIGGER {table}_refuse_{act}{on}"))
            for statement in statements:
                db.session.execute(sa.text(statement))
        db.session.remove()


@pytest.fixture
def kept(grown: Run, tmp_path: Path) -> Path:
    """A checkpoint that somebody kept."""
    file = tmp_path / "kept.txt"
    file.write_text(grown("checkpoint").output, encoding="utf-8")
    return file


def test_without_a_log_there_is_nothing_to_print(run: Run) -> None:
    assert (run("verify").exit_code, run("checkpoint").exit_code) == (0, 1)
    assert "no checkpoint yet" in run("verify").output
    assert "no checkpoint yet" in run("checkpoint").output


@both_databases
def test_the_kept_one_is_the_beginning_of_what_came_since(app: Flask, run: Run, kept: Path) -> None:
    assert run("verify", "--checkpoint", kept).exit_code == 0
    for more in ("d", "ef", "ghijk"):
        note(app, *more)
        answer = run("verify", "--checkpoint", kept)
        assert answer.exit_code == 0, answer.output
        assert "The kept checkpoint 1 of" in answer.output
        assert "is its beginning" in answer.output


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\r\n"),
    lambda text: f"\ufeff\n\n{text}\n\n \n",
    lambda text: text.replace("\n", " \n"),
], ids=["windows", "blank lines", "spaces at the end"])  # fmt: skip
def test_what_mail_and_editors_do_to_it_does_no_harm(
    run: Run, kept: Path, change: Callable[[str], str]
) -> None:
    kept.write_bytes(change(kept.read_text(encoding="utf-8")).encode())
    assert run("verify", "--checkpoint", kept).exit_code == 0


@pytest.mark.parametrize("change", [
    lambda text: text.replace("number 1\n", "number 2\n"),
    lambda text: "",
    lambda text: "hello\n",
    lambda text: text.split("—")[0],
    lambda text: text.replace("— ", "- "),
    lambda text: text[:-8] + "AAAAA==\n",
], ids=["another number", "nothing", "a greeting", "no signature", "another dash", "half a signature"])  # fmt: skip
def test_what_is_not_signed_is_refused(run: Run, kept: Path, change: Callable[[str], str]) -> None:
    kept.write_text(change(kept.read_text(encoding="utf-8")), encoding="utf-8")
    answer = run("verify", "--checkpoint", kept)
    assert answer.exit_code == 1
    assert "no checkpoint signed by a key" in answer.output


def test_what_is_no_text_is_refused(run: Run, kept: Path) -> None:
    kept.write_bytes(b"\xff\xfe\x00")
    answer = run("verify", "--checkpoint", kept)
    assert (answer.exit_code, answer.output) == (1, "The kept file is no text.\n")


@both_databases
def test_a_log_that_began_anew_is_not_that_of_the_kept_one(app: Flask, run: Run, kept: Path) -> None:
    """Somebody with the whole database rewrites everything and lets the portal sign it again."""
    anew = [f"DELETE FROM audit_{table}" for table in ("leaves", "nodes", "checkpoints")]
    unprotected(app, *anew, "DELETE FROM audit_events WHERE stream = 'trial'",
                "DELETE FROM audit_streams WHERE name = 'trial'")  # fmt: skip
    note(app, "x", "y", "z", "more")
    assert run("verify").exit_code == 0, "seen from inside all is well"
    answer = run("verify", "--checkpoint", kept)
    assert answer.exit_code == 1
    assert "Checkpoint 1 (" in answer.output
    assert "the tree does not begin as it did then" in answer.output


@pytest.mark.proves("S45")
@both_databases
def test_a_log_that_was_set_back_is_shorter_than_the_kept_one(
    app: Flask, run: Run, kept: Path, tmp_path: Path
) -> None:
    note(app, "d", "e")
    later = tmp_path / "later.txt"
    later.write_text(run("checkpoint").output, encoding="utf-8")
    unprotected(
        app,
        "DELETE FROM audit_events WHERE stream = 'trial' AND seq > 3",
        "UPDATE audit_streams SET seq = 3, hash = (SELECT hash FROM audit_events WHERE stream = 'trial' AND "
        "seq = 3) WHERE name = 'trial'",
        "DELETE FROM audit_leaves WHERE stream = 'trial' AND seq > 3",
        "DELETE FROM audit_nodes WHERE ending > (SELECT count(*) FROM audit_leaves)",
        "DELETE FROM audit_checkpoints WHERE number > 1",
    )
    assert run("verify").exit_code == 0, "seen from inside all is well"
    assert run("verify", "--checkpoint", kept).exit_code == 0
    answer = run("verify", "--checkpoint", later)
    assert answer.exit_code == 1
    assert "Checkpoint 2 (" in answer.output
    assert "the tree is shorter than it" in answer.output


def test_a_checkpoint_of_the_right_form_from_a_strange_key_is_refused(
    app: Flask, run: Run, kept: Path
) -> None:
    with app.app_context():
        row = db.session.get_one(AuditCheckpoint, 1)
    made = Checkpoint("华衡制造建设集团", 1, row.size, bytes.fromhex(row.root), row.at)
    kept.write_text(made.signed(Ed25519PrivateKey.generate()), encoding="utf-8")
    assert run("verify", "--checkpoint", kept).exit_code == 1


def test_a_lost_key_is_told_by_its_public_line(app: Flask, grown: Run) -> None:
    folder = app.config["SETTINGS"].portal_data
    line = grown("key").output
    (folder / KEY).unlink()
    answer = grown("verify")
    assert answer.exit_code == 1
    assert "not signed by a key that is known" in answer.output
    (folder / KNOWN).write_text(line, encoding="utf-8")
    assert grown("verify").exit_code == 0
    note(app, "with the new key")
    assert grown("verify").exit_code == 0
    (folder / KNOWN).write_text("nonsense\n", encoding="utf-8")
    answer = grown("verify")
    assert answer.exit_code == 1
    assert "no public key" in answer.output


def test_a_restored_portal_holds_under_the_key_that_was_kept_apart(
    app: Flask, grown: Run, tmp_path: Path
) -> None:
    assert app.test_cli_runner().invoke(args=["backup", str(tmp_path / "a.zip")]).exit_code == 0
    other = make_app(tmp_path / "other")
    runner = other.test_cli_runner()
    assert runner.invoke(args=["restore", str(tmp_path / "a.zip")]).exit_code == 0
    assert "not signed by a key that is known" in runner.invoke(args=["audit", "verify"]).output
    shutil.copy(app.config["SETTINGS"].portal_data / KEY, tmp_path / "other" / KEY)
    note(other, "after")
    answer = runner.invoke(args=["audit", "verify"])
    assert answer.exit_code == 0, answer.output
    assert "last checkpoint is number 2" in answer.output
    with other.app_context():
        db.engine.dispose()


# The proof of a record


@pytest.fixture
def proof(app: Flask, run: Run, tmp_path: Path) -> Path:
    """The proof of a record's last event."""
    (number,) = desk.start(app, "PU-04", "buyer")
    assert "not in the tree" in run("prove", number).output
    note(app, "a", "b", "c")
    answer = run("prove", number)
    assert answer.exit_code == 0, answer.output
    file = tmp_path / "proof.json"
    file.write_text(answer.output, encoding="utf-8")
    return file


def test_a_proof_is_checked_far_from_the_portal(run: Run, proof: Path, tmp_path: Path) -> None:
    assert run("prove", "--check", proof).exit_code == 0
    key = run("key").output.strip()
    far = make_app(tmp_path / "far")
    elsewhere = far.test_cli_runner()
    answer = elsewhere.invoke(args=["audit", "prove", "--check", str(proof)])
    assert answer.exit_code == 1, "whose key should count?"
    answer = elsewhere.invoke(args=["audit", "prove", "--check", str(proof), "--key", key])
    assert answer.exit_code == 0, answer.output
    event = json.loads(proof.read_text(encoding="utf-8"))["event"]
    assert answer.output.startswith(f"Event {event['seq']} of {event['stream']} stands at leaf ")
    shutil.rmtree(tmp_path / "far", ignore_errors=True)


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another fact": lambda proof: proof["event"]["facts"].update(more=1),
    "another person": lambda proof: proof["event"].update(person=1),
    "a fraction": lambda proof: proof["event"]["facts"].update(more=1.5),
    "another place": lambda proof: proof.update(position=proof["position"] + 1),
    "no place": lambda proof: proof.update(position="1"),
    "a place far off": lambda proof: proof.update(position=10**9),
    "another hash": lambda proof: proof.update(hash="0" * 64),
    "another link before": lambda proof: proof.update(previous="1" * 64),
    "a step less": lambda proof: proof["path"].pop(),
    "a step more": lambda proof: proof["path"].append("0" * 64),
    "a step that is none": lambda proof: proof["path"].append("x"),
    "steps that are none": lambda proof: proof.update(path=None),
    "another checkpoint": lambda proof: proof.update(
        checkpoint=proof["checkpoint"].replace("number", "Number")
    ),
    "no checkpoint": lambda proof: proof.pop("checkpoint"),
    "no text": lambda proof: proof.update(checkpoint=1),
    "no event": lambda proof: proof.pop("event"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_proof_does_not_hold(
    run: Run, proof: Path, change: Callable[[dict[str, Any]], Any]
) -> None:
    given = json.loads(proof.read_text(encoding="utf-8"))
    change(given)
    proof.write_text(json.dumps(given), encoding="utf-8")
    answer = run("prove", "--check", proof)
    assert answer.exit_code == 1
    assert answer.output.startswith("Not proven: ")


@pytest.mark.parametrize("text", ["", "[]", "1", "{}", "{", "\x00", "[" * 100_000])
def test_what_is_no_proof_is_refused(grown: Run, tmp_path: Path, text: str) -> None:
    file = tmp_path / "proof.json"
    file.write_text(text, encoding="utf-8")
    answer = grown("prove", "--check", file)
    assert (answer.exit_code, answer.output) == (1, "Not proven: the file is no proof of the portal.\n")


def test_questions_that_make_no_sense(grown: Run, tmp_path: Path) -> None:
    assert grown("prove").exit_code == 2
    assert grown("prove", "PU-04-2026-0001").exit_code == 1
    (tmp_path / "x").write_text("{}", encoding="utf-8")
    assert grown("prove", "PU-04-2026-0001", "--check", tmp_path / "x").exit_code == 2
    for key in ("x", "", "a+b+c", verifier("a", Ed25519PrivateKey.generate().public_key())[1:]):
        answer = grown("prove", "--check", tmp_path / "x", "--key", key)
        assert (answer.exit_code, answer.output[:3]) == (1, "The" if key else "Not")
