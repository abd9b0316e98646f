"""The printing process is bounded in time and memory; what breaks it off harms no other print."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.lib.unhurried import NICE
from portal.pdf import process
from portal.pdf.process import Printer, PrintFailed, PrintTooLarge
from tests.pdf.test_render import small, table


@pytest.fixture
def printer() -> Iterator[Printer]:
    """A printing process of its own."""
    made = Printer()
    yield made
    made.stop()


@pytest.mark.proves("S41")
def test_a_print_that_takes_too_long_is_broken_off(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert printer.render(small()).startswith(b"%PDF-")
    before = printer._process
    monkeypatch.setattr(process, "SECONDS", 0.2)
    with pytest.raises(PrintTooLarge, match="too long"):
        printer.render(small(table("明细", ["甲", "乙"], [("一", "二")] * 3000)))
    monkeypatch.undo()
    assert printer.render(small()).startswith(b"%PDF-"), "the next one has a process of its own"
    assert printer._process is not before


@pytest.mark.proves("S41")
def test_a_process_has_so_much_memory_and_no_more(printer: Printer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "MEMORY", 64 << 20)
    with pytest.raises(PrintTooLarge, match="too much memory"):
        printer.render(small())
    monkeypatch.undo()
    assert printer.render(small()).startswith(b"%PDF-")


@pytest.mark.proves("S41")
def test_a_print_that_fails_is_told_and_replaces_the_process(printer: Printer) -> None:
    with pytest.raises(PrintFailed, match="has no attribute"):
        printer.render("no sheet")  # type: ignore[arg-type]
    assert printer._process is None
    assert printer.render(small()).startswith(b"%PDF-")


@pytest.mark.proves("F15")
def test_where_nobody_waits_a_print_may_take_longer(
    printer: Printer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "SECONDS", 0.01)
    long = small(table("明细", ["甲", "乙"], [("一", "二")] * 50))
    with pytest.raises(PrintTooLarge):
        printer.render(long)
    assert printer.render(long, process.ALONE).startswith(b"%PDF-")


def test_pages_and_their_database_go_first(printer: Printer) -> None:
    assert printer.render(small()).startswith(b"%PDF-")
    assert printer._process is not None
    id = printer._process.pid
    assert os.getpriority(os.PRIO_PROCESS, id) == NICE
    share = Path(f"/proc/{id}/autogroup")
    if share.exists() and (said := share.read_text()):  # nice values count only within a session
        assert said.endswith(f" nice {NICE}\n")
        assert said != Path("/proc/self/autogroup").read_text()
