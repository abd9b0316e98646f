"""Names within an archive: harmless on every system, and none twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.member_names import MemberNames


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("照片.jpg", "照片.jpg"),
        ("../../etc/passwd", "etc-passwd"),
        ("C:\\autoexec.bat", "C-autoexec.bat"),
        ("NUL", "_NUL"),
        ("com1.txt", "_com1.txt"),
        ("conference.txt", "conference.txt"),
        ("", "file"),
        ("...", "file"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("a\x00b\n.txt", "ab.txt"),
    ],
)
def test_a_name_is_made_safe(asked: str, given: str) -> None:
    assert MemberNames().add(asked) == given


def test_none_is_given_twice_however_it_is_written() -> None:
    names = MemberNames()
    asked = ("a.txt", "a.txt", "A.TXT", "ａ.txt", "a-2.txt", "/a.txt")
    assert [names.add(one) for one in asked] == [
        "a.txt", "a-2.txt", "A-3.TXT", "ａ-4.txt", "a-2-2.txt", "a-5.txt",
    ]  # fmt: skip


@given(st.lists(st.text(max_size=120), max_size=8))
def test_whatever_is_asked(asked: list[str]) -> None:
    names = MemberNames()
    found = [names.add(one) for one in asked]
    assert len({one.casefold() for one in found}) == len(found)
    for one in found:
        assert re.fullmatch(r"[^\x00-\x1f\x7f/\\:*?\"<>|]+", one)
        assert one.strip(". ") == one
        assert len(one.encode()) <= 255
