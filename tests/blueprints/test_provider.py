"""Signing in by the company's provider: whom it vouches for gets in, what does not hold is refused, signing asks anew."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from limits import parse
from werkzeug.test import TestResponse

from portal.blueprints.auth.provider import OFTEN
from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib import oidc
from portal.models import AuditEvent, Person, SignInSession
from tests import provider as providers
from tests.conftest import both_databases
from tests.own_keys import MANAGER, Manager, is_by
from tests.phone import Phone
from tests.provider import CLIENT, SECRET, SIGNER, Claims, Provider
from tests.web.conftest import alerts

START, BACK = "/sign-in/provider", "/sign-in/provider/back"
NOW = datetime(2026, 5, 12, 2, 0, 7, tzinfo=UTC)
OTHER = RSAKey.generate_key(2048, {"kid": "one"}, private=True)


@dataclass
class Door:
    """A browser, the portal and its provider."""

    app: Flask
    browser: FlaskClient
    provider: Provider

    def begin(self, **asked: str) -> str:
        """The address that the browser is sent to."""
        answer = self.browser.get(START, query_string=asked)
        assert answer.status_code == 302, answer.text
        return answer.location

    def enter(self, login: str = MANAGER, **more: str) -> TestResponse:
        """Goes through the provider and comes back."""
        return self.come(self.provider.sign_in(self.begin(), login, **more))

    def come(self, address: str) -> TestResponse:
        """Opens an address of the portal."""
        parts = urlsplit(address)
        return self.browser.get(f"{parts.path}?{parts.query}")

    def is_in(self) -> bool:
        return self.browser.get("/account/sessions").status_code == 200

    def refusals(self) -> list[dict[str, Any]]:
        with self.app.app_context():
            query = sa.select(AuditEvent).where(AuditEvent.kind == "provider_refused")
            found = [event.facts for event in db.session.scalars(query)]
            db.session.remove()
        return found


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def door(app: Flask, client: FlaskClient, clock: time_machine.Traveller) -> Iterator[Door]:
    app.extensions["rate_limit"][-1].storage.reset()
    with providers.served() as provider:
        settings = app.config["SETTINGS"]
        values = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        app.config["SETTINGS"] = settings.model_copy(update=values)
        yield Door(app, client, provider)


def change(app: Flask, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.update(Person).where(Person.login == MANAGER).values(**values))


def test_without_a_provider_there_is_no_such_door(client: FlaskClient) -> None:
    assert client.get(START).status_code == 404
    assert client.get(BACK).status_code == 404
    assert "用公司账号登录" not in client.get("/sign-in").text


def test_the_page_offers_both_ways(door: Door) -> None:
    page = door.browser.get("/sign-in").text
    assert "用公司账号登录" in page
    assert 'name="password"' in page


@both_databases
def test_whom_the_provider_vouches_for_gets_in(door: Door) -> None:
    address = door.begin(next="/account/sessions")
    answer = door.come(door.provider.sign_in(address, MANAGER))
    assert (answer.status_code, answer.location) == (303, "/account/sessions")
    assert "单点登录" in door.browser.get("/account/sessions").text
    asked = parse_qs(urlsplit(address).query)
    assert asked["redirect_uri"] == [f"{door.app.config['SETTINGS'].address}{BACK}"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert SECRET not in address
    assert door.refusals() == []


def test_each_way_asks_anew(door: Door) -> None:
    questions = [parse_qs(urlsplit(door.begin()).query) for _time in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert questions[0][name] != questions[1][name]


def test_a_login_counts_as_it_is_stored(door: Door) -> None:
    assert door.enter(f" {MANAGER.upper()} ").status_code == 303
    assert door.is_in()


def test_another_claim_may_be_the_login(door: Door, app: Flask) -> None:
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"oidc_login_claim": "upn"})
    assert door.enter().status_code == 401, "the claim is missing"
    door.provider.change = lambda claims: {**claims, "upn": "buyer", "preferred_username": MANAGER}
    assert door.enter().status_code == 303
    with app.app_context():
        row = db.session.scalars(sa.select(SignInSession)).unique().one()
        assert row.person.login == "buyer"
        db.session.remove()


def with_(**values: object) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, **values}


def without(name: str) -> Callable[[Claims], Claims]:
    return lambda claims: {key: value for key, value in claims.items() if key != name}


AT = int(NOW.timestamp())
WRONG_CLAIMS = {
    "another nonce": with_(nonce="another"),
    "no nonce": without("nonce"),
    "another issuer": with_(iss="https://login.example.com"),
    "no issuer": without("iss"),
    "another audience": with_(aud="another"),
    "other audiences": with_(aud=["another", "third"]),
    "several audiences, for another": with_(aud=[CLIENT, "another"], azp="another"),
    "several audiences, for nobody": with_(aud=[CLIENT, "another"]),
    "for another party": with_(azp="another"),
    "no audience": without("aud"),
    "over": with_(exp=AT - 61),
    "never over": without("exp"),
    "over some day": with_(exp="tomorrow"),
    "of tomorrow": with_(iat=AT + 3600),
    "not yet": with_(nbf=AT + 3600),
    "without its time": without("iat"),
    "of nobody": without("sub"),
    "without a login": without("preferred_username"),
    "with an empty login": with_(preferred_username=""),
    "with a list of logins": with_(preferred_username=[MANAGER]),
    "with a login that only looks like one of ours": with_(preferred_username="purchaſing_manager"),
    "with signs of another alphabet in it": with_(preferred_username=MANAGER.replace("n", "ｎ")),
    "with what nobody sees in it": with_(preferred_username=f"{MANAGER}\u200b"),
    "with a control sign in it": with_(preferred_username=f"\x01{MANAGER}"),
}


@pytest.mark.parametrize("change", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_a_token_that_does_not_hold_lets_nobody_in(door: Door, change: Callable[[Claims], Claims]) -> None:
    door.provider.change = change
    refused = door.enter()
    assert refused.status_code == 401
    assert "单点登录没有成功" in alerts(refused.text)
    assert not door.is_in()
    (facts,) = door.refusals()
    assert facts["why"]


def by_public_key(claims: Claims) -> str:
    """Signed with the public key as if it were a shared secret."""
    text = providers.unsigned(claims, alg="HS256", kid="one").removesuffix(".")
    seal = hmac.digest(SIGNER.as_pem(private=False), text.encode(), "sha256")
    return f"{text}.{urlsafe_b64encode(seal).rstrip(b'=').decode()}"


def cut(claims: Claims) -> str:
    return providers.signed_by(SIGNER)(claims).rpartition(".")[0] + "."


def put_in(claims: Claims) -> str:
    """The signature of one token under the claims of another."""
    head, _body, seal = providers.signed_by(SIGNER)({**claims, "sub": "another"}).split(".")
    return f"{head}.{providers.signed_by(SIGNER)(claims).split('.')[1]}.{seal}"


WRONG_TOKENS: dict[str, Callable[[Claims], str]] = {
    "unsigned": providers.unsigned,
    "signed by another": providers.signed_by(OTHER),
    "by a key that is not there": providers.signed_by(SIGNER, "two"),
    "by the public key": by_public_key,
    "with the signature cut off": cut,
    "with another's signature": put_in,
    "no token": lambda claims: "no.token.at-all",
    "empty": lambda claims: "",
}


@pytest.mark.parametrize("sign", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(
    door: Door, sign: Callable[[Claims], str]
) -> None:
    door.provider.sign = sign
    assert door.enter().status_code == 401
    assert not door.is_in()


@pytest.mark.parametrize("state", ["", "another", "状态"])
def test_another_state_lets_nobody_in(door: Door, state: str) -> None:
    assert door.enter(state=state).status_code == 401
    assert not door.is_in()
    assert door.provider.asked == [], "its code was not even tried"


def test_what_another_browser_began_does_not_sign_this_one_in(door: Door, app: Flask) -> None:
    back = door.provider.sign_in(door.begin(), MANAGER)
    victim = Door(app, app.test_client(), door.provider)
    assert victim.come(back).status_code == 401
    victim.begin()
    assert victim.come(back).status_code == 401
    assert not victim.is_in()


def test_the_way_back_goes_once_and_not_for_ever(door: Door, clock: time_machine.Traveller) -> None:
    back = door.provider.sign_in(door.begin(), MANAGER)
    assert door.come(back).status_code == 303
    door.browser.post("/sign-out")
    assert door.come(back).status_code == 401
    back = door.provider.sign_in(door.begin(), MANAGER)
    clock.shift(timedelta(minutes=11))
    assert door.come(back).status_code == 401
    assert not door.is_in()


@pytest.mark.parametrize("always", [True, False, None])
def test_a_code_that_another_provider_sends_is_not_tried(door: Door, always: bool | None) -> None:
    """Who can set up a provider of their own must not get the codes of this one, nor slip theirs in (RFC 9207)."""
    if always is not None:
        door.provider.about = {"authorization_response_iss_parameter_supported": always}
    assert door.enter(iss="https://login.evil.example").status_code == 401
    assert door.enter(iss="").status_code == 401
    assert door.provider.asked == []
    assert (door.enter().status_code == 401) == (always is True), "where it always says who it is, it must"
    door.browser.post("/sign-out")
    asked = len(door.provider.asked)
    assert door.enter(iss=door.provider.url).status_code == 303
    assert len(door.provider.asked) == asked + 1


def test_another_code_does_not_fit_the_question(door: Door) -> None:
    first = door.provider.sign_in(door.begin(), MANAGER)
    second = door.begin()
    code = parse_qs(urlsplit(first).query)["code"][0]
    assert door.come(door.provider.sign_in(second, "buyer", code=code)).status_code == 401
    assert not door.is_in()


def test_the_provider_says_no(door: Door) -> None:
    state = parse_qs(urlsplit(door.begin()).query)["state"][0]
    refused = door.browser.get(BACK, query_string={"state": state, "error": "access_denied"})
    assert refused.status_code == 401
    assert "access_denied" in door.refusals()[0]["why"]


@both_databases
@pytest.mark.parametrize("login", ["nobody", "", "x" * 300, "purchasing manager", "' OR 1=1 --"])
def test_nobody_is_made_by_it(door: Door, app: Flask, login: str) -> None:
    with app.app_context():
        before = db.session.scalar(sa.select(sa.func.count()).select_from(Person))
        db.session.remove()
    assert door.enter(login).status_code in (401, 403)
    assert not door.is_in()
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Person)) == before
        db.session.remove()


def test_who_has_left_stays_out_like_a_stranger(door: Door, app: Flask) -> None:
    stranger = alerts(door.enter("nobody").text)
    change(app, active=False)
    refused = door.enter()
    assert refused.status_code == 403
    assert alerts(refused.text) == stranger
    assert door.refusals()[-1]["account"] == MANAGER
    assert not door.is_in()


def test_an_account_that_is_over_stays_out(door: Door, app: Flask) -> None:
    change(app, ends_on=NOW.date() - timedelta(days=1))
    refused = door.enter()
    assert refused.status_code == 403
    assert "到期" in alerts(refused.text)
    assert not door.is_in()


DOWN: dict[str, tuple[str, int, bytes]] = {
    "error": ("/.well-known/openid-configuration", 500, b"{}"),
    "not there": ("/.well-known/openid-configuration", 404, b"{}"),
    "no json": ("/.well-known/openid-configuration", 200, b"<html>"),
    "a list": ("/.well-known/openid-configuration", 200, b"[]"),
    "elsewhere": ("/.well-known/openid-configuration", 302, b""),
}


@pytest.mark.parametrize(("path", "status", "body"), DOWN.values(), ids=DOWN)
def test_a_provider_that_is_ill_is_said_to_be(door: Door, path: str, status: int, body: bytes) -> None:
    door.provider.broken[path] = (status, body)
    answer = door.browser.get(START)
    assert answer.status_code == 503
    assert "单点登录暂时不能用" in alerts(answer.text)
    assert 'name="password"' in answer.text, "the other way stays open"


def test_an_answer_without_end_is_not_read_to_it(door: Door) -> None:
    path = "/.well-known/openid-configuration"
    said = json.dumps(door.provider.get(path)).encode()
    door.provider.broken[path] = (200, b" " * oidc.LARGEST + said)
    assert door.browser.get(START).status_code == 503
    door.provider.broken[path] = (200, b"[" * 200_000)
    assert door.browser.get(START).status_code == 503


def test_an_answer_that_drips_is_not_waited_for(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    door.provider.pause = 0.01
    monkeypatch.setattr(oidc, "TIMEOUT", 1)
    assert door.browser.get(START).status_code == 503


@pytest.mark.parametrize("path", ["/token", "/keys"])
@pytest.mark.parametrize(("status", "body"), [(503, b"{}"), (302, b""), (200, b"nothing")])
def test_a_provider_that_falls_ill_on_the_way(door: Door, path: str, status: int, body: bytes) -> None:
    back = door.provider.sign_in(door.begin(), MANAGER)
    door.provider.broken[path] = (status, body)
    assert door.come(back).status_code == 503
    assert not door.is_in()


def test_a_provider_that_is_gone(app: Flask, client: FlaskClient) -> None:
    with providers.served() as provider:
        url = provider.url
    values = {"oidc_issuer": url, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update=values)
    assert client.get(START).status_code == 503


@pytest.mark.parametrize(
    "about",
    [
        {"issuer": "https://login.example.com"},
        {"authorization_endpoint": "http://login.example.com/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
    ],
)
def test_a_provider_that_is_another_than_it_should_be(door: Door, about: dict[str, object]) -> None:
    door.provider.about = about
    assert door.browser.get(START).status_code == 503


@pytest.mark.parametrize("keys", [{"keys": []}, {"none": 1}, {"keys": [{"kty": "odd"}]}, {"keys": 7}])
def test_keys_that_are_none(door: Door, keys: dict[str, object]) -> None:
    door.provider.keys = keys
    assert door.enter().status_code == 401


def test_the_way_is_not_gone_too_often(door: Door, app: Flask) -> None:
    for _time in range(120):
        app.extensions["rate_limit"][-1].hit(parse(OFTEN), "provider", "127.0.0.1")
    assert door.browser.get(START).status_code == 429


@pytest.mark.proves("S9")
def test_strangers_do_not_fill_the_trail_by_the_way_back(door: Door) -> None:
    counter, often = door.app.extensions["rate_limit"][-1], parse(OFTEN)
    for _time in range(often.amount - 1):
        counter.hit(often, "provider_back", "127.0.0.1")
    assert door.browser.get(BACK).status_code == 401
    assert door.browser.get(BACK).status_code == 429
    assert len(door.refusals()) == 1


def test_a_foreign_target_leads_home(door: Door) -> None:
    address = door.begin(next="https://evil.example.com/")
    assert door.come(door.provider.sign_in(address, MANAGER)).location == "/"


@both_databases
def test_signing_asks_for_what_the_portal_checks_itself(door: Door) -> None:
    door.enter()
    person = Manager(door.app, door.browser)
    assert person.sign().status_code == 422, "signing in by the provider is no confirmation"
    assert person.sign(_password="wrong").status_code == 422
    assert person.sign(_password=DEMO_PASSWORD).status_code == 303
    assert person.sign().status_code == 303, "within the window"


def test_the_own_key_stays_shut_until_the_password_is_typed(
    door: Door, app: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]
) -> None:
    first = Manager(app, sign_in(app.test_client(), MANAGER))
    first.set_up()
    door.enter()
    person = Manager(app, door.browser)
    refused = person.sign()
    assert refused.status_code == 422
    assert person.window() is None
    assert person.sign(_password=DEMO_PASSWORD).status_code == 303
    assert is_by(person.signature(), person.key())


@pytest.fixture
def phone(
    door: Door,
    app: Flask,
    clock: time_machine.Traveller,
    sign_in: Callable[[FlaskClient, str], FlaskClient],
) -> Phone:
    """A second factor, set up before at another browser; here the person comes by the provider."""
    found = Phone(app, sign_in(app.test_client(), MANAGER), MANAGER, clock)
    assert found.set_up().status_code == 200
    found.browser = door.browser
    return found


def test_a_second_factor_is_asked_here_too(door: Door, phone: Phone) -> None:
    answer = door.enter()
    assert answer.location == "/sign-in/code"
    assert not door.is_in()
    assert door.browser.post(answer.location, data={"code": phone.wrong()}).status_code == 401
    assert door.browser.post(answer.location, data={"code": phone.next()}).status_code == 303
    assert "单点登录 + 动态验证码" in door.browser.get("/account/sessions").text


def test_who_has_a_second_factor_signs_by_its_code_alone(door: Door, phone: Phone) -> None:
    door.browser.post(door.enter().location, data={"code": phone.next()})
    assert phone.sign().status_code == 303, "the code was just given"
    phone.clock.shift(timedelta(minutes=11))
    refused = phone.sign()
    assert 'name="_password"' not in refused.text
    assert phone.sign(_code=phone.wrong()).status_code == 422
    code = phone.code()
    assert phone.sign(_code=code).status_code == 303
    phone.clock.shift(timedelta(minutes=11))
    assert phone.sign(_code=code).status_code == 422
    assert phone.sign(_code=phone.code(), _password="wrong").status_code == 422, "what is given must fit"


def test_with_a_key_the_password_is_needed_besides(door: Door, phone: Phone) -> None:
    door.browser.post(door.enter().location, data={"code": phone.next()})
    person = Manager(door.app, door.browser)
    assert person.set_up().status_code == 303
    phone.clock.shift(timedelta(minutes=11))
    assert phone.sign(_code=phone.code()).status_code == 422
    assert phone.sign(_code=phone.code(), _password=DEMO_PASSWORD).status_code == 303
    assert is_by(person.signature(), person.key())


def test_a_first_password_is_still_changed(door: Door, app: Flask) -> None:
    change(app, must_change_password=True)
    door.enter()
    assert door.browser.get("/").location == "/account/password"


def test_the_former_session_ends(door: Door, app: Flask) -> None:
    door.enter()
    door.enter("buyer")
    with app.app_context():
        rows = db.session.scalars(sa.select(SignInSession).order_by(SignInSession.id)).unique().all()
        found = [(row.person.login, row.way, row.ended_at is None) for row in rows]
        db.session.remove()
    assert found == [(MANAGER, "provider", False), ("buyer", "provider", True)]
