"""Names that any system can keep in one folder."""

from __future__ import annotations

import pytest

from portal.lib.file_names import distinct, safe


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("检验报告.pdf", "检验报告.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("a:b*c?.txt", "a_b_c_.txt"),
        ("a\x1b[2J\x00b.txt", "a[2Jb.txt"),
        ("gpj\u202etxt.exe", "gpjtxt.exe"),
        (".hidden", "hidden"),
        ("end. ", "end"),
        ("NUL", "_NUL"),
        ("con.txt", "_con.txt"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("constant.txt", "constant.txt"),
        ("..", "file"),
        ("/", "file"),
        ("", "file"),
    ],
)
def test_a_name_is_made_safe(name: str, made: str) -> None:
    assert safe(name) == made


@pytest.mark.parametrize("name", ["长" * 300 + ".pdf", "x" * 300 + ".txt", "y" * 300, "a." + "z" * 300])
def test_a_long_name_is_cut_and_keeps_its_ending(name: str) -> None:
    made = safe(name)
    assert 100 < len(made.encode()) <= 150
    assert made.endswith(name[-4:])


def test_names_alike_are_told_apart_also_by_systems_that_know_no_capitals() -> None:
    names = ["a.txt", "A.TXT", "../a.txt", "a (2).txt", "ａ.txt", "record.json", "none", "none"]
    made = distinct(names, taken=["record.json"])
    assert made == [
        "a.txt", "A (2).TXT", "a (3).txt", "a (2) (2).txt", "ａ (4).txt", "record (2).json", "none", "none (2)",
    ]  # fmt: skip
    assert len({one.casefold() for one in made}) == len(names)
