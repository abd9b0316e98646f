"""When a new product is released: its batch review has passed, and its file holds every output paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from portal.domain import projects as kinds
from portal.domain.effects import ChangesProject, Effect, SetsStage
from portal.forms.engineering.product_words import BATCH, OUTPUT, OUTPUT_PAPERS
from portal.queries import new_products, projects

RELEASED = "mass_production"


def missing(project_id: int) -> list[str]:
    """The output papers that the product needs and its file lacks; none where the stage has passed or is left out."""
    stage = projects.stage(project_id, OUTPUT)
    if stage is None or stage.passed or not stage.row.applies:
        return []
    there = new_products.in_file(project_id, OUTPUT_PAPERS)
    there |= set(stage.row.project.facts.get("papers_not_needed") or ())
    return [code for code in OUTPUT_PAPERS if code not in there]


def complete(project_id: int, on: date, *, reviewed: bool = False, filed: bool = False) -> Iterator[Effect]:
    """What the batch review (`reviewed`), or the last output paper (`filed`), completes when it passes now: the output
    of papers, and the release for mass production, with which the project ends."""
    if not filed and missing(project_id):
        return
    done = {"state": kinds.PASSED, "passed_on": on}
    output, release = projects.stage(project_id, OUTPUT), projects.stage(project_id, RELEASED)
    if output is not None and output.row.applies and not output.passed:
        yield SetsStage(project_id, OUTPUT, done)
    if (reviewed or projects.passed(project_id, BATCH)) and release is not None and not release.passed:
        yield SetsStage(project_id, RELEASED, done)
        yield ChangesProject(project_id, {"state": "completed", "finished_on": on})
