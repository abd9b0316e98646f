"""The papers are true: settings, commands, targets, paths and the example form are those of the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from portal import cli
from portal.config import ROOT, Settings
from portal.extensions import alembic, db

READMES = ("README.md", "README.zh.md")
PAPERS = (
    *READMES,
    "CONTRIBUTING.md",
    "deploy/README.md",
    *(str(p.relative_to(ROOT)) for p in sorted((ROOT / "docs").rglob("*.md"))),
)
MAP = {"README.md": "## Map of the house", "README.zh.md": "## 代码地图"}
# A path of somebody's own machine, or work left over. Parts are joined so that this file does not find itself.
FORBIDDEN = re.compile(
    r"(?<![\w./-])/(?:work|root|tmp|home)\b|\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3)) + r")\b"
)


def read(paper: str) -> str:
    """The text of a paper."""
    return (ROOT / paper).read_text(encoding="utf-8")


def code(text: str) -> str:
    """What stands in code blocks and between backticks."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", text, re.S))


def section(text: str, heading: str) -> str:
    """The text under a heading, up to the next of its kind."""
    return text.split(f"\n{heading}\n", 1)[1].split("\n## ", 1)[0]


def shown(default: Any) -> str:
    """A default as the table shows it."""
    if isinstance(default, Path):
        default = default.relative_to(ROOT)
    return "" if default in ("", ()) else f"`{default}`"


def settings_rows(text: str) -> list[tuple[str, str, str]]:
    """Name, default and meaning of the settings in a README."""
    return re.findall(r"^\| `([A-Z0-9_]+)` \| ?(.*?) \| (.+) \|$", text, re.M)


@pytest.mark.parametrize("paper", READMES)
def test_settings_table_is_that_of_the_code(paper: str) -> None:
    rows = settings_rows(read(paper))
    fields = Settings.model_fields.items()
    assert [(name, default) for name, default, _ in rows] == [
        (name.upper(), shown(field.default)) for name, field in fields
    ]
    if paper == "README.md":
        assert [meaning for _, _, meaning in rows] == [field.description for _, field in fields]


def test_example_environment_names_every_setting() -> None:
    names = re.findall(r"^#?([A-Z0-9_]+)=", read(".env.example"), re.M)
    assert names == [name.upper() for name in Settings.model_fields]


@pytest.mark.parametrize("paper", PAPERS)
def test_make_targets_exist(paper: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.M))
    assert set(re.findall(r"\bmake ([a-z]+)", code(read(paper)))) <= targets


def test_make_help_lists_every_target() -> None:
    makefile = read("Makefile")
    phony = re.search(r"^\.PHONY: (.+)$", makefile, re.M)
    assert phony is not None
    assert re.findall(r"^([a-z]+):.* ## \S", makefile, re.M) == phony[1].split()


@pytest.mark.parametrize("paper", PAPERS)
def test_flask_commands_exist(paper: str) -> None:
    app = Flask("papers")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    alembic.init_app(app)
    cli.init_app(app)
    for words in re.findall(r"\bflask ([a-z][a-z -]*[a-z])", code(read(paper))):
        command: click.Command | None = app.cli
        for word in words.partition(" -")[0].split():
            assert isinstance(command, click.Group), f"{paper}: flask {words}"
            command = command.get_command(click.Context(command), word)
        assert command is not None, f"{paper}: flask {words}"


@pytest.mark.parametrize("paper", READMES)
def test_paths_of_the_map_exist(paper: str) -> None:
    named = re.findall(r"^\| (.+?) \|", section(read(paper), MAP[paper]), re.M)
    paths = [path for cell in named for path in re.findall(r"`([^`]+)`", cell)]
    assert len(paths) > 20
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_both_readmes_map_the_same_paths() -> None:
    english, chinese = (re.findall(r"`([^`\n]+/)`", section(read(paper), MAP[paper])) for paper in READMES)
    assert english == chinese


@pytest.mark.parametrize("paper", PAPERS)
def test_links_lead_somewhere(paper: str) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", read(paper))
    lost = [one for one in targets if "://" not in one and not ((ROOT / paper).parent / one).exists()]
    assert lost == []


@pytest.mark.parametrize("paper", [*PAPERS, ".env.example"])
def test_no_left_overs(paper: str) -> None:
    assert FORBIDDEN.findall(read(paper)) == []


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        assert read(f"docs/decisions/{name}").startswith(f"# {int(name[:4])}. ")


def test_the_example_form_is_complete_and_the_same_in_both_languages() -> None:
    english, chinese = (re.search(r"```python\n(.+?)```", read(paper), re.S) for paper in READMES)
    assert english is not None
    assert chinese is not None
    assert english[1] == chinese[1]
    place = {"__name__": "portal.forms.warehouse.tool_loan"}
    check = "assert definition(place['ToolLoan'])['url'] == '/warehouse/tool-loans/'"
    program = (
        "import sys; from portal.forms.definition import definition\n"
        f"place = {place!r}; exec(sys.stdin.read(), place); {check}"
    )
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, input=english[1], text=True, capture_output=True, cwd=ROOT, check=False)
    assert ran.returncode == 0, ran.stderr
