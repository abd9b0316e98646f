"""CS-75 补加合同."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, PostsEntry, PostsReceivable, after
from portal.domain.signoff import Close, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.customer_service.service_words import MANAGER, fill_customer
from portal.forms.fields import Day, LongText, Money, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, RecordLink
from portal.lib.i18n import _l
from portal.queries import contracts, customers, goods, service, works

CENT = Decimal("0.01")


class AddedItem(Sheet):
    """One thing that is added to the contract."""

    item = Text(_l("项目"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit_price = Money(_l("单价"))
    amount = Money(_l("金额"), computed=True)

    def compute(self) -> None:
        """Quantity times price."""
        quantity, price = self.quantity.data, self.unit_price.data
        known = quantity is not None and price is not None
        self.amount.data = (quantity * price).quantize(CENT, ROUND_HALF_UP) if known else None


class CustomerSign(Stage):
    """When the customer signed."""

    signed_on = Day(_l("签订日期"))

    def check(self) -> None:
        """It has been signed, before what it adds is over."""
        moments.refuse_future(self, "signed_on")
        signed, ends = self.signed_on.data, self.context.get("end_date")
        if signed and ends and signed > ends:
            self.refuse("signed_on", _l("签订日期不能晚于合同的结束日期"))


class SupplementaryContract(CompanyForm):
    """Adds work and money to a contract that is in force."""

    code = "CS-75"
    name = _l("补加合同")
    slug = "supplementary-contracts"
    section = "after_sales"
    procedure = "CS-P-05#supplement"
    opened_by = ("after_sales_manager", "salesperson")
    columns = (
        *("number", "main_contract", "customer", "supplement_no", "added_amount", "start_date"),
        *("other_terms_unchanged", "signed_on", "current_step", "due_at", "status"),
    )

    main_contract = RecordLink(_l("主合同"), "CS-34", "CS-73")
    customer = Customer(_l("客户"))
    supplement_no = Text(_l("补加合同编号"), max=60)
    added_items = Rows(_l("补加内容"), AddedItem)
    added_amount = Money(_l("补加金额"), computed=True)
    reason = LongText(_l("补加原因"))
    start_date = Day(_l("开始日期"))
    end_date = Day(_l("结束日期"), required=False, help=_l("不填则与主合同同时结束"))
    other_terms_unchanged = YesNo(_l("其余条款不变"))
    contract_file = Attachments(_l("合同文本"))

    signoff = Route(
        Step("manager_review", _l("部门经理审核"), MANAGER, meaning="checked", within=working_days(2)),
        Step("gm_sign", _l("总经理签署"), role("general_manager"), within=working_days(2)),
        Step(
            "customer_sign",
            _l("客户签署"),
            outside("customer"),
            meaning="confirmed",
            within=weeks(1),
            fills=CustomerSign,
            on_refusal=Close(),
        ),
    )

    def compute(self) -> None:
        """The customer of the main contract; the items together."""
        super().compute()
        main = self.main_contract.data
        fill_customer(self.customer, customers.contract_customer(main.id) if main and main.id else None)
        amounts = (row.amount.data for row in self.added_items.rows)
        self.added_amount.data = sum(filter(None, amounts), Decimal("0.00"))

    def check(self) -> None:
        """The main contract is the same customer's and stands; the supplement ends after it begins."""
        main, customer = self.main_contract.data, self.customer.data
        if main and main.id:
            partner = customers.contract_customer(main.id)
            if customer and partner != customer.id:
                self.refuse("customer", _l("该主合同不是这个客户的合同"))
            if not _stands(main.id):
                self.refuse("main_contract", _l("该主合同没有签订，不能补加"))
            over = goods.opening_answers(main.id).get("end_date") if _is_maintenance(main.id) else None
            if over and self.start_date.data and self.start_date.data > date.fromisoformat(over):
                self.refuse("start_date", _l("主合同 %(day)s 结束，补加内容须在此前开始"), day=over)
        start, end = self.start_date.data, self.end_date.data
        if start and end and end < start:
            self.refuse("end_date", _l("结束日期不能早于开始日期"))

    def heading(self) -> str:
        """The customer."""
        return self.customer.data.text if self.customer.data else ""

    @staticmethod
    @after("customer_sign", _l("补加金额记入主合同的应收；主合同是保养合同的，补加内容登记服务合同台帐"))
    def enter(record: Filed) -> Iterator[Effect]:
        """What is added is owed on the main contract, and belongs to what it covers."""
        main, customer = record["main_contract"], record["customer"]
        if record["added_amount"]:
            yield PostsReceivable(
                customer.id,
                main.id or record.id,
                record["added_amount"],
                row=record["supplement_no"],
                due_on=record["start_date"],
            )
        if main.id and _is_maintenance(main.id):
            yield PostsEntry(service.CONTRACTS, _facts(record), customer_id=customer.id, about=main.id)

    @staticmethod
    @after("customer_sign", _l("合同文本登记客户证照台帐，归入客户档案"))
    def file_paper(record: Filed) -> Iterator[Effect]:
        """The customer's file gets the paper."""
        yield PostsEntry(
            "customer_papers",
            {
                "customer_id": record["customer"].id,
                "customer": record["customer"].text,
                "paper": "补加合同",
                "number": record["supplement_no"],
                "issuer": "",
                "issued_on": record["signed_on"].isoformat(),
                "expires_on": record["end_date"].isoformat() if record["end_date"] else "",
                "original_seen": True,
                "scan": "、".join(file["name"] for file in record["contract_file"]),
            },
            customer_id=record["customer"].id,
        )


def _stands(record_id: int) -> bool:
    """Whether the customer has signed the contract, and it was not given up."""
    if goods.state(record_id) in ("refused", "voided"):
        return False
    is_maintenance = _is_maintenance(record_id)
    return service.is_signed_contract(record_id) if is_maintenance else contracts.is_signed(record_id)


def _is_maintenance(record_id: int) -> bool:
    found = works.origin(record_id)
    return found is not None and found[0] == "CS-73"


def _facts(record: Filed) -> dict[str, Any]:
    """The supplement as a line under its main contract, whose rules it shares."""
    main = goods.opening_answers(record["main_contract"].id)
    ends = record["end_date"].isoformat() if record["end_date"] else main["end_date"]
    return {
        "contract_no": record["supplement_no"],
        "customer": record["customer"].text,
        "project": (main.get("project") or {}).get("text", ""),
        "origin": main["origin"],
        "scope": "、".join(row["item"] for row in record["added_items"]),
        "fee": str(record["added_amount"]),
        "start": record["start_date"].isoformat(),
        "end": ends,
        "parts_charged": main["parts_charged"],
        "outcome": "signed",
        "signed_on": record["signed_on"].isoformat(),
        "lost_reason": "",
        "supplement": True,
    }
