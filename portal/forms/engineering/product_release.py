"""When a new product is released: its batch review has passed, what that made a condition is fulfilled, and its file
holds every output paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from portal.domain import projects as kinds
from portal.domain.effects import ChangesProject, Effect, SetsStage
from portal.forms.engineering.product_words import BATCH, OUTPUT, OUTPUT_PAPERS, RELEASED
from portal.queries import new_products, projects, works


def missing(project_id: int, coming: str = "", not_needed: Iterable[str] | None = None) -> list[str]:
    """The output papers that the product needs and its file lacks; none where the stage has passed or is left out.

    `coming` is being filed just now; `not_needed` are papers that it says are not needed, else the product's facts tell.
    """
    stage = projects.stage(project_id, OUTPUT)
    if stage is None or stage.passed or not stage.row.applies:
        return []
    if not_needed is None:
        not_needed = stage.row.project.facts.get("papers_not_needed") or ()
    there = {coming, *not_needed, *new_products.in_file(project_id, OUTPUT_PAPERS)}
    return [code for code in OUTPUT_PAPERS if code not in there]


def reviewed(project_id: int) -> bool:
    """Whether the batch review has passed, and every measure that it made a condition works."""
    batch = projects.stage(project_id, BATCH)
    return batch is not None and batch.passed and not new_products.conditions(batch.row.record_id)


def complete(
    project_id: int, on: date, *, passed: bool | None = None, filed: bool = False
) -> Iterator[Effect]:
    """What the batch review, the last of its measures, or the last output paper (`filed`) completes: the output of
    papers, and the release for mass production, with which the project ends. `passed` is what the review at hand says,
    else the books tell."""
    if not filed and missing(project_id):
        return
    done = {"state": kinds.PASSED, "passed_on": on}
    output, release = projects.stage(project_id, OUTPUT), projects.stage(project_id, RELEASED)
    if output is not None and output.row.applies and not output.passed:
        yield SetsStage(project_id, OUTPUT, done)
    ready = reviewed(project_id) if passed is None else passed
    if ready and release is not None and not release.passed:
        yield SetsStage(project_id, RELEASED, done)
        yield ChangesProject(project_id, {"state": "completed", "finished_on": on})


def measured(source_id: int | None, on: date) -> Iterator[Effect]:
    """What the end of a measure completes, if a batch review has decided it."""
    for row in works.stages_of(source_id):
        if row.key == BATCH:
            yield from complete(row.project_id, on)
