"""What a run of the tests writes down: every test that shows something, with its own time, under xdist too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.config import ROOT
from portal.storage import assurance_file

TESTS = """
import pytest

@pytest.mark.proves("R1")
@pytest.mark.proves("R2", "R3")
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_good(database): pass

@pytest.mark.proves("R4")
def test_bad(): assert False

@pytest.fixture
def broken():
    yield
    raise RuntimeError

@pytest.mark.proves("R5")
def test_breaks_afterwards(broken): pass

@pytest.mark.proves("R6")
@pytest.mark.skip
def test_left_out(): pass

def test_shows_nothing(): pass
"""
MORE = 'import pytest\n\n@pytest.mark.proves("R7")\ndef test_more(): pass\n'
CONFTEST = """
from pathlib import Path
from tests.proofs import Proofs

def pytest_configure(config):
    config.pluginmanager.register(Proofs(config.rootpath, config.rootpath / "out" / "proofs.json"))
"""
INI = '[project]\nversion = "7.8"\n[tool.pytest.ini_options]\ntestpaths = ["suite"]\nmarkers = ["proves"]\n'
Lines = dict[str, dict[str, Any]]


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A little project of its own, with five tests in one file and one in another."""
    (tmp_path / "suite").mkdir()
    (tmp_path / "pyproject.toml").write_text(INI)
    (tmp_path / "suite" / "conftest.py").write_text(CONFTEST)
    (tmp_path / "suite" / "test_some.py").write_text(TESTS)
    (tmp_path / "suite" / "test_more.py").write_text(MORE)
    return tmp_path


def run(suite: Path, *words: str) -> Lines:
    """Runs the little project; gives what was written, by the names of tests alone."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(
        command, cwd=suite, env={**clean, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False
    )
    file = suite / "out" / "proofs.json"
    tests: Lines = json.loads(file.read_text())["tests"]
    return {test.partition("::")[2]: line for test, line in tests.items()}


@pytest.mark.proves("R34")
@pytest.mark.parametrize("how", ["0", "2"])
def test_every_marked_test_has_a_line_with_its_outcome(suite: Path, how: str) -> None:
    lines = run(suite, "-n", how)
    assert {test: (line["ids"], line["outcome"], line["database"]) for test, line in lines.items()} == {
        "test_good[sqlite]": (["R1", "R2", "R3"], "passed", "sqlite"),
        "test_good[postgresql]": (["R1", "R2", "R3"], "passed", "postgresql"),
        "test_bad": (["R4"], "failed", ""),
        "test_breaks_afterwards": (["R5"], "failed", ""),
        "test_left_out": (["R6"], "skipped", ""),
        "test_more": (["R7"], "passed", ""),
    }
    assert {(line["version"], line["commit"], line["clean"]) for line in lines.values()} == {
        ("7.8", "", False)
    }
    told = assurance_file.read(suite / "out" / "proofs.json")
    assert not told.problem
    assert len(told.proofs) == 6
    assert told.claims["R1"] == ("suite/test_some.py::test_good",)
    assert told.claims.keys() == {f"R{number}" for number in range(1, 8)}


def test_a_run_of_some_leaves_the_lines_of_others(suite: Path) -> None:
    first = run(suite)
    again = run(suite, "suite/test_more.py")
    assert again.keys() == first.keys()
    assert again["test_bad"] == first["test_bad"]
    assert again["test_more"]["at"] > first["test_more"]["at"]
    some = run(suite, "-k", "bad")
    assert some.keys() == first.keys()
    assert some["test_more"] == again["test_more"]


def test_only_a_whole_run_drops_what_is_gone(suite: Path) -> None:
    run(suite)
    (suite / "suite" / "test_more.py").unlink()
    assert "test_more" in run(suite, "-k", "good")
    assert "test_more" in run(suite, "suite/test_some.py")
    assert "test_more" in run(suite, "-x"), "it stopped at the first failure"
    assert "test_more" not in run(suite)


def test_a_test_that_shows_nothing_any_more_loses_its_line(suite: Path) -> None:
    run(suite)
    (suite / "suite" / "test_more.py").write_text("def test_more(): pass\n")
    assert "test_more" not in run(suite, "suite/test_more.py")


def test_a_commit_is_named_and_whether_anything_differs_from_it(suite: Path) -> None:
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    (suite / ".gitignore").write_text("out\n__pycache__\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], cwd=suite, check=True, capture_output=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], cwd=suite, check=True, capture_output=True, text=True)
    line = run(suite, "suite/test_more.py")["test_more"]
    assert (line["commit"], line["clean"]) == (head.stdout.strip(), True)
    (suite / "suite" / "test_some.py").write_text("")
    assert run(suite, "suite/test_more.py")["test_more"]["clean"] is False


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9, "tests": {}}', "\x00", '{"format": 1}'])
def test_a_file_that_makes_no_sense_is_written_anew(suite: Path, text: str) -> None:
    (suite / "out").mkdir()
    (suite / "out" / "proofs.json").write_text(text)
    assert assurance_file.read(suite / "out" / "proofs.json").problem == "broken"
    assert run(suite, "suite/test_more.py").keys() == {"test_more"}
