"""DS-18 设计部工作记录表."""

from __future__ import annotations

from portal.domain.deadlines import weeks
from portal.domain.signoff import Back, Entry, Route, Step
from portal.forms.base import CompanyForm, Sheet
from portal.forms.design.websites import (
    DESIGN_MANAGER,
    DESIGNER,
    PROGRAMMER,
    PROJECT_MANAGER,
    TEAM,
    customer_of,
    person_of,
    refuse_before,
)
from portal.forms.design.work_record_stages import (
    DesignerPart,
    ProgrammerPart,
    ProjectManagerPart,
    WorkNote,
)
from portal.forms.fields import Choice, Day, Rows, Text
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Person, Project
from portal.lib.i18n import _l
from portal.queries import goods, projects, websites

ROLES = {
    "designer": _l("设计师"),
    "programmer": _l("程序"),
    "project_manager": _l("项目经理"),
    "department_manager": _l("部门经理"),
}
PEOPLE = {"department_manager": "design_manager"}  # as the project calls it


class Participant(Sheet):
    """Who takes part, and as what."""

    role = Choice(_l("角色"), ROLES)
    person_ = Person(_l("人员"))


class WorkRecord(CompanyForm):
    """Records a website from its beginning to its end, each role its own part (Annex 01, R52).

    It stays open as long as the work goes on: the roles note what they do, and each signs its part once its phase is
    over; until then no step has a deadline. The forms of the project that are signed bring their lines themselves.
    """

    code = "DS-18"
    name = _l("设计部工作记录表")
    slug = "work-records"
    section = "web_design"
    procedure = "WD-P-01#work-record"
    opened_by = ("designer",)
    readers = TEAM
    columns = (
        *("number", "project", "record_no", "customer", "first_responsible", "started_on"),
        *("current_step", "due_at", "status"),
    )

    project = Project(_l("项目"), "web")
    record_no = Text(_l("编号"), computed=True, help=_l("项目的编号，由系统给出"))
    customer = Customer(_l("客户"), computed=True)
    first_responsible = Person(_l("项目第一负责人"), computed=True)
    roles = Rows(_l("参与角色"), Participant, computed=True)
    started_on = Day(_l("开始日期"))

    signoff = Route(
        Step("designer_part", _l("设计阶段记录"), DESIGNER, meaning="filled", fills=DesignerPart),
        Step("programmer_part", _l("实施阶段记录"), PROGRAMMER, meaning="filled", fills=ProgrammerPart),
        Step(
            "project_manager_part",
            _l("项目经理记录"),
            PROJECT_MANAGER,
            meaning="filled",
            fills=ProjectManagerPart,
        ),
        Step(
            "department_sign",
            _l("部门经理签字"),
            DESIGN_MANAGER,
            within=weeks(1),
            on_refusal=Back("designer_part"),
        ),
        entries=(
            Entry("design_note", _l("设计工作登记"), DESIGNER, WorkNote),
            Entry("program_note", _l("程序工作登记"), PROGRAMMER, WorkNote),
            Entry("manager_note", _l("项目经理工作登记"), PROJECT_MANAGER, WorkNote),
        ),
    )

    def compute(self) -> None:
        """What the project itself says: its number, customer and people."""
        super().compute()
        named = self.project.data
        found = projects.project(named.id) if named else None
        self.record_no.data = found.code if found else None
        self.customer.data = customer_of(named)
        people = {role: person_of(named, PEOPLE.get(role, role)) for role in ROLES}
        refs = {role: Ref(id, goods.person_label(id)) for role, id in people.items() if id}
        self.first_responsible.data = refs.get("designer")
        self.roles.fill({"role": role, "person": ref} for role, ref in refs.items())

    def check(self) -> None:
        """A project has one such sheet, which begins with it or later."""
        refuse_before(self, "started_on")
        named = self.project.data
        other = websites.under_way(named.id, self.code, self.itself) if named and named.id else None
        if other:
            self.refuse("project", _l("这个项目已有工作记录表：%(label)s"), label=other.label)
