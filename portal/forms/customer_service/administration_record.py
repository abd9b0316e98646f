"""CS-85 一般行政工作记录(D类)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import any_of, any_row, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, PostsEntry, after
from portal.domain.signoff import Route, Step
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.checklists import Checklist
from portal.forms.customer_service.service_words import MANAGER
from portal.forms.fields import Choice, Day, Integer, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Person, Photos, RecordLink
from portal.lib.i18n import _l
from portal.lib.text import first_line

TRAINING, APPEARANCE, TOOLS, INSPECTION = (
    "short_on_the_job_training",
    "appearance_check",
    "tool_maintenance",
    "work_inspection",
)
POINTS = (_l("整齐清洁"), _l("发不覆额"), _l("干净鞋面及鞋跟"), _l("着装仪表体现职业化"))
TOPIC = 60  # characters of the work that the training ledger shows
OF_PEOPLE = any_of(equals("work_kind", TRAINING), equals("work_kind", APPEARANCE))


class CheckedPerson(Sheet):
    """Somebody who was checked or trained."""

    person_ = Person(_l("人员"))
    result = Text(_l("结果"))
    score = Integer(_l("得分"), required=False, high=100)
    passed = YesNo(_l("合格"))


class AdministrationRecord(CompanyForm):
    """Keeps the work of the after-sales department that is no service to a customer: type D."""

    code = "CS-85"
    name = _l("一般行政工作记录(D类)")
    slug = "administration-records"
    section = "after_sales"
    procedure = "CS-P-05#administration"
    opened_by = ("service_technician", "after_sales_manager", "customer_service_supervisor")
    covers = ("工作检查记录", "设备工具维护记录", "短期在职技能培训记录", "员工仪容仪表检查表")
    columns = (
        *("number", "work_kind", "work_date", "person_in_charge", "equipment", "inspected_order"),
        *("current_step", "due_at", "status"),
    )

    work_kind = Choice(
        _l("工作种类"),
        {
            INSPECTION: _l("工作检查"),
            "parts_management": _l("零件管理"),
            TOOLS: _l("设备工具维护"),
            TRAINING: _l("短期在职技能培训"),
            APPEARANCE: _l("仪容仪表检查"),
            "other": _l("其他"),
        },
    )
    work_date = Day(_l("日期"))
    person_in_charge = Person(_l("负责人"))
    checked_persons = Rows(_l("被检查人或参训人"), CheckedPerson, when=OF_PEOPLE)
    equipment = Text(_l("设备工具"), when=equals("work_kind", TOOLS))
    equipment_usable = YesNo(_l("设备工具可用"), when=equals("work_kind", TOOLS))
    inspected_order = RecordLink(
        _l("被检查派工单"), "CS-77", required=False, when=equals("work_kind", INSPECTION)
    )
    content = LongText(_l("工作内容"))
    appearance_points = Checklist(_l("仪容仪表要点"), POINTS, when=equals("work_kind", APPEARANCE))
    finding = LongText(_l("检查或维护结果"))
    correction = LongText(
        _l("整改要求"),
        required=False,
        required_when=any_of(
            any_row("appearance_points", "result", "equals", "fail"), equals("equipment_usable", False)
        ),
    )
    photos = Photos(_l("照片"), required=False)

    signoff = Route(
        Step("manager_sign", _l("部门经理签字"), MANAGER, within=working_days(3), bulk=True),
    )

    def check(self) -> None:
        """What is recorded was done."""
        moments.refuse_future(self, "work_date")

    def heading(self) -> str:
        """The first line of the work."""
        return _topic(self.content.data or "")

    @staticmethod
    @after("manager_sign", _l("短期在职技能培训：每位参训人登记培训台帐"))
    def enter_training(record: Filed) -> Iterator[Effect]:
        """Whoever was trained stands in the training ledger; who has not passed is trained again."""
        if record["work_kind"] == TRAINING:
            for row in record["checked_persons"]:
                yield PostsEntry("training", _trained(record, row))

    @staticmethod
    @after("manager_sign", _l("设备工具不能使用时：生成报损清单草稿"))
    def write_off(record: Filed) -> Iterator[Effect]:
        """What cannot be used any more leaves the books."""
        if record["equipment_usable"] is False:
            yield Opens(
                "WH-17",
                {
                    "list_date": record["work_date"],
                    "remark": f"{record['equipment']}：{record['finding']}",
                },
                to="role:warehouse_keeper",
                names_as="source_record",
            )


def _topic(content: str) -> str:
    return first_line(content, TOPIC)


def _trained(record: Filed, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "date": record["work_date"].isoformat(),
        "topic": _topic(record["content"]),
        "version": "",
        "trainee": row["person"].text,
        "employer": "own_company",
        "signed": True,
        "score": row["score"],
        "passed": row["passed"],
        "repeat_needed": not row["passed"],
    }
