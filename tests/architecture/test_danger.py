"""What no module may do, so that whole kinds of faults cannot come back: code made of data, fields set by posted names,
templates made of text, expressions that long inputs keep busy."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from portal.config import ROOT

MODULES = sorted((ROOT / "portal").rglob("*.py"))
NAMES = {path: str(path.relative_to(ROOT)) for path in MODULES}


@cache
def tree(path: Path) -> ast.Module:
    """A module as the parser sees it."""
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a module, by the last word of what is called."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def imported(path: Path) -> set[str]:
    """The top packages that a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
    return found


# Data never becomes objects, commands or code

OBJECTS = ("pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "jsonpickle")
OWN_CHILD = {
    "portal/pdf/process.py",
    "portal/pdf/__main__.py",
}  # the portal talks to its own printing process
STARTS = {"portal/pdf/process.py", "portal/services/checking.py"}  # fixed words, no shell
RUN = {"eval", "exec", "compile", "__import__", "system", "popen", "literal_eval"}


@pytest.mark.proves("S33")
def test_data_becomes_neither_object_nor_command_nor_code() -> None:
    for path in MODULES:
        look_for_code(path)


def look_for_code(path: Path) -> None:
    """Fails where a module makes objects, commands or code."""
    packages = {one.partition(".")[0] for one in imported(path)}
    assert packages.isdisjoint(OBJECTS) or NAMES[path] in OWN_CHILD
    assert "subprocess" not in packages or NAMES[path] in STARTS
    for called, node in calls(path):
        plain = isinstance(node.func, ast.Name) or getattr(getattr(node.func, "value", None), "id", "") in (
            "os",
            "ast",
        )
        assert not (called in RUN and plain), (called, node.lineno)
        assert not any(one.arg == "shell" for one in node.keywords), node.lineno


# Text never becomes a template

MADE_OF_TEXT = {"render_template_string", "from_string", "Template"}
NOT_JINJA = {"portal/storage/commits.py"}  # a file of the history is made of bytes


@pytest.mark.proves("S28")
def test_no_template_is_made_of_text() -> None:
    makers = {NAMES[path] for path in MODULES if {called for called, _node in calls(path)} & MADE_OF_TEXT}
    assert makers <= NOT_JINJA


# What is posted never says which field is set


@pytest.mark.proves("S20")
def test_no_view_sets_fields_by_posted_names() -> None:
    for path in (one for one in MODULES if NAMES[one].startswith(("portal/blueprints/", "portal/web/"))):
        for called, node in calls(path):
            assert called != "setattr", (NAMES[path], node.lineno)
            spread = [ast.unparse(one.value) for one in node.keywords if one.arg is None]
            assert not any("request." in one for one in spread), (NAMES[path], node.lineno)


# Statements are fixed; what people type is bound

STATEMENT = {"text", "exec_driver_sql", "literal_column"}


@pytest.mark.proves("S27")
def test_no_statement_is_made_of_what_somebody_typed() -> None:
    for path in MODULES:
        for called, node in calls(path):
            if called in STATEMENT and node.args and ("sa" in ast.unparse(node.func) or "driver" in called):
                made = [one for one in ast.walk(node.args[0]) if isinstance(one, ast.FormattedValue)]
                constants = all(ast.unparse(one.value).isupper() for one in made)
                assert constants, (NAMES[path], node.lineno, "only constants of the module")


# Expressions

USING = {"match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
LONG = 50_000


Use = tuple[str, str, re.Pattern[str]]  # where, by which method, what


def expressions() -> Iterator[Use]:
    """Every regular expression that the program spells out, with each way in which its module uses it."""
    for path in MODULES:
        named: dict[str, re.Pattern[str]] = {}
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Assign) and (made := _spelt(node.value)):
                named |= {one.id: made for one in node.targets if isinstance(one, ast.Name)}
        used = {getattr(getattr(node.func, "value", None), "id", "") for _called, node in calls(path)}
        for name in named.keys() - used:  # elsewhere
            yield f"{NAMES[path]}: {name}", "match", named[name]
        for called, node in calls(path):
            owner, spelt = getattr(getattr(node.func, "value", None), "id", ""), _spelt(node)
            if owner in named and called in USING:
                yield f"{NAMES[path]}:{node.lineno}", called, named[owner]
            elif spelt is not None and called in USING:
                yield f"{NAMES[path]}:{node.lineno}", called, spelt


def _spelt(node: ast.AST) -> re.Pattern[str] | None:
    """The expression that a call of `re` spells out."""
    if (
        not isinstance(node, ast.Call)
        or getattr(getattr(node.func, "value", None), "id", "") != "re"
        or not node.args
    ):
        return None
    first, flags = node.args[0], 0
    for one in ast.walk(node):
        if (
            isinstance(one, ast.Attribute)
            and isinstance(one.value, ast.Name)
            and one.value.id == "re"
            and one.attr.isupper()
        ):
            flags |= getattr(re, one.attr)
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return None
    return re.compile(first.value, flags)


def use(method: str, expression: re.Pattern[str], text: str) -> None:
    """Uses an expression as the program does."""
    if method == "finditer":
        list(expression.finditer(text))
    elif method in ("sub", "subn"):
        expression.sub("", text)
    else:
        getattr(expression, method)(text)


def hostile(pattern: str) -> Iterator[str]:
    """Long texts of what the expression itself speaks of, with an end that fits nothing."""
    pieces = {" ", "\t", "\n", "a", "0", "-", "#", "|", "`", "(", "[", "<", "a ", "- ", "a,", '"', "中", "。"}
    pieces |= set(re.findall(r"[^\W\d_]{2,}|[^\w\s\\]", pattern))
    for piece in sorted(pieces):
        yield piece * (LONG // len(piece))
        yield piece * (LONG // len(piece)) + "\x07"
        yield piece * (LONG // len(piece)) + f"x{piece}"


@pytest.mark.proves("S32")
@pytest.mark.timeout(60)  # an expression that grows with the square of the length takes minutes
def test_no_expression_is_kept_busy_by_a_long_text() -> None:
    every = {(method, one.pattern): (where, method, one) for where, method, one in expressions()}
    assert len(every) > 40
    for _where, method, expression in every.values():
        for text in hostile(expression.pattern):
            use(method, expression, text)
