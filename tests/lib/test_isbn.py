"""Numbers of books: one form for all ways of writing them, and no number whose check digit is wrong."""

from __future__ import annotations

import pytest

from portal.lib.isbn import IsbnError, isbn13

WRITTEN = (
    "9787112055104",
    "978-7-112-05510-4",
    "ISBN 978-7-112-05510-4",
    "ISBN：978-7-112-05510-4",
    "９７８－７－１１２－０５５１０－４",
    "978–7–112–05510–4",
    " 978 7 112 05510 4 ",
    "7-112-05510-5",
    "7112055105",
    "ISBN-10: 7-112-05510-5",
)


@pytest.mark.parametrize("written", WRITTEN)
def test_every_way_of_writing_gives_one_number(written: str) -> None:
    assert isbn13(written) == "9787112055104"


def test_the_last_sign_of_ten_may_be_an_x() -> None:
    assert isbn13("0-8044-2957-X") == isbn13("080442957x") == "9780804429573"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("9787112055105", "check_digit"),
        ("7112055106", "check_digit"),
        ("9787112055014", "check_digit"),  # two digits changed places
        ("15040·4567", "old"),
        ("10019.3456", "old"),
        ("978711205510", "shape"),
        ("6901234567892", "shape"),  # a bar code of other goods
        ("", "shape"),
        ("建筑施工手册", "shape"),
        ("X711205510", "shape"),
    ],
)
def test_what_is_no_isbn_is_said_so(written: str, code: str) -> None:
    with pytest.raises(IsbnError) as refused:
        isbn13(written)
    assert refused.value.code == code
