"""A second factor: set up, asked at sign-in and at signing, taken once, moved, ended; recovery codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib import totp
from portal.lib.hashing import sha256
from portal.models import Notice, Person, SecondFactor, SignInAttempt
from portal.services import guessing, recovery_codes
from tests import desk
from tests.conftest import both_databases
from tests.own_keys import MANAGER, Manager
from tests.phone import NEW, PAGE, STEP, Phone
from tests.web.conftest import alerts, value

SignIn = Callable[[FlaskClient, str], FlaskClient]
START = datetime(2026, 5, 12, 2, 0, 7, tzinfo=UTC)
OVER = timedelta(minutes=11)  # longer than the signing window


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def bare(app: Flask, client: FlaskClient, sign_in: SignIn, clock: time_machine.Traveller) -> Phone:
    """Signed in, with nothing set up yet."""
    return Phone(app, sign_in(client, MANAGER), MANAGER, clock)


@pytest.fixture
def phone(bare: Phone) -> Phone:
    assert bare.set_up().status_code == 200
    return bare


def demand(app: Flask, who: str, *roles: str) -> None:
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(
        update={"second_factor": who, "second_factor_roles": roles or ("administrator",)}
    )


def test_without_one_nothing_is_asked(bare: Phone) -> None:
    assert "您还没有设置验证器应用" in bare.browser.get(PAGE).text
    bare.browser.post("/sign-out")
    assert bare.sign_in().location == "/"
    bare.clock.shift(OVER)
    assert 'name="_code"' not in bare.sign().text
    assert bare.sign(_password=DEMO_PASSWORD).status_code == 303


@both_databases
def test_it_is_set_up_and_told(phone: Phone) -> None:
    assert len(set(phone.recovery)) == recovery_codes.RECOVERY_CODES
    (event,) = phone.events("second_factor_set_up")
    assert event.facts == {"person": phone.person().id}
    assert phone.person().second_factor_id == phone.factor().id
    page = phone.browser.get(PAGE).text
    assert "未用的恢复码" in page
    assert phone.recovery[0] not in page, "shown once"


def test_the_picture_is_drawn_here_without_styles(bare: Phone) -> None:
    page = bare.browser.get(NEW).text
    picture = re.search(r'(?s)<div class="factor-code">(.*?)</div>', page)
    assert picture
    assert "<svg" in picture[1]
    assert "style=" not in picture[1]
    assert "otpauth" not in picture[1], "the secret is not read out as its name"


def test_nothing_that_makes_codes_is_stored_as_text(phone: Phone) -> None:
    with phone.app.app_context():
        rows = [
            repr(row)
            for table in ("second_factors", "recovery_codes", "people", "audit_events", "sign_in_sessions")
            for row in db.session.execute(sa.text(f"SELECT * FROM {table}"))
        ]
        db.session.remove()
    stored = "".join(rows)
    assert phone.secret not in stored
    assert not any(one in stored or one.replace("-", "") in stored for one in phone.recovery)
    assert {one.sha256 for one in phone.stored_codes()} == {
        sha256(one.replace("-", "").encode()) for one in phone.recovery
    }


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "wrong"}, "密码不正确，两步验证没有改动"),
        ({"password": ""}, "密码不正确，两步验证没有改动"),
        ({"new_code": "000000"}, "动态验证码不正确"),
        ({"new_code": ""}, "动态验证码不正确"),
        ({"locked": "made up"}, "页面已过期"),
        ({"locked": ""}, "页面已过期"),
        ({"seen": "7"}, "两步验证刚刚改动过"),
    ],
)
def test_what_does_not_fit_sets_nothing_up(bare: Phone, wrong: dict[str, str], said: str) -> None:
    refused = bare.set_up(**wrong)
    assert refused.status_code in (401, 409, 422)
    assert said in alerts(refused.text)
    assert bare.person().second_factor_id is None
    assert bare.stored_codes() == []
    assert bare.events("second_factor_set_up") == []


def test_a_form_of_somebody_else_or_of_an_hour_ago_sets_nothing_up(
    bare: Phone, app: Flask, sign_in: SignIn
) -> None:
    other = Phone(app, sign_in(app.test_client(), "buyer"), "buyer", bare.clock)
    theirs = value(other.browser.get(NEW).text, "locked")
    assert "页面已过期" in alerts(bare.set_up(locked=theirs).text)
    page = bare.browser.get(NEW).text
    bare.clock.shift(timedelta(minutes=21))
    old = bare.set_up(locked=value(page, "locked"))
    assert "页面已过期" in alerts(old.text)
    assert bare.person().second_factor_id is None


def test_other_browsers_are_signed_out(bare: Phone, app: Flask, sign_in: SignIn) -> None:
    other = sign_in(app.test_client(), MANAGER)
    assert bare.set_up().status_code == 200
    assert other.get("/account/sessions").status_code == 302
    assert bare.is_in()


@both_databases
def test_signing_in_takes_password_and_code(phone: Phone) -> None:
    phone.browser.post("/sign-out")
    half = phone.sign_in(next="/account/sessions")
    assert half.location == "/sign-in/code?next=/account/sessions"
    assert not phone.is_in(), "the password alone opens nothing"
    done = phone.browser.post(half.location, data={"code": phone.next(), "next": "/account/sessions"})
    assert done.location == "/account/sessions"
    assert "密码 + 动态验证码" in phone.browser.get("/account/sessions").text
    assert phone.events("signed_in")[-1].facts == {"way": "password", "factor": "code"}


@pytest.mark.parametrize("typed", ["", "12 34", "abc", "wrong", "over", "coming", "again"])
def test_a_code_that_is_none_does_not_let_in(phone: Phone, typed: str) -> None:
    phone.browser.post("/sign-out")
    given = {"wrong": phone.wrong(), "again": phone.code(), "over": phone.code(-2), "coming": phone.code(2)}
    refused = phone.sign_in(given.get(typed, typed))
    assert refused.status_code == 401
    assert "验证码不正确或已经用过" in alerts(refused.text)
    assert not phone.is_in()
    assert phone.events("second_factor_failed")[-1].facts == {"account": MANAGER}


def test_a_code_is_typed_as_people_type(phone: Phone) -> None:
    phone.browser.post("/sign-out")
    code = phone.next()
    wide = "".join(chr(ord(one) + 0xFEE0) for one in code)
    assert phone.sign_in(f" {wide[:3]} {wide[3:]} ").status_code == 303
    assert phone.is_in()


def test_a_code_counts_once_wherever_it_is_given(phone: Phone, app: Flask) -> None:
    phone.browser.post("/sign-out")
    code = phone.next()
    assert phone.sign_in(code).status_code == 303
    other = Phone(app, app.test_client(), MANAGER, phone.clock)
    assert other.sign_in(code).status_code == 401
    refused = phone.sign(_password=DEMO_PASSWORD, _code=code)
    assert "动态验证码不正确或已经用过" in alerts(refused.text)


@both_databases
def test_a_code_counts_once_however_many_bring_it_at_once(phone: Phone, app: Flask) -> None:
    code = phone.next()

    def enter(_number: int) -> int:
        return Phone(app, app.test_client(), MANAGER, phone.clock).sign_in(code).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(enter, range(6)))
    assert sorted(answers) == [303] + [401] * 5


def test_the_half_way_is_over_after_minutes_and_after_a_new_password(phone: Phone, app: Flask) -> None:
    phone.browser.post("/sign-out")
    half = phone.sign_in().location
    phone.clock.shift(timedelta(minutes=6))
    late = phone.browser.post(half, data={"code": phone.code()})
    assert late.location == "/sign-in"
    half = phone.sign_in().location
    with app.app_context(), transaction():
        db.session.execute(sa.update(Person).where(Person.login == MANAGER).values(password_hash="another"))
    assert phone.browser.post(half, data={"code": phone.next()}).location == "/sign-in"
    assert not phone.is_in()


@pytest.mark.parametrize("change", [{"active": False}, {"ends_on": START.date() - timedelta(days=1)}])
def test_nobody_gets_in_who_left_on_the_half_way(phone: Phone, app: Flask, change: dict[str, object]) -> None:
    phone.browser.post("/sign-out")
    half = phone.sign_in().location
    with app.app_context(), transaction():
        db.session.execute(sa.update(Person).where(Person.login == MANAGER).values(**change))
    assert phone.browser.post(half, data={"code": phone.next()}).status_code in (401, 403)
    assert not phone.is_in()


def test_codes_are_not_guessed_from_many_places(phone: Phone, app: Flask) -> None:
    phone.browser.post("/sign-out")
    for number in range(guessing.PER_ACCOUNT):
        place = {"REMOTE_ADDR": f"127.0.0.{number + 2}"}
        browser = app.test_client()
        browser.environ_base.update(place)
        assert Phone(app, browser, MANAGER, phone.clock).sign_in("").status_code == 401
    with app.app_context():
        counted = db.session.scalars(sa.select(SignInAttempt.account)).all()
        db.session.remove()
    assert counted == [f"CODE:{MANAGER}"] * guessing.PER_ACCOUNT
    refused = phone.sign_in(phone.next())
    assert refused.status_code == 429
    assert not phone.is_in()
    phone.clock.shift(timedelta(minutes=16))
    assert phone.sign_in(phone.code()).status_code == 303


@pytest.mark.proves("S9")
@pytest.mark.parametrize(
    "typed", [f"code:{MANAGER}", f"CODE:{MANAGER}", f" Code:{MANAGER}", f"ＣＯＤＥ:{MANAGER}"]
)
def test_strangers_do_not_use_up_the_tries_of_its_owner(phone: Phone, app: Flask, typed: str) -> None:
    phone.browser.post("/sign-out")
    for number in range(guessing.PER_ACCOUNT + 2):
        stranger = app.test_client()
        stranger.environ_base["REMOTE_ADDR"] = f"127.0.0.{number + 2}"
        assert stranger.post("/sign-in", data={"login": typed, "password": "x"}).status_code == 401
    assert phone.sign_in(phone.next()).status_code == 303
    assert phone.is_in()


def test_the_security_officer_hears_of_guessed_codes(phone: Phone, app: Flask) -> None:
    phone.browser.post("/sign-out")
    half = phone.sign_in().location
    for _time in range(guessing.ALARM):
        phone.browser.post(half, data={"code": phone.wrong()})
    with app.app_context():
        said = [notice.facts.get("text", {}) for notice in db.session.scalars(sa.select(Notice))]
        db.session.remove()
    (text,) = [one["zh"] for one in said if one and "动态验证码错误" in one["zh"]]
    assert MANAGER in text


@both_databases
def test_signing_takes_password_and_code(phone: Phone) -> None:
    assert phone.sign().status_code == 303, "within the window of what was just given"
    phone.clock.shift(OVER)
    refused = phone.sign()
    assert refused.status_code == 422
    assert 'name="_password"' in refused.text
    assert 'name="_code"' in refused.text
    for given in (
        {"_password": DEMO_PASSWORD},
        {"_code": phone.code()},
        {"_password": DEMO_PASSWORD, "_code": phone.wrong()},
        {"_password": "wrong", "_code": phone.code()},
    ):
        assert phone.sign(**given).status_code == 422, given
    assert phone.sign(_password=DEMO_PASSWORD, _code=phone.code()).status_code == 303, "it was not used up"
    assert phone.sign().status_code == 303, "the window is open"


def test_the_password_alone_says_that_a_code_is_missing(phone: Phone) -> None:
    phone.clock.shift(OVER)
    assert "请同时输入动态验证码" in alerts(phone.sign(_password=DEMO_PASSWORD).text)
    assert phone.events("signing_failed", "second_factor_failed") == []


def test_a_wrong_code_does_not_sign_although_the_window_is_open(phone: Phone) -> None:
    refused = phone.sign(_password=DEMO_PASSWORD, _code=phone.wrong())
    assert "动态验证码不正确" in alerts(refused.text)


def test_a_recovery_code_does_not_sign(phone: Phone) -> None:
    phone.clock.shift(OVER)
    assert phone.sign(_password=DEMO_PASSWORD, _code=phone.recovery[0]).status_code == 422
    assert all(one.used_at is None for one in phone.stored_codes())


def test_no_other_way_round_the_code_begins_the_window(phone: Phone) -> None:
    phone.clock.shift(OVER)
    person = Manager(phone.app, phone.browser)
    assert person.set_up().status_code == 303, "an own key"
    assert phone.sign().status_code == 422
    new = "Kupferkanne am Fenster 7"
    changed = phone.browser.post("/account/password", data={"old": DEMO_PASSWORD, "new": new, "again": new})
    assert changed.status_code == 303
    assert phone.sign().status_code == 422
    assert phone.sign(_password=new, _code=phone.code()).status_code == 303
    assert person.signature().own_key == person.key().public_key


def test_several_at_once_ask_for_the_code_too(phone: Phone, app: Flask) -> None:
    desk.start(app, "PU-04", "buyer", 2)
    tasks = re.findall(r'name="task" value="([\d.:]+)"', phone.browser.get("/").text)
    phone.clock.shift(OVER)
    assert 'id="bulk-code"' in phone.browser.get("/").text
    assert (
        phone.browser.post("/tasks/approve", data={"task": tasks, "_password": DEMO_PASSWORD}).status_code
        == 422
    )
    given = {"task": tasks, "_password": DEMO_PASSWORD, "_code": phone.code()}
    assert "已批准 2 项" in phone.browser.post("/tasks/approve", data=given).text


def test_the_page_of_confirming_asks_for_both(phone: Phone) -> None:
    phone.clock.shift(OVER)
    page = phone.browser.get("/confirm").text
    assert 'name="password"' in page
    assert 'name="code"' in page
    assert phone.browser.post("/confirm", data={"password": DEMO_PASSWORD}).status_code == 401
    assert phone.browser.post("/confirm", data={"password": "wrong", "code": phone.code()}).status_code == 422
    given = {"password": DEMO_PASSWORD, "code": phone.code()}
    assert phone.browser.post("/confirm", data=given).status_code == 303
    assert phone.sign().status_code == 303


@both_databases
def test_a_recovery_code_lets_in_once(phone: Phone) -> None:
    phone.browser.post("/sign-out")
    used = phone.recovery[3].upper().replace("-", " ")
    done = phone.sign_in(used)
    assert done.location == PAGE
    assert "您用掉了一个恢复码" in phone.browser.get(PAGE).text
    (event,) = phone.events("recovery_code_used")
    assert event.facts["left"] == 9
    phone.browser.post("/sign-out")
    assert phone.sign_in(used).status_code == 401
    assert phone.sign_in(phone.recovery[4]).status_code == 303


@both_databases
@pytest.mark.proves("S9")
def test_a_recovery_code_lets_in_once_however_many_bring_it_at_once(phone: Phone, app: Flask) -> None:
    def enter(_number: int) -> int:
        return Phone(app, app.test_client(), MANAGER, phone.clock).sign_in(phone.recovery[3]).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(enter, range(6)))
    assert sorted(answers) == [303] + [401] * 5


def test_new_recovery_codes_end_the_old_ones(phone: Phone) -> None:
    old = phone.recovery
    refused = phone.act("recovery-codes", code=phone.wrong())
    assert "动态验证码不正确" in alerts(refused.text)
    answer = phone.act("recovery-codes", code=phone.next())
    made = re.findall(r"<li><code>([a-z2-9-]{14})</code>", answer.text)
    assert len(made) == 10
    assert set(made).isdisjoint(old)
    phone.browser.post("/sign-out")
    assert phone.sign_in(old[0]).status_code == 401
    assert phone.sign_in(made[0]).status_code == 303


def test_it_moves_to_a_new_phone_by_the_old_ones_code(phone: Phone) -> None:
    old, secret, recovery = phone.factor(), phone.secret, phone.recovery
    assert phone.set_up().status_code == 401, "no code of the old one"
    assert phone.set_up(code=phone.code()).status_code == 401, "it was taken at the first set-up"
    assert phone.secret == secret
    assert phone.set_up(code=phone.next()).status_code == 200
    assert phone.secret != secret
    new = phone.factor()
    assert new.id != old.id
    with phone.app.app_context():
        gone = db.session.get_one(SecondFactor, old.id)
        assert (gone.secret, gone.ended_by) == ("", "renewed")
        db.session.remove()
    phone.browser.post("/sign-out")
    phone.clock.shift(STEP)
    assert phone.sign_in(totp.code(secret, totp.step(datetime.now(UTC)))).status_code == 401
    assert phone.sign_in(recovery[0]).status_code == 401
    assert phone.sign_in(phone.code()).status_code == 303


def test_a_lost_phone_is_replaced_by_a_recovery_code(phone: Phone) -> None:
    assert phone.set_up(code=phone.recovery[0]).status_code == 200
    assert [event.kind for event in phone.events("second_factor_renewed", "recovery_code_used")] == [
        "recovery_code_used",
        "second_factor_renewed",
    ]


@both_databases
def test_it_ends_by_its_owner(phone: Phone) -> None:
    assert phone.act("end").status_code == 401, "the password alone"
    assert phone.act("end", password="wrong", code=phone.next()).status_code == 422
    assert phone.act("end", code=phone.code()).status_code == 303
    assert phone.person().second_factor_id is None
    assert (phone.factor().secret, phone.factor().ended_by) == ("", "withdrawn")
    assert phone.stored_codes() == []
    phone.browser.post("/sign-out")
    assert phone.sign_in().location == "/"


def test_an_old_page_changes_nothing(phone: Phone) -> None:
    page = {"seen": str(phone.factor().id + 5), "password": DEMO_PASSWORD}
    for path in ("end", "recovery-codes"):
        answer = phone.browser.post(f"{PAGE}/{path}", data={**page, "code": phone.next()})
        assert answer.status_code == 409
    assert phone.person().second_factor_id == phone.factor().id


def test_a_secret_key_that_was_turned_over_still_opens_it(phone: Phone, app: Flask) -> None:
    settings = app.config["SETTINGS"]
    old = settings.key()
    new = {"secret_key": "another key of the portal, of forty letters", "secret_key_fallbacks": (old,)}
    app.config["SETTINGS"] = settings.model_copy(update=new)
    phone.clock.shift(OVER)
    assert phone.sign(_password=DEMO_PASSWORD, _code=phone.code()).status_code == 303
    app.config["SETTINGS"] = settings.model_copy(update={**new, "secret_key_fallbacks": ()})
    phone.clock.shift(OVER)
    assert phone.sign(_password=DEMO_PASSWORD, _code=phone.code()).status_code == 303, "under the new key now"
    app.config["SETTINGS"] = settings
    phone.clock.shift(OVER)
    broken = phone.sign(_password=DEMO_PASSWORD, _code=phone.code())
    assert "系统读不出您的两步验证" in alerts(broken.text)


@pytest.mark.parametrize(("who", "roles"), [("everybody", ()), ("roles", ("buyer", "purchasing_manager"))])
def test_who_must_have_one_is_led_to_it(bare: Phone, app: Flask, who: str, roles: tuple[str, ...]) -> None:
    demand(app, who, *roles)
    for path in ("/", "/account/sessions", "/purchasing/", "/account/key"):
        assert bare.browser.get(path).location == NEW, path
    assert bare.browser.post("/tasks/approve").location == NEW
    assert "您的账号须有两步验证" in bare.browser.get(NEW).text
    assert bare.browser.get(PAGE).status_code == 200
    assert bare.set_up().status_code == 200
    assert bare.browser.get("/").status_code == 200
    refused = bare.act("end", code=bare.next())
    assert "不能停用，只能换新" in alerts(refused.text)
    assert bare.person().second_factor_id is not None


def test_others_are_not_led_to_it(bare: Phone, app: Flask) -> None:
    demand(app, "roles", "administrator")
    assert bare.browser.get("/").status_code == 200


def test_who_must_have_one_may_sign_out(bare: Phone, app: Flask) -> None:
    demand(app, "everybody")
    assert bare.browser.post("/sign-out").location == "/sign-in"


def test_the_first_password_is_changed_before(bare: Phone, app: Flask) -> None:
    demand(app, "everybody")
    with app.app_context(), transaction():
        db.session.execute(sa.update(Person).where(Person.login == MANAGER).values(must_change_password=True))
    assert bare.browser.get("/").location == "/account/password"
    assert bare.browser.get(NEW).location == "/account/password"
    assert bare.browser.get("/account/password").status_code == 200


def test_the_pages_speak_english(phone: Phone) -> None:
    phone.browser.post("/account/language", data={"language": "en"})
    for path in (PAGE, NEW):
        text = re.sub("(?s)<header.*?</header>|<nav.*?</nav>|<[^>]+>", "", phone.browser.get(path).text)
        assert not re.search("[一-鿿]", text.replace("中文", "").replace("华衡制造建设集团", "")), path
