"""Parameters twice, of the wrong kind, huge, or in no text at all: every address means one thing by them or refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal.config import ROOT
from tests.architecture.test_access import ROWS
from tests.architecture.visitors import furnished

SOURCES = [*sorted((ROOT / "portal").rglob("*.py")), *sorted((ROOT / "portal" / "templates").rglob("*.html"))]
READ = re.compile(
    r"""(?:request\.(?:args|form|values|files)(?:\.get(?:list)?\(|\[)|\b(?:asked|asked_id|control|number)\()\s*["']([\w.-]+)["']"""
)
NAMED = re.compile(r"""\bname="([\w.-]+)\"""")
ODD = ["", "0", "-1", "1.5", "true", "null", "[]", "{}", "[object Object]", "1;2", "٣", "9" * 40, "2026-02-30", "1e9",
       "\\ud800", "a\0b", "x" * 5000, "%", "_", "'", '"', "../../x", "\u202e\u200b\ufeff", "\U0001f600"]  # fmt: skip
LAST = ("sign-out", "end", "leav", "retire")  # acts that would end the visitor's own session


def parameters() -> list[str]:
    """The name of every parameter that the program or a page knows."""
    found: set[str] = set()
    for source in SOURCES:
        pattern = NAMED if source.suffix == ".html" else READ
        found.update(pattern.findall(Path(source).read_text(encoding="utf-8")))
    return sorted(found - {"viewport", "csrf_token", "color-scheme", "htmx-config"})


def shapes(names: list[str]) -> Iterator[MultiDict[str, str]]:
    """All parameters at once: with odd values; with several different ones, as lists and as members."""
    for shift in (0, len(ODD) // 2):
        yield MultiDict((name, ODD[(place + shift) % len(ODD)]) for place, name in enumerate(names))
    several = [(name, value) for name in names for value in ("1", "'\"<x>", "")]
    yield MultiDict(several + [(f"{name}{shape}", "1") for name in names for shape in ("[]", "[id]")])


def test_the_parameters_are_found() -> None:
    assert {"q", "sort", "after", "next", "_op", "_seen", "format", "state"} <= set(parameters())


@pytest.mark.proves("S24", "S34")
@pytest.mark.both_databases
def test_no_odd_parameter_of_a_page_breaks_it(app: Flask) -> None:
    site, names, wrong = furnished(app), parameters(), []
    for row in (row for row in ROWS if row.method == "GET"):
        for visitor in ("owner", "administrator", "auditor"):
            if row.answers[visitor] not in ("200", "302", "303"):
                continue
            for shape in shapes(names):
                answer = site.browsers[visitor].get(site.path(row.rule), query_string=shape)
                if answer.status_code >= 500:
                    wrong.append(f"{visitor}: {row}: {answer.status_code}")
                answer.close()
            break
    assert not wrong, "\n".join(wrong)


@pytest.mark.proves("S24", "S34")
@pytest.mark.both_databases
def test_no_odd_field_of_a_form_breaks_it(app: Flask) -> None:
    site, names, wrong = furnished(app), parameters(), []
    acts = sorted(
        (row for row in ROWS if row.method == "POST"), key=lambda row: any(one in row.rule for one in LAST)
    )
    for row in acts:
        visitor = next(
            (one for one in ("owner", "administrator", "auditor") if row.answers[one] not in ("403", "404")),
            "",
        )
        for shape in shapes(names) if visitor else ():
            answer = site.browsers[visitor].post(site.path(row.rule), data=shape)
            if answer.status_code >= 500:
                wrong.append(f"{visitor}: {row}: {answer.status_code}")
            answer.close()
    assert not wrong, "\n".join(wrong)
