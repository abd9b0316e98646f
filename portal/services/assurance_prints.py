"""The validation report on paper: each check, its tests, their last results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import current_app

from portal.domain.assurance import OUTCOMES, SHOWN, STATES, CheckList, Proof, Standing
from portal.lib.clock import minute
from portal.lib.i18n import _, speaking
from portal.lib.i18n import language as spoken
from portal.pdf.assurance_sheet import AssuranceSheet, ShownCheck, ShownList, ShownTest
from portal.pdf.process import printer
from portal.queries.actors import Actor
from portal.services import document_prints

Lists = Sequence[tuple[CheckList, Sequence[Standing]]]
DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

COMMITS = 3


def make(lists: Lists, proofs: Sequence[Proof], language: str, *, by: Actor, now: datetime) -> bytes:
    """Renders the report in a language."""
    with speaking(language):
        return printer.render(gather(lists, proofs, by=by, now=now))


def gather(lists: Lists, proofs: Sequence[Proof], *, by: Actor, now: datetime) -> AssuranceSheet:
    """Everything that the report shows, as plain values."""
    return AssuranceSheet(
        company=current_app.config["SETTINGS"].company,
        language=spoken(),
        title=_("验证报告"),
        marking=document_prints.marking(None),
        printed=document_prints.printed(by, now),
        facts=facts(proofs),
        lists=[
            ShownList(
                one.title[spoken()], one.note[spoken()], summary(found), [_check(each) for each in found]
            )
            for one, found in lists
        ],
    )


def facts(proofs: Sequence[Proof]) -> list[tuple[str, str]]:
    """Of which state of the program the results are, and when they were got: label and value."""
    moments = sorted(one.at for one in proofs)
    when = _("（没有）") if not moments else " – ".join(dict.fromkeys(map(minute, (moments[0], moments[-1]))))
    return [
        (_("结果取得时间"), when),
        (_("程序版本"), _("、").join(sorted({one.version for one in proofs}))),
        (_("代码版本"), _commits(proofs)),
        (_("数据库"), databases(one.database for one in proofs)),
        (_("测试数"), str(len(proofs))),
    ]


def _commits(proofs: Sequence[Proof]) -> str:
    """The states of the code that were tested, the newest first; of many only the last few."""
    newest = sorted(proofs, key=lambda one: one.at, reverse=True)
    named = list(dict.fromkeys(map(commit, newest)))
    said = _("、").join(named[:COMMITS])
    more = len(named) - COMMITS
    return _("%(commits)s，另有 %(count)d 个较早的", commits=said, count=more) if more > 0 else said


def commit(proof: Proof) -> str:
    """The commit that a result is of, in short; marked where the code differed from it."""
    if not proof.commit:
        return _("（未知）")
    return proof.commit[:10] if proof.clean else _("%(commit)s（另有未入库的改动）", commit=proof.commit[:10])


def databases(names: Iterable[str]) -> str:
    """The databases by their names."""
    return _("、").join(DATABASES.get(name, name) for name in sorted(set(names) - {""}))


def summary(found: Sequence[Standing]) -> str:
    """How many of a list are shown, and how many not."""
    shown = sum(one.state == SHOWN for one in found)
    return _(
        "共 %(count)s 项，已证明 %(shown)s 项，其余 %(rest)s 项。",
        count=len(found),
        shown=shown,
        rest=len(found) - shown,
    )


def _check(one: Standing) -> ShownCheck:
    tests = [
        ShownTest(
            test.name,
            str(test.cases),
            str(OUTCOMES[test.outcome]),
            minute(test.at),
            databases(test.databases),
        )
        for test in one.tests
    ]
    tests += [ShownTest(name, "", _("没有结果"), "", "") for name in one.missing]
    return ShownCheck(
        one.check.id,
        one.check.named(spoken()),
        one.check.source,
        str(STATES[one.state]),
        one.state == SHOWN,
        one.gap,
        tests,
    )
