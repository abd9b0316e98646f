"""EN-09 原建筑质量问题处理建议书."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Asks, Effect, Opens, Tells, after
from portal.domain.signoff import Back, Route, Step, outside, project_person
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.engineering import site_parts
from portal.forms.fields import Day, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, Photos, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import works


class Defect(Sheet):
    """One defect of the building, and what is asked of those who answer for it."""

    place = Text(_l("部位"))
    defect = LongText(_l("问题"))
    effect = LongText(_l("对装修施工的影响"))
    measure = LongText(_l("建议物业采取的措施"))


class OwnerSign(Stage):
    """What the owner says to it."""

    owner_opinion = LongText(_l("业主意见"), required=False)


class PropertyAnswer(Stage):
    """What the property management does about it, or that it does nothing."""

    acts = YesNo(_l("是否采取措施"), help=_l("选“否”时告知业主和工程部经理，本建议书继续等待处理，不得开工"))
    property_measure = LongText(_l("处理措施"), required=False, required_when=equals("acts", True))
    property_done_on = Day(_l("处理完成日期"), required=False)


class Recheck(Stage):
    """Whether the site fits by now."""

    site_fit = YesNo(_l("符合装修施工条件"))
    recheck_note = LongText(_l("复查情况"))


class DefectRecommendation(CompanyForm):
    """Asks the owner to have serious defects of the building put right; until then no work starts (R31)."""

    code = "EN-09"
    name = _l("原建筑质量问题处理建议书")
    slug = "defect-recommendations"
    section = "construction"
    procedure = "EN-P-01#serious-defects"
    opened_by = ("foreman", "site_supervisor")
    columns = (
        "number", "project", "owner", "property_company", "wanted_by", "extension_expected", "briefing",
        "site_fit", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    owner = Customer(_l("业主"))
    briefing = RecordLink(_l("技术交底表"), "EN-18", required=False)
    defects = Rows(_l("原建筑质量问题"), Defect)
    photos = Photos(_l("照片"))
    property_company = Text(_l("物业管理部门"))
    property_contact = Text(_l("物业联系人及电话"), required=False)
    wanted_by = Day(_l("建议完成日期"))
    extension_expected = YesNo(_l("预计影响工期"))
    owner_statement = Attachments(
        _l("业主书面声明"),
        required=False,
        help=_l("业主不同意处理的，附上其书面声明后重新提交；不处理不开工"),
    )

    signoff = Route(
        Step(
            "supervisor_sign",
            _l("监理审核"),
            project_person("project", "site_supervisor"),
            meaning="confirmed",
            within=working_days(1),
        ),
        Step(
            "owner_sign",
            _l("业主签收"),
            outside("customer"),
            meaning="received",
            within=working_days(2),
            fills=OwnerSign,
        ),
        Step(
            "property_answer",
            _l("物业管理部门答复"),
            outside("property_management"),
            meaning="filled",
            within=weeks(1),
            fills=PropertyAnswer,
            on_refusal=Back("property_answer"),
            outcomes=(Back("property_answer", when=equals("acts", False)),),
        ),
        Step(
            "recheck",
            _l("复查"),
            project_person("project", "site_supervisor"),
            meaning="inspected",
            within=working_days(2),
            fills=Recheck,
            on_refusal=Back("property_answer"),
            outcomes=(Back("property_answer", when=equals("site_fit", False)),),
        ),
    )

    def compute(self) -> None:
        """The owner is the customer of the project."""
        super().compute()
        site_parts.fill_customer(self, "owner")

    def check(self) -> None:
        """The project goes on, owner and briefing are its own, and there is time to do something."""
        site_parts.refuse_over(self)
        site_parts.refuse_stranger(self, "owner")
        site_parts.refuse_foreign(self, "briefing")
        moments.refuse_past(self, "wanted_by", _l("建议完成日期不能早于提出日期"))

    @staticmethod
    @after("supervisor_sign", _l("预计影响工期时生成工程延期手续草稿"))
    def open_extension(record: Filed) -> Iterator[Effect]:
        """What the building costs in time is agreed with the customer."""
        if record["extension_expected"]:
            text = _l("原建筑质量问题处理期间不能施工：%(number)s", number=record.number)
            answers = site_parts.extension(record, "existing_building_defect", text)
            answers["customer"] = record["owner"]
            yield Opens("EN-10", answers, to=f"person:{record.applicant_id}", names_as="source_record")

    @staticmethod
    @after("property_answer", _l("物业不采取措施时告知工程部经理，并由监理告知业主"))
    def tell_refusal(record: Filed) -> Iterator[Effect]:
        """R31: nothing done is no end; the owner has to press for it."""
        if record["acts"] is False:
            facts = {"number": record.number, "company": record["property_company"]}
            text = _l("%(number)s：%(company)s不采取措施，问题仍待处理，不得开工", **facts)
            yield Tells("role:engineering_manager", text)
            supervisor = works.holder(record["project"].id, "site_supervisor")
            yield Asks(_l("告知业主物业不采取措施，请业主继续要求处理"), supervisor)
