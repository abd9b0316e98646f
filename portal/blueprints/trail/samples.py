"""A sample of records for an audit, drawn by a seed so that it can be drawn again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Response, render_template, request

from portal.blueprints.trail.room import bp
from portal.domain.roles import DEPARTMENTS
from portal.forms.catalogue import FORMS
from portal.forms.titles import form_title, record_path
from portal.forms.words import STATES
from portal.lib.clock import minute, now, today
from portal.lib.i18n import _, language
from portal.lib.sampling import draw, rank
from portal.models import Record
from portal.queries import samples
from portal.queries.actors import Actor
from portal.services import audit
from portal.web import export, record_filter
from portal.web.guard import actor, open_to
from portal.web.transaction import writes


@dataclass(frozen=True)
class Sample:
    """What was asked for, plainly as it goes into addresses and the trail; and what was drawn."""

    asked: dict[str, Any]
    many: int
    records: list[Record]


@bp.get("/sample")
@open_to("auditors")
def sample() -> str:
    """The sheet to draw a sample; once it has a seed, the sample and its rule."""
    asked = record_filter.asked(request.args)
    drawn = _draw(asked, actor()) if asked["seed"] else None
    return render_template(
        "trail/sample.html",
        asked={**asked, "seed": asked["seed"] or secrets.token_hex(4)},
        drawn=drawn,
        forms=[(code, form_title(code, language())) for code in sorted(FORMS)],
        departments=DEPARTMENTS,
        states=STATES,
        most=record_filter.MOST,
        form_title=form_title,
        record_path=record_path,
        rank=rank,
    )


@bp.post("/sample/exports")
@open_to("auditors")
@writes
def export_sample() -> Response:
    """The sample as a spreadsheet; that it was taken stands in the trail, with all that draws it again."""
    by, at = actor(), now()
    asked = record_filter.asked(request.form)
    asked["seed"] = asked["seed"] or secrets.token_hex(4)
    format = "csv" if request.form.get("format") == "csv" else "xlsx"
    drawn = _draw(asked, by)
    facts = {name: value for name, value in asked.items() if value}
    audit.note(
        "sample_exported", at=at, by=by.id, stream="access", address=request.remote_addr or "", format=format,
        rows=len(drawn.records), many=drawn.many, **facts,
    )  # fmt: skip
    heads = [
        _("顺序"), _("记录编号"), _("表单"), _("标题"), _("部门"), _("状态"), _("发起人"), _("提交时间"), _("种子"), _("哈希"),
    ]  # fmt: skip
    cells = [_cells(place, one, asked["seed"]) for place, one in enumerate(drawn.records, 1)]
    return export.answer(f"sample-{today():%Y%m%d}", format, heads, cells, exact=True)


def _draw(asked: dict[str, Any], by: Actor) -> Sample:
    many, numbers = draw(samples.numbers(record_filter.population(asked), by), asked["seed"], asked["size"])
    return Sample(asked, many, samples.records(numbers, by))


def _cells(place: int, one: Record, seed: str) -> list[Any]:
    spoken = language()
    return [
        place,
        one.number,
        form_title(one.form_code, spoken),
        one.title,
        one.department.named(spoken),
        str(STATES.get(one.state, one.state)),
        one.applicant.name,
        minute(one.submitted_at),
        seed,
        rank(seed, one.number),
    ]
