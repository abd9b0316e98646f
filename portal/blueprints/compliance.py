"""What the project has set itself to prove, which tests show it, and what their last run has said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request

from portal.domain.assurance import LISTS, OUTCOMES, SHOWN, STATES, CheckList, Standing, standings, unshown
from portal.domain.refusal import NotFound
from portal.lib.clock import minute, now, today
from portal.lib.i18n import _, language
from portal.queries.actors import Actor
from portal.services import assurance_prints, audit
from portal.storage import assurance_file
from portal.storage.assurance_file import Results
from portal.web import export as spreadsheet
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.headers import name_file
from portal.web.transaction import writes

bp = Blueprint("compliance", __name__, url_prefix="/compliance")

UNSHOWN = "unshown"
Lists = list[tuple[CheckList, Sequence[Standing]]]


@bp.get("")
@open_to("signed_in")
def show() -> str:
    """Each check with its tests and their last result; narrowed to what stands in a certain way."""
    reader()
    results, asked = _results(), posted.asked("state", 20)
    lists = _lists(results)
    every = [one for _list, found in lists for one in found]
    counts = {state: sum(one.state == state for one in every) for state in STATES}
    return render_template(
        "trail/compliance.html",
        lists=[(one, [each for each in found if _fits(each, asked)]) for one, found in lists],
        summaries={one.key: assurance_prints.summary(found) for one, found in lists},
        asked=asked if asked in (UNSHOWN, *STATES) else "",
        counts={"": len(every), UNSHOWN: len(unshown(every)), **counts},
        states={UNSHOWN: _("未完全证明"), **STATES},
        outcomes=OUTCOMES,
        problem=results.problem,
        facts=assurance_prints.facts(results.proofs),
        databases=assurance_prints.databases,
    )


@bp.post("/exports")
@open_to("signed_in")
@writes
def export() -> Response:
    """The validation report as PDF, Excel or CSV; that it was taken stands in the trail."""
    by, at, results = reader(), now(), _results()
    lists = _lists(results)
    every = [one for _list, found in lists for one in found]
    format = {"xlsx": "xlsx", "csv": "csv"}.get(request.form.get("format", ""), "pdf")
    shown = sum(one.state == SHOWN for one in every)
    audit.note(
        "validation_report_taken", at=at, by=by.id, stream="settings", format=format, count=len(every), shown=shown
    )  # fmt: skip
    name = f"validation-report-{today():%Y%m%d}"
    if format == "pdf":
        made = assurance_prints.make(lists, results.proofs, language(), by=by, now=at)
        answer = Response(made, mimetype="application/pdf")
        name_file(answer, f"{name}.pdf")
        return answer
    heads = [
        _("编号"), _("要求"), _("依据"), _("状态"), _("尚缺"), _("测试"), _("结果"), _("时间"), _("数据库"), _("程序版本"), _("代码版本"),
    ]  # fmt: skip
    return spreadsheet.answer(name, format, heads, [row for one in every for row in _rows(one)])


def reader() -> Actor:
    """The auditor, administrator or document controller who asks.

    Raises:
        NotFound: it is somebody else.
    """
    by = actor()
    if not (by.is_auditor or by.is_administrator or "document_controller" in by.roles):
        raise NotFound
    return by


def _results() -> Results:
    return assurance_file.read(current_app.config["SETTINGS"].assurance_path)


def _lists(results: Results) -> Lists:
    return [(one, standings(one, results.proofs, results.claims)) for one in LISTS]


def _fits(one: Standing, asked: str) -> bool:
    return one.state != SHOWN if asked == UNSHOWN else asked not in STATES or one.state == asked


def _rows(one: Standing) -> list[list[Any]]:
    """A check in rows: one for each test, or a single one without."""
    head = [one.check.id, one.check.named(language()), one.check.source, str(STATES[one.state]), one.gap]
    if not one.proofs and not one.missing:
        return [[*head, *[""] * 6]]
    return [
        *([*head, test, _("没有结果"), *[""] * 4] for test in one.missing),
        *(
            [
                *head,
                proof.test,
                str(OUTCOMES[proof.outcome]),
                minute(proof.at),
                assurance_prints.databases([proof.database]),
                proof.version,
                assurance_prints.commit(proof),
            ]
            for proof in one.proofs
        ),
    ]
