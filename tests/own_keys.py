"""Somebody who signs with a key of their own, at a browser."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib import own_keys
from portal.models import AuditEvent, OwnKey, Signature, SignInSession
from tests import desk
from tests.web.conftest import value

MANAGER, PAGE = "purchasing_manager", "/account/key"


class Manager:
    """The head of purchasing at a browser, with a key."""

    def __init__(self, app: Flask, browser: FlaskClient) -> None:
        self.app, self.browser = app, browser

    def set_up(self, password: str = DEMO_PASSWORD) -> TestResponse:
        seen = value(self.browser.get(PAGE).text, "seen")
        return self.browser.post(PAGE, data={"password": password, "seen": seen})

    def sign(self, **more: str) -> TestResponse:
        """Signs an order of its own."""
        (number,) = desk.start(self.app, "PU-04", "buyer")
        address = f"/purchasing/purchase-orders/{number}"
        page = self.browser.get(address).text
        data = {name: value(page, name) for name in ("_task", "_seen")}
        return self.browser.post(f"{address}/signatures", data={**data, "_op": "sign", **more})

    def signature(self) -> Signature:
        """The last one."""
        query = sa.select(Signature).order_by(Signature.id.desc()).limit(1)
        return self._one(query)

    def key(self) -> OwnKey:
        """The last one."""
        return self._one(sa.select(OwnKey).order_by(OwnKey.id.desc()).limit(1))

    def row(self) -> SignInSession:
        """The session at the browser."""
        return self._one(sa.select(SignInSession).order_by(SignInSession.id.desc()).limit(1))

    def window(self) -> str | None:
        """What the cookie has to open the key."""
        with self.browser.session_transaction() as cookie:
            return cookie.get("window")

    def events(self, *kinds: str) -> list[AuditEvent]:
        with self.app.app_context():
            query = sa.select(AuditEvent).where(AuditEvent.kind.in_(kinds)).order_by(AuditEvent.id)
            found = list(db.session.scalars(query))
            db.session.remove()
        return found

    def _one(self, query: sa.Select[Any]) -> Any:
        with self.app.app_context():
            found = db.session.scalars(query).unique().one()
            db.session.remove()
        return found


def is_by(signature: Signature, key: OwnKey) -> bool:
    return (
        signature.own_key == key.public_key
        and signature.authority["own_key"] == key.sha256
        and own_keys.verifies(key.public_key, signature.sha256, signature.own_signature or "")
    )
