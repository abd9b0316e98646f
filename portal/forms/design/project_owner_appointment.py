"""DS-01 项目负责人确定单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain import projects as kinds
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Made, Opens, OpensProject, after
from portal.domain.permissions import person_key
from portal.domain.signoff import Route, Step, every, person_in
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.design.websites import TEAM, waits
from portal.forms.fields import Choice, Day, LongText, Text
from portal.forms.filed import Filed
from portal.forms.project_words import SITE_KINDS
from portal.forms.references import Customer, Person, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import goods, projects, rights, websites

OWNERS = {
    "design_owner": "designer",
    "program_owner": "programmer",
    "project_manager": "project_manager",
}
"""The role that each of the persons named must hold."""


class ProjectOwnerAppointment(CompanyForm):
    """Names who answers for a website: the designer first, the programmer, the project's manager; this begins it."""

    code = "DS-01"
    name = _l("项目负责人确定单")
    slug = "project-owner-appointments"
    section = "web_design"
    procedure = "WD-P-01#owners"
    opened_by = ("design_manager",)
    readers = TEAM
    columns = (
        *("number", "project_name", "customer", "site_kind", "design_owner", "program_owner"),
        *("first_responsible", "current_step", "due_at", "status"),
    )

    project_name = Text(_l("项目名称"))
    customer = Customer(_l("客户"))
    contract = RecordLink(_l("合同"), "CS-34", required=False)
    site_kind = Choice(_l("网站类型"), SITE_KINDS)
    design_owner = Person(_l("设计负责人(设计师)"))
    program_owner = Person(_l("程序负责人"))
    first_responsible = Person(_l("第一负责人"), computed=True, help=_l("设计负责人即第一负责人"))
    project_manager = Person(_l("项目经理"))
    customer_contact = Text(_l("客户联系人及电话"))
    planned_finish = Day(_l("计划完成日期"))
    requirement_summary = LongText(_l("需求摘要"))

    signoff = Route(
        Step(
            "owners_accept",
            _l("负责人接受"),
            every(person_in("design_owner"), person_in("program_owner"), person_in("project_manager")),
            meaning="confirmed",
            within=working_days(1),
        ),
    )

    def compute(self) -> None:
        """R47: the designer is the first who answers for the project, whatever anybody types."""
        super().compute()
        self.first_responsible.data = self.design_owner.data

    def check(self) -> None:
        """Each owner does this work in the company; the same website is not begun twice."""
        moments.refuse_past(self, "planned_finish", _l("计划完成日期不能早于今天"))
        for name, role in OWNERS.items():
            named = self[name].data
            able = {one.id for one in rights.holders(role, self.today)}
            if named and able and named.id not in able:
                self.refuse(name, _l("这位同事没有承担这项工作的角色，请另选一人"))
        self._check_customer()

    def _check_customer(self) -> None:
        """The contract is the customer's, and the customer has no other website under way that is called so."""
        customer, contract = self.customer.data, self.contract.data
        if customer is None:
            return
        of = goods.named(contract.id, "customer") if contract and contract.id else None
        if of and of != customer.id:
            self.refuse("contract", _l("这份合同不是这个客户的"))
        for other in projects.under_way(kinds.WEB.key, ("preparing", "running", "held")):
            same = other.customer_id == customer.id and other.name == self.project_name.data
            if same and (other.record_id is None or other.record_id not in self.itself):
                text = _l("这个客户已有同名的网站项目：%(code)s")
                self.refuse("project_name", text, code=other.code)

    @staticmethod
    @after("owners_accept", _l("网站项目立项编号，生成拓扑图、项目方案确认单和工作记录表草稿"))
    def begin_project(record: Filed) -> Iterator[Effect]:
        """All three have accepted: the project begins, with its number of the year.

        A correction names other owners; it leaves no draft beside what somebody has begun already.
        """
        owner = record["design_owner"].id
        contract = record["contract"]
        begun = projects.opened_by(record.itself)
        starts_on = begun.starts_on if begun else day(record.now)
        yield OpensProject(
            kinds.WEB.key,
            {
                "name": record["project_name"],
                "customer_id": record["customer"].id,
                "people": {
                    "designer": owner,
                    "programmer": record["program_owner"].id,
                    "project_manager": record["project_manager"].id,
                    "design_manager": record.applicant_id,
                },
                "starts_on": starts_on,
                "finishes_on": record["planned_finish"],
            },
            {
                "site_kind": record["site_kind"],
                "contract": contract.text if contract else "",
                "customer_contact": record["customer_contact"],
            },
        )
        for code, more in (("DS-03", {}), ("DS-02", {}), ("DS-18", {"started_on": starts_on})):
            if begun is None or not (websites.under_way(begun.id, code) or waits(record, begun, code)):
                yield Opens(code, {"project": Made("project"), **more}, to=person_key(owner))
