"""What the project sets itself to prove, and what a run of the tests has shown of it.

The lists are the files of `portal/assurance/`: one more of them is one more list, with no new code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from portal.lib.i18n import _l, _lp, language

FOLDER = Path(__file__).resolve().parent.parent / "assurance"
SHOWN, PARTLY, FAILED, OPEN = "shown", "partly", "failed", "open"
STATES = {SHOWN: _l("已证明"), PARTLY: _l("部分证明"), FAILED: _l("未通过"), OPEN: _l("未证明")}
OUTCOMES = {"passed": _lp("test", "通过"), "skipped": _l("跳过"), "failed": _l("未通过")}  # best first
Said = Mapping[str, str]  # a text by language, zh and en
Claims = Mapping[str, Sequence[str]]  # the tests that say to show an id, run or not


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to prove, and where it comes from; `gap` says what the portal lacks for it, empty if nothing."""

    id: str
    text: Said
    source: str
    gap: Said

    def named(self, spoken: str) -> str:
        """What is to be proven, in a language."""
        return self.text[spoken]


@dataclass(frozen=True, slots=True)
class CheckList:
    """Checks that belong together, in their order; the ids begin with the prefix."""

    key: str
    prefix: str
    order: int
    title: Said
    note: Said
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What the last run of one test has shown: of which state of the code, on which database (empty: on none)."""

    test: str
    ids: tuple[str, ...]
    outcome: str  # a key of `OUTCOMES`
    at: datetime
    commit: str
    clean: bool  # nothing differed from the commit
    version: str
    database: str


@dataclass(frozen=True, slots=True)
class Shower:
    """A test with all its cases: how many, the worst outcome, the oldest result, the databases."""

    name: str
    cases: int
    outcome: str
    at: datetime
    databases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """A check with the tests that show it; `missing` are those that have no result."""

    check: Check
    proofs: tuple[Proof, ...]
    missing: tuple[str, ...] = ()

    @property
    def tests(self) -> list[Shower]:
        """The tests, each with its cases together."""
        found = []
        for name, cases in groupby(self.proofs, key=lambda one: one.test.partition("[")[0]):
            every = list(cases)
            outcome = max((one.outcome for one in every), key=list(OUTCOMES).index)
            databases = sorted({one.database for one in every} - {""})
            found.append(Shower(name, len(every), outcome, min(one.at for one in every), tuple(databases)))
        return found

    @property
    def state(self) -> str:
        """A key of `STATES`: a test that fails outweighs all; with a gap, or a test that has not run, nothing is shown whole."""
        outcomes = {one.outcome for one in self.proofs}
        if "failed" in outcomes:
            return FAILED
        if "passed" not in outcomes:
            return OPEN
        return PARTLY if self.check.gap or self.missing or "skipped" in outcomes else SHOWN

    @property
    def at(self) -> datetime | None:
        """When the oldest of its results was got: all of them are at least as new."""
        return min((one.at for one in self.proofs), default=None)

    @property
    def gap(self) -> str:
        """What the portal lacks for it, in the reader's language; empty if nothing."""
        return self.check.gap.get(language(), "")


def read_list(file: Path) -> CheckList:
    """The list in a file.

    Raises:
        ValueError: a check lacks a text, its id is of another list, or stands there twice.
    """
    given = tomllib.loads(file.read_text(encoding="utf-8"))
    checks = tuple(_check(one, file.name) for one in given["checks"])
    ids = [one.id for one in checks]
    odd = [id for id in ids if ids.count(id) > 1 or not id.removeprefix(given["prefix"]).isdecimal()]
    if odd:
        raise ValueError(f"{file.name}: {', '.join(odd)}")
    return CheckList(file.stem, given["prefix"], given["order"], given["title"], given["note"], checks)


def _check(given: Mapping[str, Any], where: str) -> Check:
    lacking = [name for name in ("id", "zh", "en", "source") if not given.get(name)]
    gap = given.get("gap", {})
    if lacking or (gap and not (gap.get("zh") and gap.get("en"))):
        raise ValueError(f"{where}: {given.get('id')} lacks {', '.join(lacking) or 'a language of its gap'}")
    return Check(given["id"], {"zh": given["zh"], "en": given["en"]}, given["source"], gap)


def standings(checks: CheckList, proofs: Iterable[Proof], claims: Claims) -> list[Standing]:
    """Each check of the list with its tests, in the order of their names."""
    every = sorted(proofs, key=lambda one: one.test)
    return [_standing(one, every, claims.get(one.id, ())) for one in checks.checks]


def _standing(check: Check, proofs: list[Proof], claimed: Sequence[str]) -> Standing:
    found = tuple(one for one in proofs if check.id in one.ids)
    ran = {one.test.partition("[")[0] for one in found}
    return Standing(check, found, tuple(test for test in claimed if test not in ran))


def unshown(found: Sequence[Standing]) -> list[Standing]:
    """Those that are not shown whole."""
    return [one for one in found if one.state != SHOWN]


LISTS: tuple[CheckList, ...] = tuple(
    sorted((read_list(file) for file in FOLDER.glob("*.toml")), key=lambda one: one.order)
)
CHECKS: dict[str, Check] = {check.id: check for one in LISTS for check in one.checks}
