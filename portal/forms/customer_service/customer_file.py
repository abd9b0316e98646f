"""CS-36 客户档案建立表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals, filled
from portal.domain.deadlines import days, working_days
from portal.domain.effects import REFUSED, Asks, Effect, Opens, PostsEntry, Updates, after
from portal.domain.signoff import Close, Route, Step, either, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.checklists import Checklist, Done
from portal.forms.customer_service.customer_file_stages import (
    NOT_COMPLETE,
    NOT_DONE,
    FileMade,
    MissingPapersApproval,
    PapersCheck,
)
from portal.forms.customer_service.first_papers import LETTER, PAPERS, known_papers
from portal.forms.fields import Choice, Day, LongText, Money, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import customers, goods, orders

CENT = Decimal("0.01")


class PaperRow(Sheet):
    """One licence or paper of the customer."""

    paper = Text(_l("资料名称"))
    number = Text(_l("证照编号"), required=False)
    issuer = Text(_l("签发单位"), required=False)
    issued_on = Day(_l("签发日期"), required=False)
    expires_on = Day(_l("有效期至"), required=False)
    original_seen = YesNo(_l("已核原件"))
    scan = Attachments(_l("扫描件"), required=False)

    def check(self) -> None:
        """A paper was issued by today, and does not end before it begins."""
        moments.refuse_future(self, "issued_on")
        if self.issued_on.data and self.expires_on.data and self.expires_on.data < self.issued_on.data:
            self.refuse("expires_on", _l("有效期不能早于签发日期"))


class CustomerFile(CompanyForm):
    """Makes the numbered file of a customer, once the papers of the first cooperation are there."""

    code = "CS-36"
    name = _l("客户档案建立表")
    slug = "customer-files"
    section = "customer_files"
    procedure = "CS-P-03#new-customers"
    opened_by = ("customer_service_officer",)
    covers = ("首次合作资料核对清单", "担保书", "证照不全建档交易审批单", "客户证照台帐")
    columns = (
        *(
            "number",
            "customer",
            "contract",
            "contract_accepted_on",
            "customer_kind",
            "guarantor",
            "guarantee_amount",
        ),
        *("electronic_made", "paper_made", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    contract = RecordLink(_l("销售合同"), "CS-34")
    contract_accepted_on = Day(_l("合同验收日期"), computed=True, help=_l("以销售合同的验收记录为准"))
    customer_kind = Choice(
        _l("客户类别"), {"new_customer": _l("新合作客户"), "existing_customer": _l("已合作客户")}
    )
    customer_data = LongText(_l("客户资料摘要"))
    papers_known = LongText(
        _l("系统中已有的资料"), computed=True, help=_l("该客户在系统中登记过的首次合作资料和证照")
    )
    papers_checklist = Checklist(
        _l("首次合作资料"), PAPERS, row=Done, help=_l("没有其他资料时，“其他”一行选“是”")
    )
    paper_rows = Rows(_l("证照登记"), PaperRow)
    guarantor = Text(_l("担保人"), required=False)
    guarantee_amount = Money(_l("担保金额"), low=CENT, required=False, required_when=filled("guarantor"))
    guarantee_until = Day(_l("担保期限"), required=False, required_when=filled("guarantor"))
    missing_reason = LongText(_l("证照不全原因"), when=NOT_DONE)
    promised_date = Day(_l("承诺补齐日期"), when=NOT_DONE)

    signoff = Route(
        Step(
            "papers_check",
            _l("首次合作资料核对"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(1),
            fills=PapersCheck,
            clause="CS-P-03#first-papers",
        ),
        Step(
            "missing_papers_approval",
            _l("证照不全建档交易审批"),
            either(role("marketing_director"), role("general_manager")),
            within=working_days(1),
            when=NOT_COMPLETE,
            fills=MissingPapersApproval,
            on_refusal=Close(),
            outcomes=(Close(when=equals("approval_decision", "refused")),),
            clause="CS-P-03#missing-papers",
        ),
        Step(
            "file_made",
            _l("建档编号"),
            role("customer_service_officer"),
            meaning="filled",
            within=days(3, since="contract_accepted_on", fixed=True),
            fills=FileMade,
        ),
    )

    def compute(self) -> None:
        """R13: the day on which the contract was accepted, as its record has it."""
        super().compute()
        contract = self.contract.data
        accepted_on = customers.contract_accepted_on(contract.id) if contract and contract.id else None
        self.contract_accepted_on.data = accepted_on
        self.papers_known.data = (
            "\n".join(known_papers(self.customer.data.id)) if self.customer.data else None
        )

    def check(self) -> None:
        """R13: the contract is this customer's, and accepted; it is filed once, and what is promised lies ahead."""
        customer, contract = self.customer.data, self.contract.data
        if customer:
            self._check_once(customer.id)
        moments.refuse_past(self, "promised_date", _l("承诺补齐日期不能早于提交日期"))
        moments.refuse_past(self, "guarantee_until", _l("担保期限已过，请客户重新提供担保"))
        letter = self.papers_checklist.rows[LETTER]
        if letter.done.data and self.guarantor.blank:
            self.refuse("guarantor", _l("担保书已收到，请填写担保人、担保金额和担保期限"))
        for row in self.papers_checklist.rows:
            moments.refuse_future(row, "done_on")
            if row.done.data is False and row.done_on.data:
                row.refuse("done_on", _l("还没有完成的资料不填日期；已完成的请选“是”"))
        seen: set[tuple[str, str]] = set()
        for row in self.paper_rows.rows:
            paper = (row.paper.data or "", row.number.data or "")
            if paper in seen:
                row.refuse("paper", _l("这份资料填写了两行，请删去一行，或填写不同的证照编号"))
            seen.add(paper)
        partner = customers.contract_customer(contract.id) if contract and contract.id else None
        if customer and partner is not None and partner != customer.id:
            self.refuse("contract", _l("该合同不是这个客户的合同"))
        elif contract and self.contract_accepted_on.data is None:
            self.refuse("contract", _l("该合同尚未验收，验收后才能建档"))

    def _check_once(self, customer_id: int) -> None:
        """A file is made in one record at a time; a customer who has one is no new customer."""
        found = customers.find(customer_id)
        others = orders.of_customer(customer_id, self.code, but=self.itself)
        waiting = next((number for id, number in others if goods.state(id) != "finished"), "")
        if waiting:
            self.refuse("customer", _l("该客户正在由 %(number)s 建档，请在其中办理"), number=waiting)
        corrects, is_new = self.context.get("@corrects"), self.customer_kind.data == "new_customer"
        if found and found.file_number and is_new and not corrects:
            self.refuse(
                "customer_kind",
                _l("该客户已有档案 %(file_no)s，请选择“已合作客户”，档案编号不变"),
                file_no=found.file_number,
            )

    @staticmethod
    @after("papers_check", _l("证照登记写入客户证照台帐"))
    def enter_papers(record: Filed) -> Iterator[Effect]:
        """Each paper once, also when a corrected sheet is checked again."""
        entered = customers.entered("customer_papers", record.id)
        for row in record["paper_rows"]:
            facts = _paper(record, row)
            if facts not in entered:
                yield PostsEntry("customer_papers", facts, customer_id=record["customer"].id)

    @staticmethod
    @after("missing_papers_approval", _l("到承诺补齐日期提醒客服专员补齐资料"))
    def remind(record: Filed) -> Iterator[Effect]:
        """R16: trade without all papers is lent, not given."""
        if record["approval_decision"] == "file_and_trade_allowed":
            yield Asks(_l("补齐客户缺少的资料"), f"person:{record.applicant_id}", record["promised_date"])

    @staticmethod
    @after(REFUSED, _l("不同意建档交易：客户停止交易"))
    def block(record: Filed) -> Iterator[Effect]:
        """R16: no file and no trade."""
        yield Updates("customer", record["customer"].id, {"status": "blocked"})

    @staticmethod
    @after("file_made", _l("登记客户档案编号台帐；客户状态改为合作中、可以交易；生成客户分配表草稿"))
    def open_trade(record: Filed) -> Iterator[Effect]:
        """R13 to R15: the file has its number, so the customer may trade and gets its officer."""
        made_on = day(record.now)
        yield PostsEntry(
            "customer_file_numbers",
            {
                "file_no": record["file_no"],
                "customer": record["customer"].text,
                "contract": record["contract"].text,
                "electronic_made": record["electronic_made"],
                "paper_made": record["paper_made"],
                "shelf_place": record["shelf_place"],
                "made_on": made_on.isoformat(),
                "days": (made_on - record["contract_accepted_on"]).days,
                "missing_papers": "" if record["papers_complete"] else record["missing_papers"] or "",
            },
            customer_id=record["customer"].id,
        )
        known = customers.find(record["customer"].id)
        has_file = known is not None and bool(known.file_number)
        if not (has_file and record["@corrects"]):
            yield Updates(
                "customer", record["customer"].id, {"status": "cooperating", "file_number": record["file_no"]}
            )
        if has_file:  # the customer has its officer already
            return
        yield Opens(
            "CS-23",
            {"reason": "new_customers", "customers": [{"customer": record["customer"]}]},
            to="role:customer_service_supervisor",
        )


def _paper(record: Filed, row: dict[str, Any]) -> dict[str, Any]:
    """One line of the ledger of papers; a letter of guarantee says who stands for how much until when."""
    facts: dict[str, Any] = {
        "customer_id": record["customer"].id,
        "customer": record["customer"].text,
        "paper": row["paper"],
        "number": row["number"] or "",
        "issuer": row["issuer"] or "",
        "issued_on": row["issued_on"].isoformat() if row["issued_on"] else "",
        "expires_on": row["expires_on"].isoformat() if row["expires_on"] else "",
        "original_seen": row["original_seen"],
        "scan": "、".join(file["name"] for file in row["scan"] or ()),
    }
    if "担保" in row["paper"] and record["guarantor"]:
        facts["guarantor"] = record["guarantor"]
        facts["guarantee_amount"] = str(record["guarantee_amount"])
        facts["expires_on"] = facts["expires_on"] or record["guarantee_until"].isoformat()
    return facts
