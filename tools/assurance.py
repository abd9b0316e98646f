"""Writes docs/assurance.md: what the project sets itself to prove, and which tests show it.

Without the results of a run, so that the file changes only with the lists and the marks; `--results` prints the page
with what the last run on this machine has shown, as the page /compliance does.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.config import Settings  # noqa: E402
from portal.domain.assurance import LISTS, Check, CheckList, Proof, Standing, standings  # noqa: E402
from tests import proofs  # noqa: E402

PAGE = ROOT / "docs" / "assurance.md"
HEAD = """# What is proven, and by which tests

Made by `tools/assurance.py` from `portal/assurance/` and the marks of the tests; not to be edited. A test says so itself, by
`@pytest.mark.proves("S2")`. The last result of each stands on the page `/compliance` of the portal. What is lacking is
said; a check that lacks something is never counted as shown
([decision 26](decisions/0026-proven-by-tests-that-say-so.md)).

One command runs all of these tests, and none else: `.venv/bin/python -m pytest -m proves tests`. Afterwards
`.venv/bin/python tools/assurance.py --results` prints this page with what each of them has shown, as `/compliance` does.
"""
Claims = dict[str, list[str]]


def page(results: Sequence[Proof] | None = None) -> str:
    """The page; with results, each check says how it stands and each test how it went."""
    claims = proofs.claims(ROOT, [ROOT / "tests"])
    return "\n".join([HEAD, _glance(claims), *(_list(one, claims, results) for one in LISTS)])


def _glance(claims: Claims) -> str:
    """All lists in one table, and below it everything that is lacking."""
    rows = ["| List | Checks | Tests | Lacking |", "|---|---|---|---|"]
    lacks = []
    for one in LISTS:
        gaps = [check for check in one.checks if check.gap]
        tests = {name for check in one.checks for name in claims.get(check.id, ())}
        named = ", ".join(check.id for check in gaps) or "nothing"
        rows.append(f"| {one.title['en']} | {len(one.checks)} | {len(tests)} | {named} |")
        lacks += [f"- {check.id}: {check.gap['en']}." for check in gaps if check.gap]
    return "\n".join(["## At a glance", "", *rows, "", *lacks, ""])


def last_results() -> list[Proof]:
    """What the last runs of the tests on this machine have written down."""
    lines = proofs.read(Settings(_env_file=None).assurance_path)
    return [
        Proof(test, tuple(one["ids"]), one["outcome"], datetime.fromisoformat(one["at"]), *_code(one))
        for test, one in lines.items()
    ]


def _code(line: dict[str, object]) -> tuple[str, bool, str, str]:
    return str(line["commit"]), bool(line["clean"]), str(line["version"]), str(line["database"])


def _list(checks: CheckList, claims: Claims, results: Sequence[Proof] | None) -> str:
    shown = [one for one in checks.checks if not one.gap]
    counts = f"{len(checks.checks)} checks; {len(checks.checks) - len(shown)} of them lack something."
    found = standings(checks, results or (), claims)
    parts = [f"## {checks.title['en']} · {checks.title['zh']}", checks.note["en"], checks.note["zh"], counts]
    return "\n\n".join([*parts, *(_check(one, claims, results is not None) for one in found)]) + "\n"


def _check(standing: Standing, claims: Claims, told: bool) -> str:
    check = standing.check
    lines = [
        f"### {check.id}: {check.text['en']}",
        check.text["zh"],
        f"Source: {check.source}.",
        *_lacks(check),
    ]
    if told:
        lines.append(
            f"Last result: **{standing.state}**{f', {standing.at:%Y-%m-%d}' if standing.at else ''}."
        )
    outcomes = {one.name: f": {one.outcome}" for one in standing.tests} if told else {}
    tests = [f"- `{name}`{outcomes.get(name, '')}" for name in claims.get(check.id, ())]
    return "\n\n".join([*lines, "\n".join(tests) or "No test yet."])


def _lacks(check: Check) -> list[str]:
    return [f"Lacking: {check.gap['en']}. {check.gap['zh']}。"] if check.gap else []


def main() -> None:
    """Writes the page, or prints it with results."""
    if "--results" in sys.argv[1:]:
        print(page(last_results()))
    else:
        PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
