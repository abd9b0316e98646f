"""Any text in any field: it is kept or refused in words, never an error, on either database."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import Desk

OFFICER = "customer_service_officer"
SHEET = "/customer-service/complaints/new"
odd = st.text(
    st.characters(codec="utf-8") | st.sampled_from("\0\u202e\u200b\ufeff\ufffe\U0001f600\x1b"), max_size=80
)


@pytest.mark.proves("S34")
@pytest.mark.both_databases
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(odd, min_size=3, max_size=3))
def test_any_text_is_kept_or_refused(desk: Desk, words: list[str]) -> None:
    told = [
        (name, words[place % 3] if place % 2 else text)
        for place, (name, text) in enumerate(desk.told("CS-51"))
    ]
    for op in ("save", "submit"):
        answer = desk.post(OFFICER, SHEET, [("_op", op), ("_key", "k" + words[0][:3]), *told])
        assert answer.status_code in (200, 303, 409, 422), answer.status_code
    assert desk.browser(OFFICER).get("/find", query_string={"q": words[0]}).status_code == 200


@pytest.mark.proves("S34")
@pytest.mark.both_databases
def test_a_megabyte_in_a_field_is_refused_beside_it(desk: Desk) -> None:
    for text in ("长" * 350_000, "x" * 1_000_000, " " * 1_000_000, "\u200b" * 350_000, "1" * 1_000_000):
        for name, _old in desk.told("CS-51")[:6]:
            told = desk.told("CS-51", **{name: text})
            answer = desk.post(OFFICER, SHEET, [("_op", "submit"), ("_key", "big"), *told])
            assert answer.status_code in (303, 422), (name, text[:1])


@pytest.mark.proves("S34")
@pytest.mark.parametrize(
    "raw", [b"content=\xff\xfe", b"content=%ED%A0%80", b"content=%C0%80", b"%00=%00", b"content=%80"]
)
@pytest.mark.both_databases
def test_bytes_that_are_no_text_break_nothing(desk: Desk, raw: bytes) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = desk.browser(OFFICER).post(SHEET, data=b"_op=submit&_key=k&" + raw, content_type=kind)
    assert answer.status_code in (400, 422)
    assert desk.browser(OFFICER).get("/find?" + raw.decode("latin-1")).status_code == 200
