"""Signed notes are those that other tools read, and nothing about them can be changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from portal.lib import checkpoints
from portal.lib.checkpoints import Checkpoint
from portal.lib.signed_note import NotSigned, key_name, open_note, read_verifier, sign, verifier

# From the documentation of Go's golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
KEY, OTHER = (Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32) for seed in (1, 2))
AT = datetime(2026, 5, 12, 1, 30, tzinfo=UTC)


def test_a_note_of_go_is_read() -> None:
    assert open_note(GO_NOTE, [OTHER.public_key(), read_verifier(GO_KEY)]) == GO_TEXT


@given(st.text(), st.text())
def test_what_was_signed_comes_out(text: str, whose: str) -> None:
    text = text.encode(errors="ignore").decode() + "\n"
    whose = key_name(whose.encode(errors="ignore").decode())
    assert open_note(sign(text, whose, KEY), [KEY.public_key()]) == text
    public = read_verifier(verifier(whose, KEY.public_key()))
    assert public.public_bytes_raw() == KEY.public_key().public_bytes_raw()


@given(st.integers(0, 400), st.characters(exclude_categories=["Cs"]))
def test_no_letter_of_it_can_be_changed(place: int, letter: str) -> None:
    note = Checkpoint("华衡 A", 3, 17, bytes(32), AT).signed(KEY)
    place %= len(note)
    changed = note[:place] + letter + note[place + 1 :]
    try:
        text = open_note(changed, [KEY.public_key()])
    except NotSigned:
        return
    assert text == note.rpartition("\n\n")[0] + "\n", "only what is not part of the text"


def test_another_key_or_name_does_not_do() -> None:
    note = sign("hello\n", "a", KEY)
    for keys in ([], [OTHER.public_key()]):
        with pytest.raises(NotSigned):
            open_note(note, keys)
    with pytest.raises(NotSigned):
        open_note(note.replace("— a ", "— b "), [KEY.public_key()])


@pytest.mark.parametrize(
    "line", ["", "a", "a+b", "a++", "a+00000000+AQ==", GO_KEY[1:], GO_KEY[:-4], f"{GO_KEY}é"]
)
def test_what_is_no_public_key(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        read_verifier(line)


@given(
    st.integers(0, 10**15), st.integers(0, 10**15), st.binary(min_size=32, max_size=32), st.integers(-12, 14)
)
def test_a_checkpoint_comes_back(number: int, size: int, root: bytes, zone: int) -> None:
    made = Checkpoint("华衡制造建设集团", number, size, root, AT.astimezone(timezone(timedelta(hours=zone))))
    assert checkpoints.read(made.signed(KEY), [KEY.public_key()]) == made


@pytest.mark.parametrize(
    "text",
    [
        "hello\n",
        f"a\n1\n{'A' * 43}=\nnumber 1\ntime yesterday\n",
        f"a\n1\n{'A' * 43}=\nnumber 1\ntime 2026-05-12T01:30:00\n",
        f"a\n-1\n{'A' * 43}=\nnumber 1\ntime 2026-05-12T01:30:00+00:00\n",
        f"a\n1\n{'A' * 44}\nnumber 1\ntime 2026-05-12T01:30:00+00:00\n",
        f"a\n1\n{'A' * 43}=\nnumber 1\ntime 2026-05-12T01:30:00+00:00\nmore\n",
    ],
)
def test_a_signed_note_that_is_no_checkpoint(text: str) -> None:
    with pytest.raises(NotSigned, match="no checkpoint"):
        checkpoints.read(sign(text, "a", KEY), [KEY.public_key()])
