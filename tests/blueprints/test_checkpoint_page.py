"""The last checkpoint on the page of the audit trail, and its file."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from portal.jobs import witnesses
from portal.lib.checkpoints import read
from portal.queries import audit_tree
from portal.storage.audit_key import known_keys

SignIn = Callable[[FlaskClient, str], FlaskClient]


def test_before_the_first_there_is_none(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "auditor")
    assert "还没有检查点" in client.get("/trail").text
    assert client.get("/trail/checkpoint").status_code == 404


def test_the_last_one_is_shown_and_can_be_kept(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    sign_in(client, "auditor")
    with app.app_context():
        witnesses.keep_tree()
        last = audit_tree.last()
        assert last is not None
    page = client.get("/trail").text
    assert f"第 1 号，共 {last.size} 条" in page
    assert f'<code title="{last.root}">{last.root[:16]}…</code>' in page
    answer = client.get("/trail/checkpoint")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=checkpoint-1.txt")
    assert read(answer.text, known_keys(app.config["SETTINGS"].portal_data)).root.hex() == last.root


def test_for_nobody_who_may_not_see_the_trail(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        witnesses.keep_tree()
    for login in ("buyer", "general_manager", "security_officer"):
        assert sign_in(app.test_client(), login).get("/trail/checkpoint").status_code == 404
    assert app.test_client().get("/trail/checkpoint").status_code == 302
