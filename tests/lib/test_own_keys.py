"""Keys of people: what they sign, and what opens them."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from portal.lib import own_keys


def test_a_signature_fits_its_key_and_its_text_alone() -> None:
    key, other = own_keys.make(), own_keys.make()
    public, made = own_keys.public(key), own_keys.sign(key, "a" * 64)
    assert own_keys.verifies(public, "a" * 64, made)
    assert not own_keys.verifies(public, "b" * 64, made)
    assert not own_keys.verifies(own_keys.public(other), "a" * 64, made)


def test_it_is_plain_ecdsa_that_any_library_checks() -> None:
    key = own_keys.make()
    public = serialization.load_der_public_key(base64.b64decode(own_keys.public(key)))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    assert public.curve.name == "secp256r1"
    public.verify(base64.b64decode(own_keys.sign(key, "text")), b"text", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("public", ["", "?", "5pys", "not base64 ✗", "MCowBQYDK2VwAyEA" + "A" * 43 + "="])
def test_what_is_no_key_verifies_nothing(public: str) -> None:
    assert not own_keys.verifies(public, "text", own_keys.sign(own_keys.make(), "text"))


@pytest.mark.parametrize("signature", ["", "?", "AAAA", "✗"])
def test_what_is_no_signature_fits_nothing(signature: str) -> None:
    assert not own_keys.verifies(own_keys.public(own_keys.make()), "text", signature)


def test_a_key_of_another_curve_counts_for_nothing() -> None:
    key = ec.generate_private_key(ec.SECP384R1())
    assert not own_keys.verifies(own_keys.public(key), "text", own_keys.sign(key, "text"))


def test_a_locked_key_opens_with_its_password_for_its_owner_alone() -> None:
    key = own_keys.make()
    text = own_keys.lock(key, "kupferkanne", "mine")
    assert own_keys.public(own_keys.unlock(text, "kupferkanne", "mine")) == own_keys.public(key)
    for password, about in (("kupferkanne!", "mine"), ("kupferkanne", "yours"), ("", "mine")):
        with pytest.raises(own_keys.Locked):
            own_keys.unlock(text, password, about)
    assert own_keys.lock(key, "kupferkanne", "mine") != text, "no two look alike"


@pytest.mark.parametrize(
    "text", ["", "scrypt", "scrypt$4$1$1$AAAA$AAAA", "plain$4$1$1$AAAA$AAAA", "scrypt$x$1$1$AA$A"]
)
def test_what_was_never_locked_does_not_open(text: str) -> None:
    with pytest.raises(own_keys.Locked):
        own_keys.unlock(text, "kupferkanne", "mine")


def test_a_changed_letter_keeps_it_shut() -> None:
    text = own_keys.lock(own_keys.make(), "kupferkanne", "mine")
    for place in (-10, -40, -90):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(own_keys.Locked):
            own_keys.unlock(changed, "kupferkanne", "mine")


def test_a_held_key_opens_with_the_key_of_its_window_alone() -> None:
    key, window = own_keys.make(), own_keys.window()
    text = own_keys.hold(key, window, "session")
    assert own_keys.public(own_keys.release(text, window, "session")) == own_keys.public(key)
    for other, about in (
        (own_keys.window(), "session"),
        (window, "another"),
        ("", "session"),
        ("✗", "session"),
    ):
        with pytest.raises(own_keys.Locked):
            own_keys.release(text, other, about)


def test_locking_is_dear() -> None:
    power, block, turns = STRONG
    assert 2**power * block * 128 >= 32 * 1024 * 1024
    assert turns >= 3, "as OWASP advises with so much memory"


STRONG = own_keys.COST
