"""Lines of the log: one event, one line, whatever stands in it; a trace cannot be taken for an event."""

from __future__ import annotations

import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.log_lines import MARK, TextLines, plain

FORGED = "x\n2026-05-12 02:00:00,000 INFO portal: signed in as administrator"


def written(message: str, *facts: object, error: BaseException | None = None) -> list[str]:
    """The lines that an event makes."""
    trace = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("portal", logging.INFO, __file__, 1, message, facts, trace)
    return TextLines().format(record).split("\n")


@pytest.mark.proves("S31")
@pytest.mark.parametrize(
    "sign", ["\n", "\r", "\r\n", "\x1b[2J", "\x08", "\x00", "\x85", "\u2028", "\u2029", "\u202e"]
)
def test_what_ends_or_turns_a_line_is_shown_by_its_code(sign: str) -> None:
    (line,) = written("at %s", f"a{sign}b 张伟")
    assert sign not in line
    assert "张伟" in line
    assert "\\" in line


@pytest.mark.proves("S31")
@given(st.text())
def test_no_text_makes_a_second_line(text: str) -> None:
    assert len(written("at %s", text)) == 1
    assert len(plain(text).splitlines()) <= 1


@pytest.mark.proves("S31")
def test_a_trace_stands_behind_marks_and_forges_no_event() -> None:
    try:
        raise RuntimeError(FORGED)
    except RuntimeError as error:
        lines = written("%s at %s", "1234", "/x", error=error)
    assert sys.exc_info() == (None, None, None)
    assert len(lines) > 3
    assert all(line.startswith(MARK) for line in lines[1:])
    assert any("signed in as administrator" in line for line in lines[1:])
