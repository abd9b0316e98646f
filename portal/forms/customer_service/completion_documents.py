"""CS-71 合同项目竣工文档、资料验收清单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import any_row, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsEntry, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.checklists import Checklist, Done
from portal.forms.customer_service.service_words import MANAGER, fill_customer
from portal.forms.fields import Choice, Day, Integer, Text
from portal.forms.filed import Filed
from portal.forms.references import Customer, Project, RecordLink
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import customers, service

DOCUMENTS = (
    _l("竣工图"),
    _l("竣工验收表"),
    _l("隐蔽工程验收表"),
    _l("材料合格证及检验资料"),
    _l("设备说明书及保修卡"),
    _l("设计变更及增减项目单"),
    _l("工程结算单"),
    _l("操作手册及密码交接"),
)
NOT_DONE = any_row("documents", "done", "equals", False)
LONGEST = 1200  # months of a warranty that the calendar holds


class Handover(Stage):
    """The engineering department hands the documents over."""

    handed_over_on = Day(_l("移交日期"))

    def check(self) -> None:
        """Nothing is handed over before it is completed."""
        moments.refuse_future(self, "handed_over_on")
        completed = self.context.get("completed_on")
        moments.refuse_earlier(self, "handed_over_on", completed, _l("移交日期不能早于竣工日期"))


class Acceptance(Stage):
    """The after-sales department looks whether everything is there."""

    missing_documents = Text(_l("未完成的资料"), computed=True, required=False)
    acceptance_verdict = Choice(_l("验收结论"), {"complete": _l("齐全"), "incomplete": _l("不齐全")})

    def compute(self) -> None:
        """The rows that are not done."""
        rows = self.context.get("documents") or ()
        self.missing_documents.data = "、".join(row["item"] for row in rows if not row["done"])

    def check(self) -> None:
        """With a row not done, the documents are not complete."""
        if self.acceptance_verdict.data == "complete" and NOT_DONE.holds(self.context):
            self.refuse("acceptance_verdict", _l("竣工资料中还有未完成的项目，请选“不齐全”退回补齐"))


class CompletionDocuments(CompanyForm):
    """Takes over the documents of a completed project, with which its warranty begins."""

    code = "CS-71"
    name = _l("合同项目竣工文档、资料验收清单")
    slug = "completion-documents"
    section = "after_sales"
    procedure = "CS-P-05#completion-documents"
    opened_by = ("engineering_manager", "after_sales_manager")
    columns = (
        *("number", "project", "contract", "customer", "completed_on", "free_months", "warranty_start"),
        *("warranty_end", "handed_over_on", "acceptance_verdict", "current_step", "due_at", "status"),
    )

    project = Project(_l("合同项目"))
    contract = RecordLink(_l("合同"), "CS-34")
    customer = Customer(_l("客户"))
    completion_acceptance = RecordLink(_l("竣工验收表"), "EN-24", required=False)
    completed_on = Day(_l("竣工日期"))
    documents = Checklist(_l("竣工文档、资料"), DOCUMENTS, row=Done)
    free_months = Integer(_l("免费维护期(月)"), low=1, high=LONGEST)
    warranty_start = Day(_l("保修期开始"))
    warranty_end = Day(_l("保修期结束"), computed=True)

    signoff = Route(
        Step(
            "engineering_handover",
            _l("工程部移交"),
            role("engineering_manager"),
            meaning="delivered",
            within=working_days(2),
            fills=Handover,
        ),
        Step(
            "after_sales_acceptance",
            _l("售后服务部验收"),
            MANAGER,
            meaning="accepted",
            within=working_days(3),
            fills=Acceptance,
            on_refusal=Back(),
            outcomes=(Back(when=equals("acceptance_verdict", "incomplete")),),
        ),
    )

    def compute(self) -> None:
        """The customer of the contract, else of the project; the warranty's end follows from its length."""
        super().compute()
        fill_customer(self.customer, self._partner())
        start, months = self.warranty_start.data, self.free_months.data
        if start and months and 0 < months <= LONGEST:
            self.warranty_end.data = months_later(start, months) - timedelta(days=1)
        else:
            self.warranty_end.data = None

    def check(self) -> None:
        """The customer is the contract's, and the warranty begins when the work is completed."""
        moments.refuse_future(self, "completed_on")
        customer, partner = self.customer.data, self._partner()
        if customer and partner is not None and partner != customer.id:
            self.refuse("customer", _l("与合同或合同项目中的客户不一致，请核对"))
        completed, start = self.completed_on.data, self.warranty_start.data
        if completed and start and start < completed:
            self.refuse("warranty_start", _l("保修期开始不能早于竣工日期"))

    def _partner(self) -> int | None:
        """Whose contract it is; while that is only a paper number, whose project."""
        contract, project = self.contract.data, self.project.data
        found = customers.contract_customer(contract.id) if contract and contract.id else None
        return found or (service.customer_of(project.id) if project and project.id else None)

    @staticmethod
    @after("after_sales_acceptance", _l("资料齐全：登记保修台帐"))
    def enter_warranty(record: Filed) -> Iterator[Effect]:
        """R69: services of type C are free between these days."""
        if record["acceptance_verdict"] != "complete":
            return
        customer = record["customer"]
        yield PostsEntry(
            service.WARRANTIES,
            {
                "customer_id": customer.id,
                "customer": customer.text,
                "project_id": record["project"].id,
                "project": record["project"].text,
                "contract": record["contract"].text,
                "completed_on": record["completed_on"].isoformat(),
                "start": record["warranty_start"].isoformat(),
                "end": record["warranty_end"].isoformat(),
                "free_months": record["free_months"],
                "complete": True,
            },
            customer_id=customer.id,
        )
