"""What the applications for permits share: materials, the way to the counter and back, the progress of their stage."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from portal.domain import projects as kinds
from portal.domain.conditions import differs, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import SUBMITTED, Effect, SetsStage, after
from portal.domain.signoff import Back, Step, every, outside, role
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.checklists import Checklist
from portal.forms.design import external_papers
from portal.forms.fields import Choice, Day, Integer, LongText, MultiChoice, Text, YesNo
from portal.forms.filed import Filed
from portal.lib.i18n import _l, _lp
from portal.queries import project_papers, projects, works

PLANNING = "planning_officer"
READERS = (
    "planning_officer",
    "land_development_manager",
    "general_manager",
)  # who name one, or seal what does
STATES = {"granted": kinds.PASSED, "to_be_corrected": kinds.TO_BE_CORRECTED, "refused": kinds.REFUSED}
GRANTED = equals("decision", "granted")


def refuse_unready(
    sheet: Sheet, materials: Checklist, *, but: Collection[int] = (), practice: Collection[int] = ()
) -> None:
    """Says no while a preset material, but those at these places, is not ready to be handed in.

    Those that the procedure does not name itself (`practice`) may be left out by who says why.
    """
    for index, item in enumerate(materials.items):
        row = materials.rows[index]
        if index in but or row.ready.data is not False:
            continue
        if index not in practice:
            sheet.refuse(materials.short_name, _l("“%(item)s”须备齐后才能报批", item=item))
        elif row.remark.blank:
            row.refuse("remark", _l("未备齐的，请说明原因；不需要的写“不需要”"))


def permit_kind(sheet: Sheet) -> str | None:
    """The kind of the permit project that the sheet names: municipal_road, other_municipal or not_municipal."""
    named = next(field.data for field in sheet if field.short_name == "project")
    found = projects.project(named.id) if named else None
    return found.facts.get("project_kind") if found else None


def refuse_second(sheet: Sheet, code: str) -> None:
    """Says no beside the project while another application of the form is under way for it."""
    named = next(field.data for field in sheet if field.short_name == "project")
    earlier = project_papers.under_way(named.id, code) if named and named.id else None
    if earlier is not None and earlier.id not in sheet.itself:
        sheet.refuse("project", _l("这个项目的%(number)s还在办理中，请在其中继续", number=earlier.number))


def refuse_nothing(sheet: Sheet, *names: str) -> None:
    """Says no beside each number that is zero."""
    for field in sheet:
        if field.short_name in names and field.data is not None and not field.data:
            sheet.refuse(field.short_name, _l("须大于0"))


class MaterialsCheck(Stage):
    """A second officer's count of the materials."""

    materials_complete = YesNo(_l("资料是否齐备"))
    missing_materials = LongText(
        _l("缺少的资料"), required=False, required_when=equals("materials_complete", False)
    )


class Sealing(Stage):
    """What was sealed, and with which seals."""

    sealed_copies = Integer(_l("盖章份数"), low=1, high=999)
    seal_kinds = MultiChoice(
        _l("印章种类"),
        {
            "company_seal": _l("公章"),
            "legal_representative_seal": _l("法定代表人章"),
            "contract_seal": _l("合同章"),
        },
    )


class Submission(Stage):
    """When the papers were handed in, and what the authority said at the counter."""

    submitted_on = Day(_l("送件日期"))
    acceptance_no = Text(_l("受理编号"), required=False)
    accepted_on = Day(_l("受理日期"), required=False)
    supplements_asked = LongText(_l("补正要求"), required=False)

    def check(self) -> None:
        """It has been handed in, and nothing is accepted before."""
        moments.refuse_future(self, "submitted_on", "accepted_on")
        text = _l("受理日期不能早于送件日期")
        moments.refuse_earlier(self, "accepted_on", self.submitted_on.data, text)


class PermitResult(Stage):
    """The authority's decision; the papers that it grants follow in the form's own stage."""

    papers: tuple[str, ...] = ()  # prefixes of the papers that are issued when it is granted

    decision = Choice(
        _l("办理结果"),
        {"granted": _lp("permit", "通过"), "to_be_corrected": _l("补正"), "refused": _l("不予通过")},
    )
    decision_note = LongText(_l("补正要求或不予通过的理由"), when=differs("decision", "granted"))

    def check(self) -> None:
        """What is granted is issued after it was handed in."""
        if self.decision.data != "granted":
            return
        for prefix in self.papers:
            external_papers.check(self, prefix)
            text = _l("出具日期不能早于送件日期")
            moments.refuse_earlier(self, f"{prefix}_issue_date", self.context.get("submitted_on"), text)


def steps(result: str, title: Any, fills: type[PermitResult]) -> tuple[Step, ...]:
    """The way of an application: counted by a second officer, reviewed, sealed, handed in, decided."""
    return (
        Step(
            "materials_check",
            _l("资料核对(第二人)"),
            role(PLANNING),
            meaning="checked",
            within=working_days(1),
            fills=MaterialsCheck,
            outcomes=(Back(when=equals("materials_complete", False)),),
            clause="PL-P-01#second-check",
        ),
        Step(
            "manager_review",
            _l("规划设计部审核"),
            role("planning_manager"),
            within=working_days(2),
            bulk=True,
            clause="PL-P-01#manager-review",
        ),
        Step(
            "seal",
            _l("用印"),
            every(role("land_development_manager"), role("general_manager")),
            meaning="sealed",
            within=working_days(1),
            fills=Sealing,
            clause="PL-P-01#seal",
        ),
        Step(
            "submission",
            _l("送件及受理"),
            role(PLANNING),
            meaning="delivered",
            within=working_days(1),
            fills=Submission,
            clause="PL-P-01#submission",
        ),
        Step(
            result,
            title,
            outside("authority"),
            meaning="confirmed",
            fills=fills,
            outcomes=(Back(when=differs("decision", "granted")),),
            clause="PL-P-01#result",
        ),
    )


class Preparation:
    """What every form of a stage sets going when it is submitted: the stage is under way."""

    @staticmethod
    @after(SUBMITTED, _l("手续进度记为准备资料"))
    def begin(record: Filed) -> Iterator[Effect]:
        """The tracker's row is under way."""
        yield from begun(record, _stage_of(record.code))


class Application(Preparation):
    """What every application to an authority sets going before it is decided."""

    @staticmethod
    @after("submission", _l("手续进度记为已送件"))
    def hand_in(record: Filed) -> Iterator[Effect]:
        """The authority has the papers."""
        yield from handed_in(record, _stage_of(record.code))


def _stage_of(form: str) -> str:
    """The stage that the form works on."""
    return next(stage.key for stage in kinds.PERMIT.stages if form in stage.forms)


def begun(record: Filed, stage: str) -> Iterator[Effect]:
    """The stage is being prepared, unless another record has brought it further already."""
    found = projects.stage(record["project"].id, stage)
    if found is not None and found.row.state == kinds.OPEN:
        yield SetsStage(found.row.project_id, stage, {"state": kinds.PREPARING})


def handed_in(record: Filed, stage: str) -> Iterator[Effect]:
    """The stage waits for the authority; one that has passed holds until there is a new paper."""
    found = projects.stage(record["project"].id, stage)
    if found is not None and not found.passed:
        yield SetsStage(found.row.project_id, stage, {"state": kinds.SUBMITTED, **_counter(record)})


def decided(record: Filed, stage: str, prefix: str) -> Iterator[Effect]:
    """The stage follows the decision, with the paper that is granted; what another record has passed stays so."""
    state = STATES[record["decision"]]
    if state == kinds.PASSED:
        issued, number = record[f"{prefix}_issue_date"], record[f"{prefix}_no"]
        yield from passed(record, stage, passed_on=issued, paper_no=number, **_counter(record))
        return
    found = projects.stage(record["project"].id, stage)
    if found is not None and (not found.passed or found.row.record_id in record.itself):
        yield SetsStage(found.row.project_id, stage, {"state": state})


def passed(record: Filed, stage: str, **values: Any) -> Iterator[Effect]:
    """The stage has passed; one of another project that the corrected record has passed stands as before it."""
    project = record["project"].id
    for row in works.stages_of(record["@corrects"]):
        if (row.project_id, row.key) != (project, stage):
            yield SetsStage(row.project_id, row.key, works.former(row))
    yield SetsStage(project, stage, {"state": kinds.PASSED, **values})


def _counter(record: Filed) -> dict[str, Any]:
    return {name: record[name] for name in ("submitted_on", "accepted_on")}
