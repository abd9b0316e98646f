"""What the forms of product development share: routes, reviews, stages, and the way into the product file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from typing import Any

from portal.domain import projects as kinds
from portal.domain.effects import ChangesProject, Effect, PostsEntry, SetsStage
from portal.domain.signoff import Signers, either, role
from portal.forms.base import Sheet
from portal.forms.fields import Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Project
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.queries import new_products, projects, technical_papers, works
from portal.queries.projects import Stage

CUSTOMER_ROUTE, COMPANY_ROUTE = "customer_route", "company_route"
ROUTES = {
    CUSTOMER_ROUTE: _l("一类(业务员窗口、客户要求)"),
    COMPANY_ROUTE: _l("二类(公司市场调查及产品定位)"),
}
INITIAL, FINALISATION, FIRST_SAMPLE, BATCH = (
    *("initial_review", "product_finalisation_review", "first_sample_review", "batch_review"),
)
STAGES = {stage.key: stage.title for stage in kinds.PRODUCT.stages}
REVIEWS = {key: STAGES[key] for key in (INITIAL, FINALISATION, FIRST_SAMPLE, BATCH)}
OUTPUT, RELEASED = "output_documents", "mass_production"
BOM, PROCESS_CARD, PAINTING, ASSEMBLY, INSTRUCTION = (*("RD-10", "RD-11", "RD-12", "RD-14", "RD-15"),)
OUTPUT_PAPERS = {
    BOM: _l("BOM(产品结构表)"),
    PROCESS_CARD: _l("注塑工艺卡"),
    PAINTING: _l("喷漆及移印资料"),
    "RD-13": _l("模具产能表"),
    ASSEMBLY: _l("产品装配流程图"),
    INSTRUCTION: _l("作业指导书"),
    "RD-23": _l("产品特性及产品验收准则"),
}


def manager() -> Signers:
    """The technical manager; for what is the manager's own, the general manager."""
    return either(role("rd_manager"), role("general_manager"))


def listed(names: Iterable[Any]) -> Any:
    """These names one after the other, in the reader's language."""
    return reduce(lambda one, other: _l("%(one)s、%(other)s", one=one, other=other), names)


def plan() -> Project:
    """The project that an approved plan has opened; it stands for the plan in every later paper."""
    return Project(_l("设计和开发方案"), "product", help=_l("选择方案批准后建立的新产品项目"))


def product() -> Text:
    """The product's name, filled in by the program."""
    return Text(_l("产品"), computed=True)


def product_of(plan: Ref | None) -> str | None:
    """What the product of a plan is called."""
    found = projects.project(plan.id) if plan else None
    return found.name if found else None


def fact(plan: Ref | None, name: str) -> Any:
    """A fact of the project: route, product_no, wanted_on ..."""
    found = projects.project(plan.id) if plan else None
    return found.facts.get(name) if found else None


def refuse_double(sheet: Sheet, code: str, **said: str) -> None:
    """Says no beside the plan while another record of the form that speaks of the same is not over."""
    plan = next(field.data for field in sheet if field.short_name == "plan")
    other = new_products.under_way(code, plan.id, sheet.itself, **said) if plan and plan.id else ""
    if other:
        sheet.refuse("plan", _l("%(number)s 正在办理，请先办完，不要重复填写"), number=other)


def holder(record: Filed, role: str = "rd_engineer") -> str:
    """The authority key of the project's person for a role."""
    found = projects.project(record["plan"].id)
    return projects.holder(found, role) if found else f"role:{role}"


def stage_of(record: Filed, key: str) -> Stage | None:
    """A stage of the project that the record speaks of."""
    return projects.stage(record["plan"].id, key)


def begun(record: Filed, key: str) -> Iterator[Effect]:
    """The stage is under way, unless another record has brought it further already."""
    found = stage_of(record, key)
    if found is not None and found.row.state in (kinds.OPEN, kinds.REFUSED):
        yield SetsStage(found.row.project_id, key, {"state": kinds.PREPARING})


def passed(record: Filed, *keys: str) -> Iterator[Effect]:
    """These stages have been gone through today; one that had been before keeps its day."""
    yield from given_back(record, "plan", *keys)
    for key in keys:
        stage = stage_of(record, key)
        since = stage.row.passed_on if stage is not None and stage.passed else None
        values = {"state": kinds.PASSED, "passed_on": since or day(record.now)}
        yield SetsStage(record["plan"].id, key, values)


def failed(record: Filed, key: str, review: str) -> Iterator[Effect]:
    """The stage has to be gone through anew, unless the review that rests on it has passed already."""
    yield from given_back(record, "plan", key)
    later = stage_of(record, review)
    if later is None or not later.passed:
        yield SetsStage(record["plan"].id, key, {"state": kinds.REFUSED, "passed_on": None})


def given_back(record: Filed, field: str, *keys: str) -> Iterator[Effect]:
    """What the record, or the one that it corrects, has moved stands as before, but for these stages of the product
    that it is about now, and for the end of its development, which its file decides."""
    for row in (row for moved in sorted(record.itself) for row in works.stages_of(moved)):
        if row.project_id == record[field].id and row.key in (*keys, OUTPUT, RELEASED):
            continue
        yield SetsStage(row.project_id, row.key, works.former(row))
        if row.key == RELEASED:
            yield ChangesProject(row.project_id, {"state": "running", "finished_on": None})


def filed(
    record: Filed, title: Any, *, field: str = "plan", sample_no: str = "", place: str = ""
) -> PostsEntry:
    """The paper in the file of the product that a field names."""
    return PostsEntry(
        technical_papers.FILE,
        {
            "project_id": record[field].id,
            "project": record[field].text,
            "document": record.code,
            "title": both(title)["zh"],
            "version": "",
            "state": "effective",
            "effective_on": day(record.now).isoformat(),
            "number": record.number,
            "sample_no": sample_no,
            "place": place,
        },
    )
