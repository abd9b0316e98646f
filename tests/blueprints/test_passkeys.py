"""Passkeys: made, asked at sign-in and at signing, refused where anything does not fit, removed, reset."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from portal.blueprints.auth import second_factor
from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib.clock import now
from portal.models import PasskeyQuestion, Record, Signature
from portal.services import guessing, passkeys, recovery_codes
from tests import desk
from tests.authenticator import PRESENT, Authenticator, options_on
from tests.conftest import both_databases
from tests.own_keys import MANAGER, Manager, is_by
from tests.passkeys import ADD, ASK, NEW, Holder
from tests.phone import PAGE
from tests.web.conftest import alerts

SignIn = Callable[[FlaskClient, str], FlaskClient]
START = datetime(2026, 5, 12, 2, 0, 7, tzinfo=UTC)
OVER = timedelta(minutes=11)  # longer than the signing window
WRONG = "通行密钥没有通过验证"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bare(app: Flask, client: FlaskClient, sign_in: SignIn, clock: time_machine.Traveller) -> Holder:
    """Signed in, with nothing set up yet."""
    return Holder(app, sign_in(client, MANAGER), MANAGER, clock)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def holder(bare: Holder, device: Authenticator) -> Holder:
    assert bare.register(device).status_code == 200
    return bare


@both_databases
def test_a_passkey_is_made_listed_and_told(holder: Holder, device: Authenticator) -> None:
    assert len(set(holder.recovery)) == recovery_codes.RECOVERY_CODES
    made = holder.passkey()
    (event,) = holder.events("passkey_added")
    assert event.facts == {"person": holder.person().id, "name": "办公室电脑", "sha256": made.sha256}
    assert "办公室电脑" in holder.list()
    assert "还没有用过" in holder.list()
    assert holder.register(Authenticator(), "手机").status_code == 401, "what there is must answer first"
    answer = device.answer(holder.asked(NEW))
    done = holder.register(Authenticator(), "手机", _passkey=answer)
    assert done.location == PAGE, "recovery codes are there already"
    assert "手机" in holder.list()
    assert "上次使用" in holder.list()


@pytest.mark.parametrize(
    "wrong", ["password", "nothing", "rubbish", "origin", "host", "unseen", "again", "late"]
)
def test_what_does_not_fit_makes_no_passkey(bare: Holder, wrong: str) -> None:
    device = Authenticator()
    if wrong == "password":
        refused = bare.browser.post(NEW, data={"name": "x", "password": "wrong"})
        assert "两步验证没有改动" in alerts(refused.text)
    else:
        options = options_on(bare.browser.post(NEW, data={"name": "x", "password": DEMO_PASSWORD}).text)
        if wrong == "late":
            bare.clock.shift(timedelta(minutes=5))
        device.origin = "http://evil.example" if wrong == "origin" else device.origin
        device.host = "evil.example" if wrong == "host" else device.host
        device.flags = PRESENT if wrong == "unseen" else device.flags
        made = {"nothing": "", "rubbish": '{"id": 1}'}.get(wrong, device.make(options))
        if wrong == "again":
            assert bare.browser.post(ADD, data={"_made": made}).status_code == 200
        refused = bare.browser.post(ADD, data={"_made": made})
        assert "没有添加通行密钥" in alerts(refused.text)
    assert refused.status_code in (409, 422)
    assert len(bare.events("passkey_added")) == (wrong == "again")


def test_a_challenge_to_prove_oneself_makes_no_passkey(holder: Holder) -> None:
    options = holder.asked(ADD)
    refused = holder.browser.post(ADD, data={"_made": Authenticator().make(options)})
    assert refused.status_code == 409


@both_databases
@pytest.mark.proves("S12")
def test_signing_in_takes_password_and_passkey(holder: Holder, device: Authenticator) -> None:
    where = holder.half_way()
    assert where == "/sign-in/code"
    assert not holder.is_in(), "the password alone opens nothing"
    assert holder.browser.post(where, data={}).status_code == 401
    assert holder.enter_by(device).location == "/"
    assert "密码 + 通行密钥" in holder.browser.get("/account/sessions").text
    assert holder.events("signed_in")[-1].facts == {"way": "password", "factor": "passkey"}
    assert holder.sign().status_code == 303, "it begins the signing window, as a code does"


@both_databases
def test_a_recovery_code_lets_in_where_the_passkey_is_lost(holder: Holder) -> None:
    where = holder.half_way()
    done = holder.browser.post(where, data={"code": holder.recovery[0]})
    assert done.location == PAGE
    assert holder.remove(holder.passkey().id).status_code == 401
    assert holder.remove(holder.passkey().id, code=holder.recovery[1]).status_code == 303
    holder.browser.post("/sign-out")
    assert holder.sign_in().location == "/", "nothing is asked besides any more"
    assert holder.stored_codes() == []


@both_databases
def test_a_passkey_signs_what_it_was_asked_about_and_nothing_else(
    holder: Holder, device: Authenticator
) -> None:
    holder.clock.shift(OVER)
    assert holder.sign().status_code == 422, "never by a click alone"
    assert holder.sign_by(device).status_code == 303
    authority = holder.signature().authority
    assert authority["confirmed_by"] == "passkey"
    assert authority["passkey"] == holder.passkey().sha256
    number = holder.one(sa.select(Record.number).join(Signature).order_by(Signature.id.desc()).limit(1))
    told = holder.browser.get(f"/purchasing/purchase-orders/{number}.json").json
    assert told["signatures"][-1]["authority"]["confirmed_by"] == "passkey"
    assert holder.sign().status_code == 422, "it begins no window"
    assert holder.sign(_password=DEMO_PASSWORD).status_code == 422, "nor does the password alone"


def test_an_opinion_is_part_of_the_question_however_its_lines_end(
    holder: Holder, device: Authenticator
) -> None:
    holder.clock.shift(OVER)
    path, named = holder.order()
    answer = device.answer(holder.asked(path, **named, _opinion="价格已核对\n同意 "))
    given = {**named, "_opinion": "价格已核对\r\n同意 ", "_passkey": answer}
    assert holder.browser.post(path, data=given).status_code == 303
    assert holder.signature().opinion == "价格已核对\n同意"


@both_databases
def test_a_print_says_by_which_passkey_it_was_signed(holder: Holder, device: Authenticator) -> None:
    holder.clock.shift(OVER)
    assert holder.sign_by(device).status_code == 303
    number = holder.one(sa.select(Record.number).join(Signature).order_by(Signature.id.desc()).limit(1))
    passkey = holder.passkey().sha256[:16]
    for language, said in (("zh", "通行密钥确认"), ("en", "confirmed by passkey")):
        holder.browser.post("/account/language", data={"language": language})
        data = holder.browser.get(f"/purchasing/purchase-orders/{number}.pdf").data
        words = "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
        assert f"{said} {passkey}".replace(" ", "") in "".join(words.split())


def lie(holder: Holder, device: Authenticator, path: str, named: dict[str, str], how: str) -> str:
    """An answer to the question about an act, with something that does not fit."""
    asked_path, asked = path, dict(named)
    if how == "another record":
        asked_path, asked = holder.order()
    elif how == "another content":
        asked["_seen"] = "0" * 64
    elif how == "another step":
        asked["_task"] = "1"
    elif how == "another act":
        asked["_op"] = "refuse"
    elif how == "another opinion":
        asked["_opinion"] = "价格偏高"
    options = holder.asked(asked_path, **asked)
    device.origin = "http://localhost:8001" if how == "origin" else device.origin
    device.host = "127.0.0.1" if how == "host" else device.host
    device.flags = PRESENT if how == "no verification" else device.flags
    device.flags = 0x04 if how == "nobody there" else device.flags
    device.step = 0 if how == "count" else device.step
    used = Authenticator(credential=device.credential) if how == "another key" else device
    used = Authenticator(key=device.key) if how == "another credential" else used
    answer = used.answer(options)
    if how == "late":
        holder.clock.shift(timedelta(minutes=5))
    if how == "made up":
        return json.dumps({**json.loads(answer), "response": {}})
    return answer


LIES = (
    "another record", "another content", "another step", "another act", "another opinion", "origin", "host", "no verification",
    "nobody there", "count", "another key", "another credential", "late", "made up",
)  # fmt: skip


@both_databases
@pytest.mark.proves("S12")
@pytest.mark.parametrize("how", LIES)
def test_an_answer_that_does_not_fit_signs_nothing(holder: Holder, device: Authenticator, how: str) -> None:
    holder.clock.shift(OVER)
    assert holder.sign_by(device).status_code == 303
    path, named = holder.order()
    named["_opinion"] = "已核对"
    before = holder.signature().id
    answer = lie(holder, device, path, named, how)
    refused = holder.browser.post(path, data={**named, "_passkey": answer})
    assert refused.status_code == 422
    assert WRONG in alerts(refused.text)
    assert "已核对" in refused.text, "what was typed is there"
    assert holder.signature().id == before
    (event,) = holder.events("passkey_failed")
    assert event.facts["account"] == MANAGER
    assert event.facts["why"]


@pytest.mark.proves("S12")
@pytest.mark.parametrize("with_app", [False, True])
def test_whoever_has_no_passkey_signs_by_none(bare: Holder, with_app: bool) -> None:
    if with_app:
        assert bare.set_up().status_code == 200
    bare.clock.shift(OVER)
    path, named = bare.order()
    before = bare.signature().id
    for said in ("x", "{}", Authenticator().answer({"challenge": "AAAA"})):
        refused = bare.browser.post(path, data={**named, "_passkey": said})
        assert refused.status_code == 422
        assert WRONG in alerts(refused.text)
    assert bare.browser.post("/confirm", data={"_passkey": "x"}).status_code == 422
    assert bare.signature().id == before
    assert bare.browser.post(ASK, data={"_at": path, **named}).status_code == 404


@both_databases
def test_an_answer_counts_once(holder: Holder, device: Authenticator) -> None:
    holder.clock.shift(OVER)
    path, named = holder.order()
    answer = device.answer(holder.asked(path, **named))
    other, others = holder.order()
    crossed = holder.browser.post(other, data={**others, "_passkey": answer})
    assert WRONG in alerts(crossed.text)
    assert holder.browser.post(path, data={**named, "_passkey": answer}).status_code == 303
    device.step = 0
    again, what = holder.order()
    replayed = holder.browser.post(again, data={**what, "_passkey": answer})
    assert WRONG in alerts(replayed.text)
    with holder.app.app_context():
        assert db.session.scalars(sa.select(PasskeyQuestion)).all() == []
        db.session.remove()


@both_databases
def test_a_challenge_is_of_one_session(
    holder: Holder, device: Authenticator, app: Flask, sign_in: SignIn
) -> None:
    path, named = holder.order()
    other = Holder(app, app.test_client(), MANAGER, holder.clock)
    assert other.enter_by(device).location == "/"
    answer = device.answer(other.asked(path, **named))
    holder.clock.shift(timedelta(minutes=1))
    assert WRONG in alerts(holder.browser.post(path, data={**named, "_passkey": answer}).text)


@both_databases
def test_the_passkey_of_somebody_else_does_not_count(
    holder: Holder, device: Authenticator, app: Flask, sign_in: SignIn
) -> None:
    buyer = Holder(app, sign_in(app.test_client(), "buyer"), "buyer", holder.clock)
    theirs = Authenticator()
    assert buyer.register(theirs).status_code == 200
    path, named = holder.order()
    answer = theirs.answer(holder.asked(path, **named))
    assert WRONG in alerts(holder.browser.post(path, data={**named, "_passkey": answer}).text)
    buyers = device.answer(buyer.asked(path, **named))
    assert WRONG in alerts(holder.browser.post(path, data={**named, "_passkey": buyers}).text)
    assert theirs.count == 1


@both_databases
def test_a_removed_passkey_does_not_count(holder: Holder, device: Authenticator) -> None:
    second = Authenticator()
    holder.register(second, "手机", _passkey=device.answer(holder.asked(NEW)))
    path, named = holder.order()
    answer = second.answer(holder.asked(path, **named))
    id = holder.passkey().id
    removal = f"{ADD}/{id}/end"
    assert holder.remove(id, _passkey=device.answer(holder.asked(removal))).status_code == 303
    (event,) = holder.events("passkey_removed")
    assert event.facts["name"] == "手机"
    assert WRONG in alerts(holder.browser.post(path, data={**named, "_passkey": answer}).text)
    assert holder.passkey().ended_by == "removed"
    assert holder.remove(id, _passkey=device.answer(holder.asked(removal))).status_code == 404


@both_databases
def test_answers_are_not_tried_again_and_again(holder: Holder, device: Authenticator) -> None:
    holder.clock.shift(OVER)
    path, named = holder.order()
    for _time in range(guessing.PER_ACCOUNT):
        wrong = Authenticator(credential=device.credential).answer(holder.asked(path, **named))
        assert holder.browser.post(path, data={**named, "_passkey": wrong}).status_code == 422
    good = device.answer(holder.asked(path, **named))
    assert holder.browser.post(path, data={**named, "_passkey": good}).status_code == 429
    assert len(holder.events("passkey_failed")) == guessing.PER_ACCOUNT
    holder.clock.shift(timedelta(minutes=16))
    assert holder.browser.post(path, data={**named, "_passkey": device.answer(holder.asked(path, **named))}).status_code == 303  # fmt: skip


def test_wrong_answers_at_sign_in_are_counted_too(holder: Holder, device: Authenticator) -> None:
    where = holder.half_way()
    for _time in range(guessing.PER_ACCOUNT):
        question = holder.browser.post("/sign-in/code/questions").json
        wrong = Authenticator(credential=device.credential).answer(question)
        assert holder.browser.post(where, data={"_passkey": wrong}).status_code == 401
    question = holder.browser.post("/sign-in/code/questions").json
    assert holder.browser.post(where, data={"_passkey": device.answer(question)}).status_code == 429
    assert not holder.is_in()


def test_a_question_of_one_half_finished_sign_in_is_not_answered_at_another(
    holder: Holder, device: Authenticator, app: Flask
) -> None:
    holder.half_way()
    question = holder.browser.post("/sign-in/code/questions").json
    other = Holder(app, app.test_client(), MANAGER, holder.clock)
    where = other.half_way()
    refused = other.browser.post(where, data={"_passkey": device.answer(question)})
    assert refused.status_code == 401
    assert WRONG in alerts(refused.text)
    stranger = app.test_client()
    assert stranger.post("/sign-in/code/questions").location == "/sign-in"


def test_several_at_once_are_named_together(holder: Holder, device: Authenticator, app: Flask) -> None:
    desk.start(app, "PU-04", "buyer", 3)
    tasks = re.findall(r'name="task" value="([\d.:]+)"', holder.browser.get("/").text)
    holder.clock.shift(OVER)
    few = device.answer(holder.asked("/tasks/approve", task=tasks[:2]))
    more = holder.browser.post("/tasks/approve", data={"task": tasks, "_passkey": few})
    assert WRONG in alerts(more.text)
    answer = device.answer(holder.asked("/tasks/approve", task=tasks))
    done = holder.browser.post("/tasks/approve", data={"task": tasks, "_passkey": answer})
    assert "已批准 3 项" in done.text
    assert holder.signature().authority["confirmed_by"] == "passkey"


@both_databases
def test_a_key_of_ones_own_still_needs_the_password(holder: Holder, device: Authenticator) -> None:
    person = Manager(holder.app, holder.browser)
    assert person.set_up().status_code == 303
    holder.clock.shift(OVER)
    path, named = holder.order()
    page = holder.browser.get(path.removesuffix("/signatures")).text
    assert "本人密钥只有密码能打开" in page
    assert "data-alone" not in page
    refused = holder.browser.post(
        path, data={**named, "_passkey": device.answer(holder.asked(path, **named))}
    )
    assert "本人密钥" in alerts(refused.text)
    given = {"_passkey": device.answer(holder.asked(path, **named)), "_password": DEMO_PASSWORD}
    assert holder.browser.post(path, data={**named, **given}).status_code == 303
    signature = holder.signature()
    assert signature.authority["confirmed_by"] == "passkey"
    assert is_by(signature, person.key())


def test_the_page_of_confirming_takes_password_and_passkey(holder: Holder, device: Authenticator) -> None:
    holder.clock.shift(OVER)
    alone = device.answer(holder.asked("/confirm"))
    assert holder.browser.post("/confirm", data={"_passkey": alone}).status_code == 422
    both = {"password": DEMO_PASSWORD, "_passkey": device.answer(holder.asked("/confirm"))}
    assert holder.browser.post("/confirm", data=both).status_code == 303
    assert holder.sign().status_code == 303
    assert holder.signature().authority["confirmed_by"] == "password"


def demand(app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"second_factor": "everybody"})


def test_a_passkey_is_the_second_factor_that_is_demanded(
    bare: Holder, device: Authenticator, app: Flask
) -> None:
    demand(app)
    assert bare.browser.get("/").location == "/account/second-factor/new"
    assert "改用通行密钥" in bare.browser.get("/account/second-factor/new").text
    assert bare.register(device).status_code == 200
    assert bare.browser.get("/").status_code == 200
    id = bare.passkey().id
    removal = f"{ADD}/{id}/end"
    refused = bare.remove(id, _passkey=device.answer(bare.asked(removal)))
    assert "您必须有两步验证" in alerts(refused.text)
    assert bare.passkey().ended_at is None
    page = bare.browser.get("/account/second-factor/new").text
    assert page
    assert bare.set_up(_passkey=device.answer(bare.asked("/account/second-factor/new", seen="0"))).status_code == 200  # fmt: skip
    bare.clock.shift(timedelta(minutes=1))
    assert bare.remove(id, code=bare.code()).status_code == 303
    assert bare.browser.get("/").status_code == 200


@both_databases
def test_app_and_passkey_do_not_both_end_at_once_where_one_is_demanded(
    holder: Holder, device: Authenticator, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "/account/second-factor/new"
    assert holder.set_up(_passkey=device.answer(holder.asked(page, seen="0"))).status_code == 200
    demand(app)
    holder.clock.shift(timedelta(minutes=1))
    id, code = holder.passkey().id, holder.code()
    asked = {"seen": str(holder.factor().id), "password": DEMO_PASSWORD}

    def meanwhile() -> (
        None
    ):  # while the password of one browser is held against its hash, the other one is done
        with transaction(aside=True):
            passkeys.remove(holder.person().id, id, demanded=True, now=now())

    monkeypatch.setattr(second_factor, "prove", meanwhile)
    refused = holder.browser.post("/account/second-factor/end", data={**asked, "code": code})
    assert "您必须有两步验证" in alerts(refused.text)
    assert holder.person().second_factor_id is not None


@both_databases
def test_a_reset_and_a_farewell_end_passkeys_and_recovery_codes(
    holder: Holder, device: Authenticator, app: Flask, sign_in: SignIn
) -> None:
    admin = sign_in(app.test_client(), "administrator")
    page = f"/admin/people/{holder.person().id}"
    assert "有两步验证" in admin.get(page).text
    assert admin.post(f"{page}/second-factor-resets", data={"reason": "手机丢失"}).status_code == 303
    assert not holder.is_in(), "every session ends"
    assert (holder.passkey().ended_by, holder.stored_codes()) == ("reset", [])
    assert holder.sign_in().status_code == 303
    assert holder.browser.get("/").location == "/account/second-factor/new"
    assert holder.register(Authenticator()).status_code == 200
    assert not holder.person().second_factor_due


def test_without_an_address_of_its_own_the_portal_has_no_passkeys(bare: Holder, app: Flask) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(update={"public_url": "http://10.0.0.7"})
    assert "暂不能添加通行密钥" in bare.list()
    assert bare.browser.post(NEW, data={"password": DEMO_PASSWORD}).status_code == 404
    assert bare.browser.post(ASK, data={"_at": "/"}).status_code == 404


def test_the_pages_speak_english(holder: Holder, device: Authenticator) -> None:
    holder.browser.post("/account/language", data={"language": "en"})
    answer = device.answer(holder.asked(NEW))
    given = {"name": "PC", "password": DEMO_PASSWORD, "_passkey": answer}
    pages = [holder.list(), holder.browser.post(NEW, data=given).text]
    holder.clock.shift(OVER)
    pages += [holder.browser.get("/confirm").text]
    pages += [holder.browser.get(holder.half_way()).text]
    for page in pages:
        said = re.sub(
            '(?s)<header.*?</header>|<nav.*?</nav>|<h1.*?</h1>|<p class="plain-brand".*?</p>', "", page
        )
        words = "".join(re.findall("data-words='([^']*)'", said))
        assert not re.search(r"\\u[4-9]", words)
        left = re.sub("<[^>]+>", "", said).replace("中文", "").replace("华衡制造建设集团", "")
        left = left.replace("办公室电脑", "").replace(holder.person().name, "")
        assert not re.search("[一-鿿]", left)
