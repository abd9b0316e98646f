"""Keys in a token (SoftHSM): they seal as others do, whatever happened to the token since."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pkcs11
import pytest

from portal.lib import certificates
from portal.lib.certificates import Identity, Unfit
from portal.pdf.render import render
from portal.storage.token import REASONS, Token, TokenAway
from tests.pdf.test_render import complaint
from tests.pdf.test_seal import AUTHORITY, NOW, by, judged
from tests.softhsm import PIN, Box, box


@pytest.fixture
def tokens(tmp_path: Path) -> Iterator[Box]:
    """One token, empty."""
    with box(tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def made() -> bytes:
    """A print."""
    return render(complaint())


def signer(token: Token) -> Identity:
    """A certificate for the token's key."""
    return certificates.make_signer("华衡制造建设集团", AUTHORITY, now=NOW, held=token.held())


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_key_in_a_token_seals(tokens: Box, made: bytes, kind: str) -> None:
    one = signer(tokens.key(kind))
    certificates.check(one, now=NOW)
    status = judged(by(one, made))
    assert status.bottom_line
    assert status.signing_cert.serial_number == one.certificate.serial_number
    assert PIN not in repr(one)
    assert b"PRIVATE KEY" not in certificates.dump(one)


def test_it_does_not_matter_what_happened_to_the_token_since(tokens: Box) -> None:
    """Logged out by somebody else, left open, ended as a whole, taken away and put in again."""
    token = tokens.key("ec")
    key = token.held()
    library = pkcs11.lib(token.module)
    left_open = library.get_token(token_label="单位").open(user_pin=PIN)
    assert key.sign_sha256(b"one")
    left_open.close()  # which ends the login of the whole process
    assert key.sign_sha256(b"two")
    library.finalize()
    assert key.sign_sha256(b"three")
    tokens.make("another")
    assert replace(token, label="another").certificates() == [], "put in after the library had looked"
    tokens.remove("单位")
    library.finalize()
    with pytest.raises(TokenAway, match=r"^no token$"):
        key.sign_sha256(b"four")
    tokens.make("单位")
    with pytest.raises(TokenAway, match=r"^no key$"):
        key.sign_sha256(b"five")
    tokens.key("ec")
    with pytest.raises(TokenAway, match=r"^other key$"):
        key.sign_sha256(b"six")


def test_several_at_once(tokens: Box) -> None:
    key = tokens.key("ec").held()
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(key.sign_sha256, [bytes([one]) for one in range(40)]))) == 40


def test_in_a_process_that_was_forked(tokens: Box) -> None:
    token = tokens.key("ec")
    assert token.sign_sha256(b"here")
    with ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as other:
        assert other.submit(token.sign_sha256, b"there").result()
    assert token.sign_sha256(b"here again")


def test_a_wrong_pin_is_tried_once_only(tokens: Box) -> None:
    """As the token would lock itself."""
    token = tokens.key("ec")
    wrong = replace(token, pin="111111")
    for _try in range(5):
        with pytest.raises(TokenAway, match=r"^pin$"):
            wrong.sign_sha256(b"one")
    assert token.sign_sha256(b"one")


def test_what_is_not_there(tokens: Box, tmp_path: Path) -> None:
    token = tokens.key("ec")
    (tmp_path / "library.so").write_text("no library")
    tokens.key("ec", "twice")
    tokens.key("ec", "twice")
    for why, asked in {
        "no token": replace(token, label="nowhere"),
        "no key": replace(token, key="nothing"),
        "several keys": replace(token, key="twice"),
        "no module": replace(token, module=str(tmp_path / "library.so")),
    }.items():
        for act in (asked.held, lambda asked=asked: asked.sign_sha256(b"one")):
            with pytest.raises(TokenAway, match=f"^{why}$"):
                act()
        assert why in REASONS
    with pytest.raises(TokenAway, match=r"^no module$"):
        replace(token, module=str(tmp_path / "none.so")).certificates()


def test_certificates_in_the_token(tokens: Box) -> None:
    token = tokens.key("rsa")
    assert token.certificates() == []
    one = signer(token)
    with pytest.raises(Unfit, match=r"^no certificate$"):
        certificates.find(token.certificates(), token.held())
    tokens.put(AUTHORITY.certificate, "root")
    with pytest.raises(Unfit, match=r"^other key$"):
        certificates.find(token.certificates(), token.held())
    tokens.put(one.certificate)
    found = certificates.find(token.certificates(), token.held())
    assert (found.certificate, found.chain) == (one.certificate, (AUTHORITY.certificate,))


def test_a_token_that_tells_no_public_key_may_tell_a_certificate(tokens: Box) -> None:
    shy = tokens.key("ec", "shy", public=False)
    with pytest.raises(TokenAway, match=r"^no public key$"):
        shy.held()
    other = tokens.key("ec")
    tokens.put(signer(other).certificate, "shy")
    with pytest.raises(TokenAway, match=r"^other key$"):
        shy.held().sign_sha256(b"one")
