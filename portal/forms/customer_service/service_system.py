"""CS-02 客户服务体系审批表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.conditions import differs, equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, PostsEntry, Updates, after
from portal.domain.signoff import Back, Route, Step, every, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service.service_system_stages import (
    EMPLOYERS,
    IssueReceipt,
    RevisionStatement,
    Training,
)
from portal.forms.fields import Choice, Day, LongText, Phone, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.text import next_version
from portal.queries import customers, documents, people, service_system

FIRST = "V1"
TITLE = "客户服务体系"
YEAR = timedelta(days=365)
OF_AGENCY = equals("employer", "sales_agency")


class Salesperson(Sheet):
    """Somebody who sells projects and has to know the service system."""

    name_ = Text(_l("姓名"), max=60)
    employer = Choice(_l("所属"), EMPLOYERS)
    agency = Text(_l("代理公司名称"), required=False, when=OF_AGENCY, required_when=OF_AGENCY)
    phone = Phone(_l("电话"), required=False)


class ServiceSystem(CompanyForm):
    """Issues a version of the customer service system, and sees that everybody who sells projects is trained in it."""

    code = "CS-02"
    name = _l("客户服务体系审批表")
    slug = "service-systems"
    section = "service_system"
    procedure = "CS-P-02#approval"
    opened_by = ("customer_service_officer", "customer_service_supervisor", "customer_service_director")
    covers = (
        "客户服务体系下发签收单",
        "客户服务体系培训记录(签到表)",
        "客户服务体系年度修订审批单",
    )
    columns = (
        *("number", "kind", "system_version", "planned_effective_date", "previous_approved_on"),
        *("received_on", "current_step", "due_at", "status"),
    )

    kind = Choice(
        _l("类别"),
        {
            "first_issue": _l("首次建立"),
            "annual_revision": _l("年度修订"),
            "interim_revision": _l("临时修订"),
        },
    )
    system_version = Text(_l("体系版本号"), computed=True)
    service_standard = LongText(_l("客户服务标准"))
    main_workflows = LongText(_l("客户服务主要环节工作流程"))
    customer_information_use = LongText(_l("客户信息、资料的应用"))
    system_documents = Attachments(_l("体系文件"))
    planned_effective_date = Day(_l("计划生效日期"))
    project_sales_staff = Rows(
        _l("应培训项目销售人员"),
        Salesperson,
        help=_l("已列出本公司在岗业务人员，请补上销售代理公司的人员，去掉不做项目销售的人员"),
    )

    signoff = Route(
        Step(
            "annual_revision_statement",
            _l("年度修订说明"),
            role("customer_service_supervisor"),
            meaning="filled",
            within=working_days(3),
            when=differs("kind", "first_issue"),
            fills=RevisionStatement,
            clause="CS-P-02#revision",
        ),
        Step(
            "department_review",
            _l("客户服务部审核"),
            role("customer_service_director"),
            meaning="checked",
            within=working_days(2),
        ),
        Step("gm_approval", _l("总经理审批"), role("general_manager"), within=working_days(3)),
        Step(
            "issue_receipt",
            _l("体系下发签收"),
            every(role("sales_manager"), role("project_department_head")),
            meaning="received",
            within=working_days(3),
            fills=IssueReceipt,
            on_refusal=Back("department_review"),
            clause="CS-P-02#issue",
        ),
        Step(
            "training",
            _l("体系培训记录(签到)"),
            role("customer_service_supervisor"),
            meaning="filled",
            within=weeks(2),
            fills=Training,
            on_refusal=Back("issue_receipt"),
            clause="CS-P-02#training",
        ),
    )

    def heading(self) -> str:
        """The system and its version."""
        return f"{TITLE} {self.system_version.data or ''}".strip()

    def compute(self) -> None:
        """The version after the one in force; the salespeople, until somebody has written who they are."""
        super().compute()
        found = service_system.in_force(documents.SYSTEM, self.itself)
        self.system_version.data = next_version(found.version) if found else FIRST
        if not self.project_sales_staff.data:
            staff: list[dict[str, Any]] = [
                {"name": name, "employer": "own_company", "phone": phone or None}
                for name, phone in service_system.salespeople()
            ]
            self.project_sales_staff.fill(staff)

    def check(self) -> None:
        """One version is prepared at a time; a first one only where there is none."""
        found = service_system.in_force(documents.SYSTEM, self.itself)
        if found and self.kind.data == "first_issue":
            self.refuse(
                "kind",
                _l("客户服务体系 %(version)s 已在执行，请选年度修订或临时修订"),
                version=found.version,
            )
        if found is None and self.kind.data in ("annual_revision", "interim_revision"):
            self.refuse("kind", _l("还没有批准过的客户服务体系，请选首次建立"))
        moments.refuse_past(
            self, "planned_effective_date", _l("计划生效日期不能早于提交日期，总经理批准后体系才能执行")
        )
        listed = [(row["name"], row["employer"]) for row in self.project_sales_staff.data if row["name"]]
        double = next((name for name, employer in listed if listed.count((name, employer)) > 1), None)
        if double:
            self.refuse(
                "project_sales_staff",
                _l("“%(who)s”填写了两行，请删去一行；同名的两人请在姓名后注明区别，如“%(who)s（二部）”"),
                who=double,
            )
        other = service_system.under_way(self.itself)
        if other:
            self.refuse("kind", _l("%(number)s 还没有批准，请先办结，再提交下一版"), number=other)

    @staticmethod
    @after("gm_approval", _l("受控文件清单登记新版本，原版本作废；一年后须年度修订"))
    def release(record: Filed) -> Iterator[Effect]:
        """R01, R02: in force from the general manager's signature on; entered once, also after a round back."""
        approved_on, planned = day(record.now), record["planned_effective_date"]
        number, version = documents.SYSTEM, record["system_version"]
        in_force_on, review_on = max(planned, approved_on), approved_on + YEAR
        facts = {
            "number": number,
            "title": TITLE,
            "kind": "system",
            "version": version,
            "approved_on": approved_on.isoformat(),
            "effective_on": in_force_on.isoformat(),
            "owner": people.department_name(record.department_id, "zh"),
            "next_review": review_on.isoformat(),
        }
        entered = customers.entered(documents.DOCUMENTS, record.id)
        if any(_is_released(line, version, planned.isoformat()) for line in entered):
            return
        found = documents.by_number(number)
        values = {
            "name": TITLE,
            "kind": "system",
            "version": version,
            "state": "effective",
            "effective_on": in_force_on,
            "department_id": record.department_id,
            "next_review_on": review_on,
            "release_id": record.id,
        }
        yield Updates(
            "document", found.id if found else None, values if found else {"code": number, **values}
        )
        yield PostsEntry(documents.DOCUMENTS, facts, key=f"{number} {version}")

    @staticmethod
    @after("training", _l("登记培训台帐，每人一行"))
    def enter_training(record: Filed) -> Iterator[Effect]:
        """R03: own staff and agency staff alike."""
        for row in record["trainees"]:
            yield PostsEntry(
                "training",
                {
                    "date": day(record["training_date"]).isoformat(),
                    "topic": TITLE,
                    "version": record["system_version"],
                    "trainee": row["name"],
                    "employer": row["employer"],
                    "signed": bool(row["signed"]),
                    "score": row["score"],
                    "passed": not row["repeat_needed"],
                    "repeat_needed": row["repeat_needed"],
                },
            )


def _is_released(line: dict[str, Any], version: str, planned: str) -> bool:
    """Whether this line of the list of documents says the same, be it approved on an earlier day."""
    return bool(line["version"] == version and line["effective_on"] == max(planned, line["approved_on"]))
