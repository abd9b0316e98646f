"""What the applications for permits share: papers of authorities, materials, the way to the counter and back."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from portal.domain import projects as kinds
from portal.domain.conditions import differs, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsEntry, SetsStage
from portal.domain.signoff import Back, Step, every, outside, role
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.checklists import Checklist
from portal.forms.fields import Choice, Day, Integer, LongText, MultiChoice, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments
from portal.lib.i18n import _l
from portal.queries import project_papers, projects, works

PLANNING = "planning_officer"
READERS = ("planning_officer", "land_development_manager")  # who names one permit form's record in another
STATES = {"granted": kinds.PASSED, "to_be_corrected": kinds.TO_BE_CORRECTED, "refused": kinds.REFUSED}
GRANTED = equals("decision", "granted")


def paper_no(paper: Any, **kwargs: Any) -> Text:
    """The number of an external paper, `<prefix>_no`."""
    return Text(_l("%(paper)s编号", paper=paper), **kwargs)


def paper_issuer(paper: Any, issuer: Any, **kwargs: Any) -> Text:
    """Who has issued an external paper, `<prefix>_issuer`; mostly `issuer`."""
    return Text(_l("%(paper)s出具单位", paper=paper), default=lambda: str(issuer), **kwargs)


def paper_issued(paper: Any, **kwargs: Any) -> Day:
    """When an external paper was issued, `<prefix>_issue_date`."""
    return Day(_l("%(paper)s出具日期", paper=paper), **kwargs)


def paper_expires(paper: Any, **kwargs: Any) -> Day:
    """Until when an external paper holds, `<prefix>_expiry_date`; nothing for one without end."""
    return Day(_l("%(paper)s有效期至", paper=paper), required=False, **kwargs)


def paper_scan(paper: Any, **kwargs: Any) -> Attachments:
    """The scan of an external paper, `<prefix>_scan`."""
    return Attachments(_l("%(paper)s扫描件", paper=paper), **kwargs)


def check_paper(sheet: Sheet, prefix: str) -> None:
    """A paper was issued in the past, and ends after it begins."""
    fields = {field.short_name: field for field in sheet}
    issued, expires = fields[f"{prefix}_issue_date"].data, fields[f"{prefix}_expiry_date"].data
    moments.refuse_future(sheet, f"{prefix}_issue_date")
    if issued and expires and expires < issued:
        sheet.refuse(f"{prefix}_expiry_date", _l("有效期不能早于出具日期"))


def refuse_expired(sheet: Sheet, prefix: str) -> None:
    """Says no beside a paper that does not hold any more."""
    expires = next(field for field in sheet if field.short_name == f"{prefix}_expiry_date")
    if expires.data and expires.data < sheet.today:
        sheet.refuse(expires.short_name, _l("已过有效期，请换用有效的文件"))


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
        """Nothing is accepted before it is handed in."""
        text = _l("受理日期不能早于送件日期")
        moments.refuse_earlier(self, "accepted_on", self.submitted_on.data, text)


class PermitResult(Stage):
    """The authority's decision; the papers that it grants follow in the form's own stage."""

    papers: tuple[str, ...] = ()  # prefixes of the papers that are issued when it is granted

    decision = Choice(
        _l("办理结果"),
        {"granted": _l("通过"), "to_be_corrected": _l("补正"), "refused": _l("不予通过")},
    )
    decision_note = LongText(
        _l("补正要求或不予通过的理由"), required=False, when=differs("decision", "granted")
    )

    def check(self) -> None:
        """What is granted is issued after it was handed in."""
        if self.decision.data != "granted":
            return
        for prefix in self.papers:
            check_paper(self, prefix)
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
        ),
        Step(
            "manager_review",
            _l("规划设计部审核"),
            role("planning_manager"),
            within=working_days(2),
            bulk=True,
        ),
        Step(
            "seal",
            _l("用印"),
            every(role("land_development_manager"), role("general_manager")),
            meaning="sealed",
            within=working_days(1),
            fills=Sealing,
        ),
        Step(
            "submission",
            _l("送件及受理"),
            role(PLANNING),
            meaning="delivered",
            within=working_days(1),
            fills=Submission,
        ),
        Step(
            result,
            title,
            outside("authority"),
            meaning="confirmed",
            fills=fills,
            outcomes=(Back(when=differs("decision", "granted")),),
        ),
    )


def registered(record: Filed, prefix: str, name: str) -> Iterator[Effect]:
    """The paper in the ledger of external papers, once for each number, however often the record goes round."""
    number = record[f"{prefix}_no"]
    if number and not works.paper_registered(record.id, number):
        yield PostsEntry(
            "external_papers",
            {
                "paper": name,
                "number": number,
                "issuer": record[f"{prefix}_issuer"],
                "issued_on": _day(record[f"{prefix}_issue_date"]),
                "expires_on": _day(record[f"{prefix}_expiry_date"]),
                "scan": "、".join(file["name"] for file in record[f"{prefix}_scan"] or ()),
                "project": record["project"].text,
                "project_id": record["project"].id,
                "form": record.number,
            },
        )


def begun(record: Filed, stage: str) -> Iterator[Effect]:
    """The stage is being prepared, unless another record has brought it further already."""
    found = projects.stage(record["project"].id, stage)
    if found is not None and found.row.state == kinds.OPEN:
        yield SetsStage(found.row.project_id, stage, {"state": kinds.PREPARING})


def handed_in(record: Filed, stage: str) -> Iterator[Effect]:
    """The stage waits for the authority."""
    values = {
        "state": kinds.SUBMITTED,
        "submitted_on": record["submitted_on"],
        "accepted_on": record["accepted_on"],
    }
    yield SetsStage(record["project"].id, stage, values)


def decided(record: Filed, stage: str, prefix: str) -> Iterator[Effect]:
    """The stage follows the decision; with the paper that is granted, if it is named by a prefix."""
    state = STATES[record["decision"]]
    values: dict[str, Any] = {"state": state}
    if state == kinds.PASSED:
        values |= {"passed_on": record[f"{prefix}_issue_date"], "paper_no": record[f"{prefix}_no"]}
    yield SetsStage(record["project"].id, stage, values)


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
