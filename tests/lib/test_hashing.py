"""One value, one text, one digest."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.hashing import GENESIS, canonical_json, chain, sha256

plain_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_one_value_has_one_text() -> None:
    assert (
        canonical_json({"b": [1, None, True], "a": "锅炉\n"}) == '{"a":"锅炉\\n","b":[1,null,true]}'.encode()
    )
    assert canonical_json({"a": 1, "b": 2}) == canonical_json({"b": 2, "a": 1})


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        Decimal("1"),
        date(2026, 1, 1),
        datetime(2026, 1, 1, tzinfo=UTC),
        b"x",
        {1},
        object(),
        {1: "a"},
        {None: 1},
    ],
)
def test_what_has_no_single_spelling_is_refused_at_any_depth(value: object) -> None:
    for nested in (value, [value], {"a": {"b": (value,)}}):
        with pytest.raises(TypeError):
            canonical_json(nested)


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        canonical_json("\ud800")


@given(plain_json)
def test_nothing_is_lost_and_a_stored_copy_has_the_same_text(value: object) -> None:
    text = canonical_json(value)
    assert json.loads(text) == value
    assert canonical_json(json.loads(text)) == text


def test_sha256_of_nothing_is_the_published_one() -> None:
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.binary(), st.binary())
def test_a_change_anywhere_changes_every_later_link(one: bytes, other: bytes) -> None:
    first, changed = chain(GENESIS, one), chain(GENESIS, other)
    assert (first == changed) == (one == other)
    assert (chain(first, b"next") == chain(changed, b"next")) == (one == other)


@pytest.mark.parametrize("previous", ["", "0", "g" * 64, "A" * 64, GENESIS + "\n"])
def test_a_link_must_follow_a_digest(previous: str) -> None:
    with pytest.raises(ValueError, match="GENESIS"):
        chain(previous, b"")
