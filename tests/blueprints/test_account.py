"""One's own settings: language, colours, substitutes, phrases, devices; never somebody else's."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.lib.clock import today
from portal.models import AuditEvent, Person, Phrase, SignInSession, Substitution

SignIn = Callable[[FlaskClient, str], FlaskClient]
Cast = dict[str, Person]


def one(app: Flask, query: sa.Select[tuple[object]]) -> object:
    with app.app_context():
        return db.session.scalar(query)


def test_a_stranger_chooses_the_language_of_the_sign_in_page(client: FlaskClient) -> None:
    assert 'lang="zh-CN"' in client.get("/sign-in").text
    answer = client.post("/account/language", data={"language": "en", "next": "/sign-in"})
    assert answer.location == "/sign-in"
    assert 'lang="en"' in client.get("/sign-in").text
    client.post("/account/language", data={"language": "fr"})
    assert 'lang="en"' in client.get("/sign-in").text


@pytest.mark.parametrize(("name", "value"), [("language", "en"), ("theme", "dark")])
def test_ones_own_choice_is_kept_and_leads_back(
    app: Flask, client: FlaskClient, sign_in: SignIn, name: str, value: str
) -> None:
    sign_in(client, "auditor")
    answer = client.post(f"/account/{name}", data={name: value, "next": "/trail?person=x"})
    assert answer.location == "/trail?person=x"
    assert one(app, sa.select(getattr(Person, name)).where(Person.login == "auditor")) == value
    assert (
        one(app, sa.select(sa.func.count(AuditEvent.id)).where(AuditEvent.kind == "preference_changed")) == 1
    )
    assert client.post(f"/account/{name}", data={name: value, "next": "//evil.example"}).location == "/"


def test_a_substitute_is_named_and_ended(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    sign_in(client, "buyer")
    form = {
        "substitute": cast["buyer_2"].number,
        "starts_on": f"{today()}",
        "ends_on": f"{today()}",
        "reason": "年假",
    }
    assert client.post("/account/substitutes", data=form).status_code == 303
    assert cast["buyer_2"].name in client.get("/account/substitutes").text
    made = one(app, sa.select(Substitution.id))
    sign_in(client, "foreman")
    assert client.post(f"/account/substitutes/{made}/end").status_code == 404
    sign_in(client, "buyer")
    assert client.post(f"/account/substitutes/{made}/end").status_code == 303
    assert one(app, sa.select(Substitution.ended_at)) is not None


def test_what_is_wrong_stands_beside_the_fields(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    sign_in(client, "buyer")
    empty = client.post("/account/substitutes", data={})
    assert empty.status_code == 422
    assert 'id="substitute-error"' in empty.text
    form = {
        "substitute": cast["buyer"].number,
        "starts_on": f"{today()}",
        "ends_on": f"{today()}",
        "reason": "x",
    }
    itself = client.post("/account/substitutes", data=form)
    assert itself.status_code == 422
    assert "请选择其他人" in itself.text
    form |= {"substitute": cast["buyer_2"].number, "person": cast["general_manager"].number}
    client.post("/account/substitutes", data=form)  # buyers have nobody to name for: the field does not count
    assert one(app, sa.select(Substitution.person_id)) == cast["buyer"].id


def test_a_head_names_one_for_somebody_of_the_department(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    sign_in(client, "purchasing_manager")
    form = {
        "starts_on": f"{today()}",
        "ends_on": f"{today()}",
        "reason": "病假",
        "substitute": cast["buyer_2"].number,
    }
    assert (
        client.post("/account/substitutes", data=form | {"person": cast["foreman"].number}).status_code == 422
    )
    assert (
        client.post("/account/substitutes", data=form | {"person": cast["buyer"].number}).status_code == 303
    )
    assert one(app, sa.select(Substitution.created_by_id)) == cast["purchasing_manager"].id


def test_phrases_are_ones_own(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "buyer")
    for text in ("同意。", "同意。", "请补充附件。"):
        client.post("/account/phrases", data={"text": text})
    assert client.post("/account/phrases", data={"text": " "}).status_code == 422
    assert client.post("/account/phrases", data={"text": "长" * 201}).status_code == 422
    page = client.get("/account/phrases").text
    assert page.count("<li>") == page.count("删除后不能恢复") == 2
    kept = one(app, sa.select(Phrase.id))
    sign_in(client, "foreman")
    assert client.post(f"/account/phrases/{kept}/delete").status_code == 404
    sign_in(client, "buyer")
    assert client.post(f"/account/phrases/{kept}/delete").status_code == 303
    assert one(app, sa.select(sa.func.count(Phrase.id))) == 1


def test_other_devices_are_signed_out_but_only_ones_own(
    app: Flask, client: FlaskClient, sign_in: SignIn
) -> None:
    phone, stranger = sign_in(app.test_client(), "buyer"), sign_in(app.test_client(), "foreman")
    phone_id = one(app, sa.select(sa.func.min(SignInSession.id)))
    sign_in(client, "buyer")
    assert stranger.post(f"/account/sessions/{phone_id}/end").status_code == 404
    assert phone.get("/account/sessions").status_code == 200
    assert client.post(f"/account/sessions/{phone_id}/end").status_code == 303
    assert phone.get("/account/sessions").status_code == 302
    tablet = sign_in(app.test_client(), "buyer")
    client.post("/account/sessions/end-others")
    assert tablet.get("/account/sessions").status_code == 302
    assert client.get("/account/sessions").status_code == 200


def test_auditors_look_and_do_not_touch(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "auditor")
    assert client.get("/account/substitutes").status_code == 200
    assert client.post("/account/substitutes", data={}).status_code == 403
    assert client.post("/account/phrases", data={"text": "x"}).status_code == 403
