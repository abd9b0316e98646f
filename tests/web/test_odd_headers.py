"""Headers that say an address and hold none: whoever sends them is answered as if they said nothing, or refused."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import Desk

ODD = [
    "http://[",
    "http://[x]/",
    "http://[::1",
    "http://\u2100/",
    "//",
    "::",
    "javascript:1",
    "http://a:b:c/",
    "\xff",
]


@pytest.mark.proves("S15", "S44")
@pytest.mark.parametrize("address", ODD)
def test_an_origin_that_is_no_address_is_a_foreign_one(desk: Desk, address: str) -> None:
    answer = desk.browser("employee").post(
        "/account/theme", data={"value": "dark"}, headers={"Origin": address.encode().decode("latin-1")}
    )
    assert answer.status_code == 403


@pytest.mark.proves("S44")
@pytest.mark.parametrize("address", ODD)
@pytest.mark.parametrize("name", ["Referer", "HX-Current-URL"])
def test_a_page_before_that_is_no_address_is_none(client: FlaskClient, name: str, address: str) -> None:
    said = {name: address.encode().decode("latin-1")}
    assert client.post("/notices/read", headers=said).location == "/sign-in"
    fragment = client.get("/notices", headers={**said, "HX-Request": "true"})
    assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/sign-in")
