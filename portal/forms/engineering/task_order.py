"""EN-01 工程任务单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import (
    CORRECTED,
    FINISHED,
    SUBMITTED,
    VOIDED,
    ChangesProject,
    Effect,
    Opens,
    OpensProject,
    after,
)
from portal.domain.signoff import Back, Route, Step, person_in, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering.task_order_stages import (
    DocumentsChecked,
    DocumentsReceived,
    ManagerDecision,
    ProblemReport,
)
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Customer, Person, RecordLink
from portal.lib.i18n import _l
from portal.queries import customers, goods, projects, service, works

PEOPLE = ("foreman", "site_supervisor", "designer")
DRAWINGS, BUDGET = "construction_drawings", "budget"
INCOMPLETE = equals("documents_ok", False)


class IssuedDocument(Sheet):
    """One document that is handed out to the foreman."""

    document = Choice(
        _l("文件"),
        {
            DRAWINGS: _l("施工图纸"),
            BUDGET: _l("预算"),
            "work_item_list": _l("施工项目表"),
            "other": _l("其他"),
        },
    )
    number = Text(_l("编号"), required=False, max=60)
    version = Text(_l("版本"), max=30)
    copies = Integer(_l("份数"), low=1, high=999)
    file = Attachments(_l("附件"), required=False)


class TaskOrder(CompanyForm):
    """Gives works to a foreman: opens the project with its people and days, and hands out the documents."""

    code = "EN-01"
    name = _l("工程任务单")
    slug = "task-orders"
    section = "construction"
    procedure = "EN-P-01#assignment"
    opened_by = ("engineering_manager",)
    covers = ("施工文件领取签收单", "施工文件核对表", "施工文件问题汇报单")
    columns = (
        "number", "project_name", "site_address", "customer", "contract", "contract_price", "planned_start",
        "received_on", "documents_ok", "current_step", "due_at", "status",
    )  # fmt: skip

    project_name = Text(_l("工程名称"), max=100)
    site_address = Text(_l("工程地址"))
    customer = Customer(_l("客户(业主)"))
    contract = RecordLink(_l("合同"), "CS-34")
    contract_price = Money(_l("合同价"), low=Decimal("0.01"))
    works_scope = LongText(_l("施工项目"))
    planned_start = Day(_l("计划开工日期"))
    planned_finish = Day(_l("计划竣工日期"), help=_l("合同约定的竣工日期，以后只能经工程延期手续推迟"))
    foreman = Person(_l("工长"))
    site_supervisor = Person(_l("工程监理"))
    designer = Person(_l("设计师"))
    waterproofing = YesNo(
        _l("是否有防水验收"),
        required=False,
        default=True,
        help=_l("没有厨卫等防水部位的工程选“否”，不排防水验收；不选按“是”"),
    )
    drawings_and_budget = Rows(_l("发出的施工文件"), IssuedDocument)

    signoff = Route(
        Step(
            "foreman_accept",
            _l("工长接受任务"),
            person_in("foreman"),
            meaning="confirmed",
            within=working_days(1),
        ),
        Step(
            "documents_received",
            _l("施工文件领取签收"),
            person_in("foreman"),
            meaning="received",
            within=working_days(1),
            fills=DocumentsReceived,
            clause="EN-P-01#documents",
        ),
        Step(
            "documents_checked",
            _l("施工文件核对"),
            person_in("foreman"),
            meaning="done",
            within=working_days(2),
            fills=DocumentsChecked,
            clause="EN-P-01#document-check",
        ),
        Step(
            "problem_report",
            _l("施工文件问题汇报"),
            person_in("foreman"),
            meaning="filled",
            within=working_days(1),
            when=INCOMPLETE,
            fills=ProblemReport,
            clause="EN-P-01#document-problems",
        ),
        Step(
            "manager_decision",
            _l("工程部经理处理"),
            role("engineering_manager"),
            meaning="done",
            within=working_days(1),
            when=INCOMPLETE,
            fills=ManagerDecision,
            on_refusal=Back("documents_received"),
            clause="EN-P-01#document-problems",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Customer and price of the contract, where that is named already; drawings and budget to be handed out."""
        contract = self.context.get("contract")
        amount = goods.opening_answers(contract.id).get("amount") if contract and contract.id else None
        rows = [{"document": DRAWINGS, "copies": 1}, {"document": BUDGET, "copies": 1}]
        return {"contract_price": Decimal(amount) if amount else None, "drawings_and_budget": rows}

    def compute(self) -> None:
        """The customer of the contract; waterproofing is accepted unless somebody says no."""
        super().compute()
        owner = self._contract_customer()
        if owner and self.customer.data is None and not self.customer.text:
            self.customer.data = Ref(owner, service.customer_label(owner))
        if self.waterproofing.data is None and not self.waterproofing.process_errors:
            self.waterproofing.data = True

    def check(self) -> None:
        """The customer is the contract's, the days and people make sense, drawings and budget are there."""
        owner, customer = self._contract_customer(), self.customer.data
        if owner and customer and owner != customer.id:
            self.refuse("customer", _l("与合同中的客户不一致，请核对"))
        start, finish = self.planned_start.data, self.planned_finish.data
        if start and finish and finish < start:
            self.refuse("planned_finish", _l("计划竣工日期不能早于计划开工日期"))
        self._check_people()
        self._check_documents()

    def _check_people(self) -> None:
        """R23: foreman, supervisor and designer sign for different sides of the works."""
        named: set[int] = set()
        for party in PEOPLE:
            person = self[party].data
            if person and person.id in named:
                self.refuse(party, _l("工程监理、设计师、工长须是不同的人"))
            elif person:
                named.add(person.id)

    def _check_documents(self) -> None:
        kinds = {row["document"] for row in self.drawings_and_budget.data}
        if kinds and not {DRAWINGS, BUDGET} <= kinds:
            self.refuse("drawings_and_budget", _l("须列出施工图纸和预算"))
        seen = set()
        for row in self.drawings_and_budget.rows:
            key = (row.document.data, row.number.data, row.version.data)
            if key in seen:
                row.refuse("document", _l("同一文件只列一行"))
            seen.add(key)

    def _contract_customer(self) -> int | None:
        contract = self.contract.data
        return customers.contract_customer(contract.id) if contract and contract.id else None

    @staticmethod
    @after(SUBMITTED, _l("建立工程项目：客户、人员、日期，状态为准备中"))
    def open_project(record: Filed) -> Iterator[Effect]:
        """The project is there from the first day, so that everything else can name it."""
        yield _project(record)

    @staticmethod
    @after(CORRECTED, _l("工程项目随更正后的内容变更"))
    def follow(record: Filed) -> Iterator[Effect]:
        """Another foreman, or whatever else was put right, is the project's too."""
        yield _project(record)

    @staticmethod
    @after(VOIDED, _l("任务单作废：工程项目终止"))
    def end_project(record: Filed) -> Iterator[Effect]:
        """Works that nobody was given are none; those of a finished order go on."""
        project = projects.opened_by({record.id})
        if project is not None and not record["@corrects"]:
            yield ChangesProject(project.id, {"state": "ended"})

    @staticmethod
    @after(FINISHED, _l("生成施工进度计划和技术交底表草稿，交工长办理"))
    def prepare(record: Filed) -> Iterator[Effect]:
        """Schedule and briefing are what the start waits for; a corrected order has them already."""
        project = projects.opened_by({record.id})
        if project is None or record["@corrects"]:
            return
        named, foreman = Ref(project.id, project.label), f"person:{record['foreman'].id}"
        days = {"start_on": record["planned_start"], "finish_on": record["planned_finish"]}
        yield Opens("EN-05", {"project": named, **days}, to=foreman)
        people = {role: record[role] for role in PEOPLE}
        briefing = {
            "project": named,
            "customer": record["customer"],
            **people,
            "place": record["site_address"],
        }
        yield Opens("EN-18", {**briefing, "drawing_versions": _versions(record)}, to=foreman)


def _project(record: Filed) -> OpensProject:
    """The project as the order has it; what a schedule, an extension or a design change has moved since stays."""
    found = projects.opened_by(record.itself)
    contract = record["contract"]
    values: dict[str, Any] = {
        "name": record["project_name"],
        "customer_id": record["customer"].id,
        "address": record["site_address"],
        "people": _people(record, found.people if found else {}),
    }
    facts: dict[str, Any] = {
        "contract_price": str(record["contract_price"]),
        "contract": contract.text,
        "contract_id": contract.id,
        "waterproofing": record["waterproofing"] is not False,
    }
    if found is None:
        values["state"] = "preparing"
    if found is None or not projects.passed(found.id, "schedule"):
        values |= {"starts_on": record["planned_start"], "finishes_on": record["planned_finish"]}
        facts |= {
            "drawing_version": _drawing_version(record),
            "agreed_finish": _text(record["planned_finish"]),
        }
    return OpensProject("works", values, facts)


def _people(record: Filed, known: dict[str, int]) -> dict[str, int]:
    """Who is who in the project: those named, the manager who gives the order, who has made the contract."""
    people = {**known, **{role: record[role].id for role in PEOPLE}}
    people.setdefault("engineering_manager", record.applicant_id)
    contract = works.origin(record["contract"].id)
    if contract is not None:
        people["salesperson"] = contract[1]
    return people


def _drawing_version(record: Filed) -> str:
    rows = (row["version"] for row in record["drawings_and_budget"] if row["document"] == DRAWINGS)
    return next(rows, "")


def _versions(record: Filed) -> str:
    """The drawings that were handed out, in words."""
    rows = [row for row in record["drawings_and_budget"] if row["document"] == DRAWINGS]
    return "、".join(" ".join(part for part in (row["number"], row["version"]) if part) for row in rows)


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
