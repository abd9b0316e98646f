"""The library as its readers meet it: in a browser, after what its people have done is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.extensions import db
from tests.documents.library import Library

Browse = Callable[[str], FlaskClient]


class Browser(FlaskClient):
    """A browser beside a context that stays open: each request begins with what is written, and knows nobody yet."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Asks for an address."""
        db.session.commit()
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture
def library(context: Flask) -> Library:
    """The small company's document control."""
    return Library()


@pytest.fixture
def browse(context: Flask, sign_in: Callable[[FlaskClient, str], FlaskClient]) -> Browse:
    """The browser of the person with this login; what was done so far is written."""

    def begin(login: str) -> FlaskClient:
        return sign_in(Browser(context, context.response_class, use_cookies=True), login)

    return begin
