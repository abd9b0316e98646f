"""People sign with keys of their own: set up, used with and without a window, lost with the password, ended."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.config import ROOT
from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import windows
from portal.lib import own_keys
from portal.lib.clock import today
from portal.lib.hashing import canonical_json
from portal.models import OutsideLink, OwnKey, Person, Record, Signature, SignInSession, Substitution
from portal.queries import record_page
from portal.services import printing, record_data
from tests import desk
from tests.architecture.visitors import found
from tests.conftest import both_databases
from tests.own_keys import MANAGER, PAGE, Manager, is_by
from tests.walk import DRAWING
from tests.web.conftest import alerts, value

SignIn = Callable[[FlaskClient, str], FlaskClient]
NEW = "Kupferkanne am Fenster 7"
START = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
OVER = timedelta(minutes=11)  # longer than the signing window


@pytest.fixture
def manager(app: Flask, client: FlaskClient, sign_in: SignIn) -> Manager:
    found = Manager(app, sign_in(client, MANAGER))
    assert found.set_up().status_code == 303
    return found


def wipe(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.update(SignInSession).values(**values))


def test_without_a_key_nothing_is_added(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    person = Manager(app, sign_in(client, MANAGER))
    page = client.get(PAGE).text
    assert "您还没有本人密钥" in page
    assert person.sign().status_code == 303
    signature = person.signature()
    assert (signature.own_key, signature.own_signature) == (None, None)
    assert "own_key" not in signature.authority
    assert person.window() is None


@both_databases
def test_a_key_signs_from_its_making_on(manager: Manager) -> None:
    key = manager.key()
    (made,) = manager.events("own_key_made")
    assert (made.facts["sha256"], made.facts["person"]) == (key.sha256, made.person_id)
    assert key.sha256 in manager.browser.get(PAGE).text
    assert manager.sign().status_code == 303, "without the password again, within the window"
    assert is_by(manager.signature(), key)
    assert manager.sign(_password=DEMO_PASSWORD).status_code == 303
    assert is_by(manager.signature(), key)


def test_nothing_that_opens_it_is_stored(manager: Manager) -> None:
    key, row = manager.key(), manager.row()
    assert key.locked.startswith("scrypt$")
    window = manager.window()
    assert window
    with manager.app.app_context():
        about = f"{row.token_hash} {key.sha256}"
        private = own_keys.release(row.held_key or "", window, about)
        assert own_keys.public(private) == key.public_key, "both together open it"
        stored = "".join(map(repr, db.session.execute(sa.text("SELECT * FROM sign_in_sessions")).all()))
        stored += "".join(map(repr, db.session.execute(sa.text("SELECT * FROM own_keys")).all()))
        db.session.remove()
        with pytest.raises(own_keys.Locked):
            own_keys.release(row.held_key or "", own_keys.window(), about)
    assert window not in stored
    assert "PRIVATE KEY" not in stored


@pytest.mark.parametrize("lost", ["row", "cookie", "other"])
def test_one_half_alone_does_not_sign(manager: Manager, lost: str) -> None:
    if lost == "row":
        wipe(manager.app, held_key=None, held_until=None)
    else:
        with manager.browser.session_transaction() as cookie:
            cookie["window"] = "" if lost == "cookie" else own_keys.window()
    before = manager.signature().id
    refused = manager.sign()
    assert refused.status_code == 422
    assert "本人密钥，密钥现在没有打开" in alerts(refused.text)
    assert 'name="_password"' in refused.text
    assert manager.signature().id == before
    assert manager.sign(_password=DEMO_PASSWORD).status_code == 303
    assert is_by(manager.signature(), manager.key())
    assert manager.sign().status_code == 303, "the window is open again"


def test_a_wrong_password_does_not_sign_although_the_window_is_open(manager: Manager) -> None:
    before = manager.signature().id
    refused = manager.sign(_password="wrong")
    assert "密码不正确，签署没有写入" in alerts(refused.text)
    assert manager.signature().id == before


@both_databases
def test_the_window_ends_and_both_halves_go(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    with time_machine.travel(START, tick=False) as clock:
        person = Manager(app, sign_in(client, MANAGER))
        person.set_up()
        with app.app_context():
            assert windows.shut() == 0
        clock.move_to(START + OVER)
        refused = person.sign()
        assert "请输入密码" in alerts(refused.text)
        assert person.window() is None
        with app.app_context():
            assert windows.shut() == 1
            assert windows.shut() == 0
        assert (person.row().held_key, person.row().held_until) == (None, None)
        assert person.sign(_password=DEMO_PASSWORD).status_code == 303
        assert is_by(person.signature(), person.key())
        assert person.window()


def test_a_held_key_that_outlasts_its_time_does_not_sign(manager: Manager) -> None:
    wipe(manager.app, held_until=datetime.now(UTC) - timedelta(seconds=1))
    assert "密钥现在没有打开" in alerts(manager.sign().text)


def test_without_windows_each_signature_asks(manager: Manager) -> None:
    settings = manager.app.config["SETTINGS"]
    manager.app.config["SETTINGS"] = settings.model_copy(update={"signing_window_minutes": 0})
    assert manager.sign(_password=DEMO_PASSWORD).status_code == 303
    assert is_by(manager.signature(), manager.key())
    assert (manager.row().held_key, manager.window()) == (None, None)
    assert manager.sign().status_code == 422


def test_signing_in_opens_the_window_and_signing_out_shuts_it(manager: Manager) -> None:
    browser = manager.browser
    browser.post("/sign-out")
    assert (manager.row().held_key, manager.window()) == (None, None)
    browser.post("/sign-in", data={"login": MANAGER, "password": DEMO_PASSWORD})
    assert manager.sign().status_code == 303
    assert is_by(manager.signature(), manager.key())


def test_confirming_opens_the_window(manager: Manager) -> None:
    wipe(manager.app, held_key=None, held_until=None)
    assert browser_confirms(manager, "wrong") == 422
    assert manager.row().held_key is None
    assert browser_confirms(manager, DEMO_PASSWORD) == 303
    assert manager.sign().status_code == 303
    assert is_by(manager.signature(), manager.key())


def browser_confirms(manager: Manager, password: str) -> int:
    return manager.browser.post("/confirm", data={"password": password}).status_code


def test_several_at_once_are_all_signed_with_it(manager: Manager) -> None:
    desk.start(manager.app, "PU-04", "buyer", 3)
    tasks = re.findall(r'name="task" value="([\d.:]+)"', manager.browser.get("/").text)
    assert len(tasks) == 3
    with manager.browser.session_transaction() as cookie:
        window = cookie.pop("window")
    refused = manager.browser.post("/tasks/approve", data={"task": tasks})
    assert refused.status_code == 422
    assert "密钥现在没有打开" in alerts(refused.text)
    with manager.browser.session_transaction() as cookie:
        cookie["window"] = window
    assert "已批准 3 项" in manager.browser.post("/tasks/approve", data={"task": tasks}).text
    with manager.app.app_context():
        found = db.session.scalars(sa.select(Signature).order_by(Signature.id.desc()).limit(3)).all()
        assert all(is_by(one, manager.key()) for one in found)
        db.session.remove()


def test_sending_back_and_refusing_are_signed_with_it_too(manager: Manager) -> None:
    key = manager.key()
    for op in ("return", "refuse"):
        assert manager.sign(_op=op, _opinion="请再核对").status_code == 303
        assert (manager.signature().act, is_by(manager.signature(), key)) == (
            "returned" if op == "return" else "refused",
            True,
        )


def test_a_substitute_signs_with_the_substitutes_key(manager: Manager) -> None:
    day = today()
    with manager.app.app_context(), transaction():
        ids = dict(db.session.execute(sa.select(Person.login, Person.id)).all())
        away, acting = ids[MANAGER], ids["employee"]
        leave = {"person_id": away, "substitute_id": acting, "created_by_id": away, "reason": "休假"}
        db.session.add(Substitution(**leave, starts_on=day, ends_on=day, forms=[]))
    other = Manager(manager.app, manager.app.test_client())
    other.browser.post("/sign-in", data={"login": "employee", "password": DEMO_PASSWORD})
    assert other.sign().status_code == 303
    assert other.signature().own_key is None, "the substitute has no key, and cannot use that of who is away"
    assert other.set_up().status_code == 303
    assert other.sign().status_code == 303
    signature = other.signature()
    assert signature.on_behalf_of_id is not None
    assert is_by(signature, other.key())


@both_databases
def test_a_new_password_takes_the_key_along(manager: Manager) -> None:
    key, before = manager.key(), manager.key().locked
    changed = {"old": DEMO_PASSWORD, "new": NEW, "again": NEW}
    assert manager.browser.post("/account/password", data={**changed, "old": "wrong"}).status_code == 422
    assert manager.key().locked == before
    assert manager.browser.post("/account/password", data=changed).status_code == 303
    assert manager.key().locked != before
    assert manager.sign().status_code == 303
    assert is_by(manager.signature(), key)
    wipe(manager.app, held_key=None)
    assert manager.sign(_password=DEMO_PASSWORD).status_code == 422
    assert manager.sign(_password=NEW).status_code == 303
    assert is_by(manager.signature(), key)


@both_databases
@pytest.mark.parametrize("act", ["passwords", "leave"])
def test_a_reset_by_others_ends_it(manager: Manager, sign_in: SignIn, act: str) -> None:
    manager.sign()
    signature, key = manager.signature(), manager.key()
    admin = sign_in(manager.app.test_client(), "administrator")
    with manager.app.app_context():
        person = db.session.scalars(sa.select(Person).where(Person.login == MANAGER)).unique().one().id
        if act == "leave":  # who heads a department cannot leave
            db.session.execute(sa.text(f"UPDATE departments SET head_id = NULL WHERE head_id = {person}"))
            db.session.commit()
        db.session.remove()
    done = admin.post(f"/admin/people/{person}/{act}", data={"reason": "忘记密码"})
    assert done.status_code in (200, 303), alerts(done.text)
    ended = manager.key()
    assert (ended.locked, ended.public_key) == ("", key.public_key)
    assert ended.ended_at is not None
    (event,) = manager.events("own_key_ended")
    assert event.facts["sha256"] == key.sha256
    assert event.facts["why"] == ("password_reset" if act == "passwords" else "retired")
    assert is_by(signature, ended), "what was signed with it still verifies"
    assert manager.browser.get(PAGE).status_code == 302, "the session is over"


def test_a_new_one_replaces_the_old_one(manager: Manager) -> None:
    first = manager.key()
    manager.sign()
    signature = manager.signature()
    assert manager.set_up("wrong").status_code == 422
    assert manager.key().id == first.id
    twice = value(manager.browser.get(PAGE).text, "seen")
    for status in (303, 409):
        sent = manager.browser.post(PAGE, data={"password": DEMO_PASSWORD, "seen": twice})
        assert sent.status_code == status, "what is sent twice makes one"
    second = manager.key()
    assert second.sha256 != first.sha256
    assert manager.sign().status_code == 303
    assert is_by(manager.signature(), second)
    assert is_by(signature, first)
    (event,) = manager.events("own_key_renewed")
    assert (event.facts["before"], event.facts["sha256"]) == (first.sha256, second.sha256)
    page = manager.browser.get(PAGE).text
    assert first.sha256 in page
    assert "本人换新" in page


def test_ending_needs_the_password(manager: Manager) -> None:
    key = manager.key()
    wrong = manager.browser.post(f"{PAGE}/end", data={"password": "wrong", "seen": key.sha256})
    assert (wrong.status_code, manager.key().ended_at) == (422, None)
    assert "密码不正确，密钥没有改动" in alerts(wrong.text)
    stale = manager.browser.post(f"{PAGE}/end", data={"password": DEMO_PASSWORD, "seen": "0" * 64})
    assert (stale.status_code, manager.key().ended_at) == (409, None)
    sent = {"password": DEMO_PASSWORD, "seen": key.sha256}
    assert manager.browser.post(f"{PAGE}/end", data=sent).status_code == 303
    assert manager.key().locked == ""
    assert manager.row().held_key is None
    assert [one.facts["why"] for one in manager.events("own_key_ended")] == ["withdrawn"]
    assert manager.sign().status_code == 303
    assert manager.signature().own_key is None
    assert manager.browser.post(f"{PAGE}/end", data=sent).status_code == 409, "there is none left"


def test_wrong_passwords_are_slowed_down(manager: Manager) -> None:
    answers = [manager.set_up("wrong").status_code for _try in range(9)]
    assert answers == [422] * 8 + [429]
    assert manager.set_up().status_code == 429


def test_another_window_of_the_same_person_shuts_with_the_key(manager: Manager, sign_in: SignIn) -> None:
    other = Manager(manager.app, sign_in(manager.app.test_client(), MANAGER))
    assert other.window()
    manager.set_up()
    refused = other.sign()
    assert "密钥现在没有打开" in alerts(refused.text)
    assert other.sign(_password=DEMO_PASSWORD).status_code == 303
    assert is_by(other.signature(), manager.key())


def test_a_key_that_does_not_open_says_so(manager: Manager) -> None:
    with manager.app.app_context(), transaction():
        db.session.execute(sa.update(OwnKey).values(locked="scrypt$4$1$1$AAAA$AAAA"))
    refused = manager.sign(_password=DEMO_PASSWORD)
    assert "密码正确，但本人密钥打不开" in alerts(refused.text)
    confirmed = manager.browser.post("/confirm", data={"password": DEMO_PASSWORD})
    assert (confirmed.status_code, "打不开" in alerts(confirmed.text)) == (409, True)
    sent = {"login": MANAGER, "password": DEMO_PASSWORD}
    assert manager.app.test_client().post("/sign-in", data=sent).status_code == 303, "nobody is locked out"
    assert manager.set_up().status_code == 303
    assert manager.sign().status_code == 303


def test_an_auditor_has_none(client: FlaskClient, sign_in: SignIn) -> None:
    browser = sign_in(client, "auditor")
    assert browser.get(PAGE).status_code == 403
    assert browser.post(PAGE, data={"password": DEMO_PASSWORD, "seen": ""}).status_code == 403
    assert PAGE not in browser.get("/account/substitutes").text


def test_the_trail_and_the_pages_tell_of_it_in_both_languages(manager: Manager, sign_in: SignIn) -> None:
    manager.sign()
    sha256 = manager.key().sha256
    auditor = sign_in(manager.app.test_client(), "auditor")
    assert f"设置了本人密钥，公钥指纹 {sha256}" in auditor.get("/trail").text
    with manager.app.app_context():
        record = manager.signature().record_id
        number = db.session.scalar(sa.text(f"SELECT number FROM records WHERE id = {record}"))
        db.session.remove()
    page = manager.browser.get(f"/records/{number}", follow_redirects=True).text
    assert "本人密钥" in page
    assert sha256 in page
    manager.browser.post("/account/language", data={"language": "en"})
    told = manager.browser.get(PAGE).text
    assert "Own key" in told
    assert "Public key fingerprint (SHA-256)" in told
    assert not re.search(
        r"[一-鿿]", re.sub(r"(?s)<header.*?</header>|<[^>]+>", "", told).replace("中文", "")
    ), told


def test_the_record_carries_it_as_data_and_the_verifier_takes_it(manager: Manager) -> None:
    manager.sign()
    key, signature = manager.key(), manager.signature()
    with manager.app.app_context():
        record = db.session.get_one(Record, signature.record_id)
        data = record_data.as_json(record_page.read(record))
        db.session.remove()
    (one,) = data["signatures"]
    assert one["own_key"] == {
        "public_key": key.public_key,
        "sha256": key.sha256,
        "signature": signature.own_signature,
    }
    program = (
        "import sys, json; sys.path.insert(0, sys.argv[1]); import verify_record as v\n"
        "data = sys.stdin.buffer.read(); record = json.loads(data)\n"
        "print(json.dumps([v.check_record(record, data), v.signers(record)]))"
    )
    command = [sys.executable, "-I", "-c", program, str(ROOT / "tools")]
    ran = subprocess.run(command, input=canonical_json(data), env={}, capture_output=True, check=True)
    checks, signers = json.loads(ran.stdout)
    assert set(checks.values()) == {True}
    assert [found["own_key"] for found in signers] == [key.sha256]
    with manager.app.app_context():
        record = db.session.get_one(Record, signature.record_id)
        lines = printing.gather(record_page.read(record), "zh", now=datetime.now(UTC)).signatures
        db.session.remove()
    assert [line.own_key for line in lines] == [key.sha256[:16]]


def test_an_outside_signers_link_needs_no_key_of_who_sent_it(tmp_path: Path, sqlite_template: Path) -> None:
    site = found(tmp_path / "data", sqlite_template)
    path, stranger = site.path("/s/<token>"), site.browsers["stranger"]
    with site.app.app_context():
        login = db.session.scalars(sa.select(OutsideLink)).one().sent_by.login
        db.session.remove()
    sender = Manager(site.app, site.app.test_client())
    sender.browser.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD})
    assert sender.set_up().status_code == 303
    sent = {
        "_outside_name": "钱女士",
        "_seen": value(stranger.get(path).text, "_seen"),
        "_hand-drawn": DRAWING,
    }
    sent |= {"briefing_content": "水电走向、饰面做法", "briefing_ended_at": "2026-03-02T10:30"}
    answer = stranger.post(path, data=sent)
    assert answer.status_code == 200, alerts(answer.text)
    signature = sender.signature()
    assert (signature.outside_way, signature.own_key) == ("link", None)
    checked = site.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert checked.exit_code == 0, checked.output
