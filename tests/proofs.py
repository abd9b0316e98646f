"""Writes down what a run of the tests has shown of the lists of `portal/assurance/`.

A test names what it shows: `@pytest.mark.proves("R8")`. A run of some tests renews their lines and leaves those of
others; a run of the whole suite drops the lines of tests that there are no more. Works under xdist: the workers' reports
carry the ids to the process that writes.
"""

from __future__ import annotations

import ast
import contextlib
import json
import os
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter  # no test travels in it
from typing import Any

import pytest

PROVES, DATABASE = "proves", "proved_on"
FORMAT = 1
NARROWING = ("keyword", "markexpr", "maxfail", "lf", "deselect", "ignore", "ignore_glob")  # options of pytest
Lines = dict[str, dict[str, Any]]


class Proofs:
    """The plugin: one for each process, of which the first writes."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root, self.file = root, file
        self._began, self._clock = datetime.now(UTC), perf_counter()
        self._seen: Lines = {}
        self._code: dict[str, Any] = {}
        self._whole = True

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Looks which state of the code is about to run; a worker need not know."""
        if hasattr(session.config, "workerinput"):
            return
        commit = _git(self.root, "rev-parse", "HEAD")
        clean = bool(commit) and not _git(self.root, "status", "--porcelain")
        self._code = {"commit": commit, "clean": clean, "version": _version(self.root)}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Lets each report carry what its test shows, and on which database."""
        for item in items:
            ids = [id for mark in item.iter_markers(PROVES) for id in mark.args]
            item.user_properties.append((PROVES, sorted(set(ids))))
            item.user_properties.append((DATABASE, _database(item)))

    def pytest_deselected(self) -> None:
        """Not every test runs."""
        self._whole = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keeps the worst of what setting up, running and clearing away have shown."""
        told = dict(report.user_properties)
        outcome = "failed" if report.failed else "skipped" if report.skipped else "passed"
        if report.nodeid not in self._seen:
            at = self._began + timedelta(seconds=perf_counter() - self._clock)
            self._seen[report.nodeid] = {
                "ids": told.get(PROVES, []),
                "outcome": outcome,
                "at": at.isoformat(),
            }
            self._seen[report.nodeid]["database"] = told.get(DATABASE, "")
        elif outcome != "passed" and self._seen[report.nodeid]["outcome"] != "failed":
            self._seen[report.nodeid]["outcome"] = outcome

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Writes the file, unless this is a worker or nothing ran."""
        if hasattr(session.config, "workerinput") or not self._seen:
            return
        new = {test: {**line, **self._code} for test, line in self._seen.items()}
        folders = [self.root / one for one in session.config.getini("testpaths")]
        claimed = claims(self.root, folders)
        write(
            self.file,
            claimed,
            merged(read(self.file), new, whole=self._whole and _is_whole(session, exitstatus)),
        )


def claims(root: Path, folders: list[Path]) -> dict[str, list[str]]:
    """The tests that say to show each id, run or not: without them a run of some would look like one of all."""
    found: dict[str, set[str]] = {}
    for folder in folders:
        for path in folder.rglob("test_*.py"):
            text = path.read_text(encoding="utf-8")
            for name, id in _marks(ast.parse(text)) if f".{PROVES}(" in text else ():
                found.setdefault(id, set()).add(f"{path.relative_to(root).as_posix()}::{name}")
    return {id: sorted(tests) for id, tests in sorted(found.items())}


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in module.body:
        for mark in getattr(node, "decorator_list", ()):
            if isinstance(mark, ast.Call) and getattr(mark.func, "attr", "") == PROVES:
                for given in mark.args:
                    yield node.name, ast.literal_eval(given)  # type: ignore[attr-defined]


def merged(old: Mapping[str, Any], new: Mapping[str, Any], *, whole: bool) -> Lines:
    """The lines of this run over those of earlier ones, which a whole run replaces; only of tests that show something."""
    kept = {} if whole else {test: line for test, line in old.items() if test not in new}
    return dict(sorted({**kept, **{test: line for test, line in new.items() if line["ids"]}}.items()))


def read(file: Path) -> Lines:
    """What earlier runs have written; nothing where there is none or it makes no sense."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
        lines: Lines = given["tests"] if given["format"] == FORMAT else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return lines


def write(file: Path, claimed: Mapping[str, list[str]], lines: Lines) -> None:
    """Puts the file in its place at once, so that nobody reads half of it; a place that is shut keeps nothing."""
    text = json.dumps({"format": FORMAT, "claims": claimed, "tests": lines}, ensure_ascii=False, indent=1)
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_name(f"{file.name}.{os.getpid()}")
        half.write_text(text + "\n", encoding="utf-8")
        half.replace(file)


def _is_whole(session: pytest.Session, exitstatus: int) -> bool:
    """Whether every test there is has run to its end."""
    config = session.config
    asked = {Path(one).resolve() for one in config.args}
    everything = {(config.rootpath / one).resolve() for one in config.getini("testpaths")}
    narrowed = any(getattr(config.option, name, None) for name in NARROWING)
    return asked == everything and not narrowed and exitstatus in (0, 1)


def _database(item: pytest.Item) -> str:
    """The database that a test runs on; empty where it needs none."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return str(parameters.get("database", "postgresql" if item.get_closest_marker("postgres") else ""))


def _git(root: Path, *words: str) -> str:
    """What git says; nothing where there is no git or no repository."""
    try:
        ran = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def _version(root: Path) -> str:
    with contextlib.suppress(OSError, KeyError):
        return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])
    return ""
