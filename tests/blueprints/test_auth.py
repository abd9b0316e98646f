"""Signing in and out: fresh sessions, limits of time, slowed guessing, the same answer for every failure."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Person, SignInAttempt, SignInSession
from portal.services import guessing
from tests.web.conftest import value

SignIn = Callable[[FlaskClient, str], FlaskClient]
START = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
NEW = "Kupferkanne am Fenster 7"
PAGE = "/account/sessions"


def enter(client: FlaskClient, login: str = "buyer", password: str = DEMO_PASSWORD, **more: str) -> object:
    return client.post("/sign-in", data={"login": login, "password": password, **more})


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("portal")
    return found.value if found else ""


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def change(app: Flask, login: str, **values: object) -> None:
    with app.app_context():
        db.session.execute(sa.update(Person).where(Person.login == login).values(**values))
        db.session.commit()


@pytest.mark.proves("R1")
def test_a_stranger_is_led_to_the_page_and_back(client: FlaskClient) -> None:
    led = client.get(PAGE)
    assert led.status_code == 302
    assert "next=/account/sessions" in led.location.replace("%2F", "/")
    answer = enter(client, next=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert client.get(PAGE).status_code == 200
    assert client.get("/sign-in").status_code == 303


def test_a_fragment_sends_the_whole_page_to_sign_in_and_back(client: FlaskClient) -> None:
    page = "http://localhost/purchasing/purchase-orders/new?draft=abc"
    saved = client.post(
        "/purchasing/purchase-orders/new", headers={"HX-Request": "true", "HX-Current-URL": page}
    )
    assert saved.status_code == 401
    assert "重新登录" in saved.text
    target = unquote(saved.headers["HX-Redirect"].partition("?next=")[2])
    assert target == "/purchasing/purchase-orders/new?draft=abc"
    piece = client.get("/pick/person?q=x", headers={"HX-Request": "true", "HX-Current-URL": page})
    assert (piece.status_code, piece.headers["HX-Redirect"]) == (401, saved.headers["HX-Redirect"])
    elsewhere = {"HX-Request": "true", "HX-Current-URL": "http://evil.example/x"}
    assert client.get(PAGE, headers=elsewhere).headers["HX-Redirect"] == "/sign-in"


def test_a_token_that_ended_with_the_session_leads_to_sign_in_too(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    order = "/purchasing/purchase-orders/new"
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, "buyer")
        app.config["WTF_CSRF_ENABLED"] = True
        token = value(client.get(order).text, "csrf_token")
        clock.move_to(START + timedelta(hours=2))
        led = client.post(order, data={"csrf_token": token}, headers={"Referer": f"http://localhost{order}"})
        assert unquote(led.location) == f"/sign-in?next={order}"
        assert client.post(order, headers={"HX-Request": "true"}).status_code == 401


def test_a_form_sent_after_the_session_leads_back_to_its_page(client: FlaskClient) -> None:
    led = client.post(
        "/purchasing/purchase-orders/new",
        headers={"Referer": "http://localhost/purchasing/purchase-orders/new"},
    )
    assert unquote(led.location) == "/sign-in?next=/purchasing/purchase-orders/new"


@pytest.mark.proves("S17")
@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "http:///evil.example", "@evil.example",
     "/\tevil", "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "", "evil", "///evil.example", "/\t/evil.example",
     "\t//evil.example", "/\\/evil.example", " //evil.example", "/ /evil.example", "\u3000//evil.example"],
)  # fmt: skip
def test_next_stays_here(client: FlaskClient, target: str) -> None:
    assert enter(client, next=target).location == "/"


@pytest.mark.proves("S17")
@pytest.mark.parametrize(
    "target", ["/%09/evil.example", "/%5Cevil.example", "/%2F/evil.example", "/.//evil.example"]
)
def test_what_only_looks_like_another_site_is_a_path_of_ours(client: FlaskClient, target: str) -> None:
    assert (
        urlsplit(urljoin("http://localhost/sign-in", enter(client, next=target).location)).netloc
        == "localhost"
    )


def test_the_page_offers_the_demo_accounts(client: FlaskClient) -> None:
    text = client.get("/sign-in?login=buyer&next=/trail").text
    assert DEMO_PASSWORD in text
    assert "login=general_manager" in text
    assert 'value="buyer"' in text
    assert 'name="next" value="/trail"' in text


@pytest.mark.proves("S1")
def test_signing_in_gives_a_fresh_session_and_ends_the_former(app: Flask, client: FlaskClient) -> None:
    client.get("/sign-in")
    enter(client)
    first = cookie(client)
    enter(client, "foreman")
    assert cookie(client) != first
    client.set_cookie("portal", first)
    assert client.get(PAGE).status_code == 302
    assert count(app, SignInSession) == 2


@pytest.mark.proves("S6")
def test_the_cookie_is_guarded(client: FlaskClient) -> None:
    header = enter(client).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header
    assert len(header) < 1000


@pytest.mark.proves("S2")
def test_signing_out_kills_a_copied_cookie(client: FlaskClient, sign_in: SignIn) -> None:
    copied = cookie(sign_in(client, "buyer"))
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert '"cache"' in answer.headers["Clear-Site-Data"]
    client.set_cookie("portal", copied)
    assert client.get(PAGE).status_code == 302


@pytest.mark.proves("S3")
def test_only_what_people_do_prolongs_the_session_and_only_now_and_then(
    app: Flask, client: FlaskClient
) -> None:
    idle = timedelta(minutes=app.config["SETTINGS"].session_idle_minutes)
    by_itself = {"Sec-Fetch-Mode": "cors", "HX-Request": "true"}
    opened = {"Sec-Fetch-Mode": "navigate"}

    def sets(headers: dict[str, str]) -> bool:
        return "Set-Cookie" in client.get(PAGE, headers=headers).headers

    with time_machine.travel(START, tick=False) as clock:
        enter(client)
        assert sets(opened)
        assert not sets(opened), "a moment ago"
        clock.move_to(START + idle / 2)
        assert not sets(by_itself)
        assert sets({}), "a browser that does not say"
        clock.move_to(START + idle * 0.9)
        assert sets(opened)
        clock.move_to(START + idle * 1.8)
        assert client.get(PAGE, headers=by_itself).status_code == 200
        clock.move_to(START + idle * 2)
        assert client.get(PAGE, headers=by_itself).status_code != 200, "looks do not keep it alive"


@pytest.mark.proves("R18", "S3")
def test_idle_and_absolute_limits(app: Flask, client: FlaskClient) -> None:
    settings = app.config["SETTINGS"]
    idle, whole = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    with time_machine.travel(START, tick=False) as clock:
        enter(client)
        clock.move_to(START + idle - timedelta(seconds=1))
        assert client.get(PAGE).status_code == 200
        clock.move_to(START + 2 * idle)
        assert client.get(PAGE).status_code == 302
        enter(client)
        began = START + 2 * idle
        moment = began
        while moment + idle / 2 < began + whole:
            moment += idle / 2
            clock.move_to(moment)
            assert client.get(PAGE).status_code == 200
        clock.move_to(began + whole + timedelta(seconds=1))
        assert client.get(PAGE).status_code == 302


@pytest.mark.proves("R1", "S4")
def test_a_retired_person_is_out_at_the_next_request(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, "buyer")
    change(app, "buyer", active=False)
    assert client.get(PAGE).status_code == 302
    assert enter(client).status_code == 401


@pytest.mark.proves("S10")
def test_unknown_name_wrong_password_and_retired_look_the_same(app: Flask, client: FlaskClient) -> None:
    change(app, "foreman", active=False)
    answers = [
        enter(client, "buyer", "wrong-password"),
        enter(client, "nobody", "wrong-password"),
        enter(client, "foreman", DEMO_PASSWORD),
        enter(client, "buyer", "x" * 100_000),
        enter(client, "\x00", "\x00"),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert all("登录名或密码不正确" in answer.text for answer in answers)
    assert count(app, SignInAttempt) == 5


def test_a_login_may_be_typed_in_capitals(client: FlaskClient) -> None:
    assert enter(client, " Buyer ").status_code == 303


@pytest.mark.proves("R20", "S9")
def test_guessing_is_slowed_whatever_the_headers_say(app: Flask, client: FlaskClient) -> None:
    codes = []
    for number in range(30):
        forged = {"X-Forwarded-For": f"10.0.0.{number}", "X-Real-IP": f"10.0.0.{number}"}
        answer = client.post("/sign-in", data={"login": "buyer", "password": "wrong"}, headers=forged)
        codes.append(answer.status_code)
    assert codes == [401] * guessing.PER_ACCOUNT + [429] * (30 - guessing.PER_ACCOUNT)
    assert enter(client).status_code == 429
    elsewhere = client.post(
        "/sign-in",
        data={"login": "buyer", "password": DEMO_PASSWORD},
        environ_overrides={"REMOTE_ADDR": "127.0.0.2"},
    )
    assert elsewhere.status_code == 303


@pytest.mark.proves("R20", "S9")
def test_many_guesses_at_once_are_counted_by_all(app: Flask) -> None:
    def guess(_number: int) -> int:
        return enter(app.test_client(), "buyer", "wrong").status_code

    with ThreadPoolExecutor(12) as pool:
        codes = list(pool.map(guess, range(24)))
    assert sorted(codes) == [401] * guessing.PER_ACCOUNT + [429] * (24 - guessing.PER_ACCOUNT)
    assert count(app, SignInAttempt) == guessing.PER_ACCOUNT


@pytest.mark.proves("R20", "S5")
def test_changing_the_password_signs_out_the_other_browsers(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    other = sign_in(app.test_client(), "buyer")
    sign_in(client, "buyer")
    form = {"old": DEMO_PASSWORD, "new": NEW, "again": NEW}
    assert client.post("/account/password", data=form).status_code == 303
    assert client.get(PAGE).status_code == 200
    assert other.get(PAGE).status_code == 302
    assert enter(app.test_client(), password=DEMO_PASSWORD).status_code == 401
    assert enter(app.test_client(), password=NEW).status_code == 303


@pytest.mark.proves("S5")
@pytest.mark.parametrize(
    "form",
    [
        {"old": "wrong", "new": NEW, "again": NEW},
        {"old": DEMO_PASSWORD, "new": NEW, "again": NEW + "x"},
        {"old": DEMO_PASSWORD, "new": "password", "again": "password"},
        {},
    ],
)
def test_a_bad_change_changes_nothing(client: FlaskClient, sign_in: SignIn, form: dict[str, str]) -> None:
    sign_in(client, "buyer")
    assert client.post("/account/password", data=form).status_code == 422
    assert enter(client).status_code == 303


@pytest.mark.proves("S8")
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "这个密码太容易被猜到：它是很多人在用的密码。请换一个。"),
        ("en", "it is a password that many people use"),
    ],
)
def test_a_common_password_is_refused_with_the_reason(
    client: FlaskClient, sign_in: SignIn, language: str, said: str
) -> None:
    sign_in(client, "buyer")
    client.post("/account/language", data={"language": language})
    answer = client.post(
        "/account/password", data={"old": DEMO_PASSWORD, "new": "whatever", "again": "whatever"}
    )
    assert answer.status_code == 422
    assert said in answer.text
    assert enter(client).status_code == 303


@pytest.mark.proves("R19", "R22")
def test_a_first_password_must_be_changed_before_anything_else(app: Flask, client: FlaskClient) -> None:
    change(app, "buyer", must_change_password=True)
    enter(client)
    for path in ("/", PAGE, "/confirm", "/admin/"):
        assert client.get(path).location == "/account/password"
    assert "手写签名" in client.get("/account/password").text
    client.post("/account/password", data={"old": DEMO_PASSWORD, "new": NEW, "again": NEW})
    assert client.get(PAGE).status_code == 200


@pytest.mark.proves("R18")
def test_confirming_opens_the_signing_window(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sign_in(client, "buyer")
        clock.move_to(START + timedelta(minutes=30))
        wrong = client.post("/confirm", data={"password": "wrong"})
        assert (wrong.status_code, confirmed(app)) == (422, START)
        piece = client.post("/confirm", data={"password": "wrong"}, headers={"HX-Request": "true"})
        assert piece.status_code == 422
        assert "<html" not in piece.text
        good = client.post("/confirm", data={"password": DEMO_PASSWORD, "next": "/records/X"})
        assert (good.status_code, good.location) == (303, "/records/X")
        assert confirmed(app) == START + timedelta(minutes=30)
        clock.move_to(START + timedelta(minutes=60))
        quiet = client.post("/confirm", data={"password": DEMO_PASSWORD}, headers={"HX-Request": "true"})
        assert quiet.status_code == 204
        assert "confirmed" in quiet.headers["HX-Trigger"]


def confirmed(app: Flask) -> datetime | None:
    with app.app_context():
        return db.session.scalar(sa.select(SignInSession.confirmed_at))


@pytest.mark.proves("S13")
@pytest.mark.parametrize(
    "path", ["/sign-in", "/sign-out", "/confirm", "/account/password", "/account/language"]
)
def test_without_a_token_nothing_happens(app: Flask, client: FlaskClient, sign_in: SignIn, path: str) -> None:
    sign_in(client, "buyer")
    before = rows(app)
    app.config["WTF_CSRF_ENABLED"] = True
    form = {
        "login": "foreman",
        "password": DEMO_PASSWORD,
        "language": "en",
        "old": DEMO_PASSWORD,
        "new": NEW,
        "again": NEW,
    }
    assert client.post(path, data=form).status_code == 400
    assert rows(app) == before
    assert client.get(PAGE).status_code == 200


def rows(app: Flask) -> dict[str, object]:
    """Every table, whole."""
    with app.app_context():
        tables = db.metadata.sorted_tables
        return {table.name: db.session.execute(sa.select(table)).all() for table in tables}


@pytest.mark.proves("S15")
def test_a_foreign_page_is_refused(app: Flask, client: FlaskClient) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        data = {"login": "buyer", "password": DEMO_PASSWORD}
        assert client.post("/sign-in", data=data, headers=headers).status_code == 403
    assert count(app, SignInSession) == 0
