"""Names and titles in headers: whatever they hold, there is one header of its kind, and no other that it made."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from urllib.parse import unquote

import pytest
from flask import Response
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.text import clean
from portal.mail import letter
from portal.mail.letter import Item, Words
from portal.web.headers import name_file

FORGED = [
    "a\r\nSet-Cookie: b=c",
    "a\nBcc: x@evil.example",
    'a"; filename="b.exe',
    "a\\",
    "a;b,c=d",
    "中文\r\n名",
    "\u2028x",
    "\x00",
]
AT = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
texts = st.one_of(st.sampled_from(FORGED), st.text(st.characters(codec="utf-8"), max_size=60))


@pytest.mark.proves("S30")
@given(texts, st.booleans())
def test_a_file_has_one_name_and_no_other_header(name: str, shown: bool) -> None:
    answer = Response("x")
    before = set(answer.headers.keys())
    name_file(answer, clean(name) + ".pdf", shown=shown)
    (said,) = answer.headers.getlist("Content-Disposition")
    assert set(answer.headers.keys()) - before == {"Content-Disposition"}
    assert said.isascii()
    assert said.isprintable()
    assert said.startswith("inline;" if shown else "attachment;")
    assert said.count("filename=") == said.count("filename*=") == 1
    assert unquote(said.partition("filename*=UTF-8''")[2]) == clean(name) + ".pdf"


@pytest.mark.proves("S30")
@given(texts, texts, texts)
def test_a_letter_has_one_subject_and_goes_to_one_person(subject: str, name: str, company: str) -> None:
    words = Words(subject=subject, greeting="您好", open="打开", more="", closing="", choices="")
    made = letter.write(
        [Item(text="请看", title=subject, href="https://portal.example/x")],
        words,
        company=clean(company) or "甲",
        sender="portal@huaheng.example",
        to=(clean(name) or "乙", "buyer@huaheng.example"),
        key="k",
        at=AT,
    )
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert [read.get_all(one) for one in ("Bcc", "Cc", "Set-Cookie", "Reply-To")] == [None] * 4
    assert len(read.get_all("Subject")) == len(read.get_all("To")) == 1
    assert [one.addr_spec for one in read["To"].addresses] == ["buyer@huaheng.example"]
