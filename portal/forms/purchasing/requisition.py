"""PU-03 用户需求单(请购单)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import until, working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, head_of, role
from portal.forms import moments, outgoing
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Money, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.purchasing.requisition_issue import Issue
from portal.forms.references import Attachments, Department, RecordLink, StockItem, Supplier
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import buying, goods, promised

TITLE = 60  # characters of the names that a list shows


class DemandLine(Sheet):
    """One item that is needed."""

    item = StockItem(_l("库存品"))
    name_ = Text(_l("名称规格"))
    quantity = Number(_l("需求数量"), low=Decimal("0.001"))
    unit = Text(_l("单位"), max=20)
    needed_by = Day(_l("需用日期"))
    purpose = Text(_l("用途"), required=False)


class StockLine(Sheet):
    """What the stock books say of one item, whoever asks for it in how many lines."""

    item = StockItem(_l("库存品"), computed=True)
    on_hand = Number(_l("现有库存"), computed=True)
    ordered = Number(_l("在途"), computed=True)
    reserved = Number(_l("已承诺他人"), computed=True)
    demand = Number(_l("需求"), computed=True)
    shortage = Number(_l("缺口"), computed=True)


class StockCheck(Stage):
    """The look at the stock books, and what the buyer makes of it."""

    stock_lines = Rows(_l("库存查询"), StockLine, computed=True)
    stock_meets_demand = YesNo(_l("库存能满足需要"))
    issue_by = Day(_l("发货期限"), computed=True, when=equals("stock_meets_demand", True))
    buy_reason = LongText(
        _l("库存足够仍采购的理由"), required=False, when=equals("stock_meets_demand", False)
    )

    def compute(self) -> None:
        """R54: short is what is neither on hand nor on order, item by item, what is promised to others left to them.

        What the requisition that this one corrects was given counts as there: it comes back with the new issue.
        """
        lines = self.context.get("lines") or []
        demand = goods.totals(lines, "quantity")
        own = goods.taken_by(self.itself)
        supply, reserved = goods.supply(demand), promised.reserved(demand, but=self.itself)
        rows = []
        for item in {line["item"].id: line["item"] for line in lines if line["item"]}.values():
            on_hand, ordered = supply.get(item.id, (Decimal(0), Decimal(0)))
            on_hand += own.get(item.id, Decimal(0))
            short = max(demand[item.id] + reserved[item.id] - on_hand - ordered, Decimal(0))
            rows.append(
                {
                    "item": item,
                    "on_hand": on_hand,
                    "ordered": ordered,
                    "reserved": reserved[item.id],
                    "demand": demand[item.id],
                    "shortage": short,
                }
            )
        self.stock_lines.fill(rows)
        self.issue_by.data = min((line["needed_by"] for line in lines if line["needed_by"]), default=None)

    def check(self) -> None:
        """R54: what is short cannot come from stock; what is not short is bought only for a reason."""
        short = any(line["shortage"] for line in self.stock_lines.data)
        if self.stock_meets_demand.data and short:
            self.refuse("stock_meets_demand", _l("库存查询中还有缺口，库存不能满足需要"))
        if self.stock_meets_demand.data is False and not short and self.buy_reason.blank:
            self.refuse("buy_reason", _l("库存没有缺口，仍要采购的须写明理由"))


class Requisition(CompanyForm):
    """Asks the purchasing department for goods: it issues them from stock, or orders what is short."""

    code = "PU-03"
    name = _l("用户需求单(请购单)")
    slug = "requisitions"
    section = "goods"
    procedure = "PU-P-01#demand"
    opened_by = ("employee",)
    covers = ("库存信息查询单",)
    columns = (
        "number",
        "department",
        "category",
        "urgency",
        "source_record",
        "suggested_supplier",
        "budget",
        "stock_meets_demand",
        "current_step",
        "due_at",
        "status",
    )

    department = Department(_l("需求部门"))
    category = Choice(
        _l("类别"),
        {
            "goods": _l("商品"),
            "parts": _l("零件"),
            "office_and_tools": _l("办公及工具"),
            "books": _l("图书"),
            "works_material": _l("工程材料"),
        },
    )
    lines = Rows(_l("需求明细"), DemandLine)
    source_record = RecordLink(_l("来源"), "CR-17", "CS-77", "WH-18", "EN-01", required=False)
    suggested_supplier = Supplier(_l("建议供应商"), required=False)
    urgency = Choice(_l("紧急程度"), {"normal": _l("一般"), "urgent": _l("紧急")})
    purpose = LongText(_l("用途说明"))
    budget = Money(_l("预算金额"), required=False)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step("head_approval", _l("部门负责人审批"), head_of(), within=working_days(1)),
        Step(
            "stock_check",
            _l("采购部查询库存"),
            role("buyer"),
            meaning="done",
            within=working_days(1),
            fills=StockCheck,
            clause="PU-P-01#stock-enquiry",
        ),
        Step(
            "issue",
            _l("库房发货"),
            role("warehouse_keeper"),
            meaning="posted",
            within=until("issue_by"),
            when=equals("stock_meets_demand", True),
            fills=Issue,
            on_refusal=Back("stock_check"),
            clause="PU-P-01#issue",
        ),
        Step(
            "purchasing_approval",
            _l("采购部经理审批"),
            role("purchasing_manager"),
            within=working_days(1),
            when=equals("stock_meets_demand", False),
            on_refusal=Back("stock_check"),
            clause="PU-P-01#stock-enquiry",
        ),
    )

    def check(self) -> None:
        """Nothing is needed before it is asked for."""
        asked = day(moments.submitted_at(self))
        for line in self.lines.rows:
            if line.needed_by.data and line.needed_by.data < asked:
                line.refuse("needed_by", _l("需用日期不能早于申请日期"))

    def heading(self) -> str:
        """The things that are needed."""
        names = dict.fromkeys(line["name"] for line in self.lines.data if line["name"])
        return "、".join(names)[:TITLE]

    @staticmethod
    @after("issue", _l("同时登记流水帐和库存台帐"))
    def take_out(record: Filed) -> Iterator[Effect]:
        """What is handed out leaves both books."""
        yield from outgoing.settle(record.id, "out", record["issued_lines"])

    @staticmethod
    @after("purchasing_approval", _l("生成采购订货单草稿，带出缺口"))
    def order(record: Filed) -> Iterator[Effect]:
        """R54: what is short is ordered; when nothing is, what was asked for, by the reason given."""
        short = any(line["shortage"] for line in record["stock_lines"])
        asked = {line["item"].id: line for line in record["lines"]}
        wanted = {
            line["item"].id: line["shortage"] if short else line["demand"] for line in record["stock_lines"]
        }
        taken = buying.taken(record.id)  # by the orders of the requisition that this one corrects
        lines: list[dict[str, Any]] = [
            {
                "item": asked[item]["item"],
                "name": asked[item]["name"],
                "quantity": quantity - taken.get(item, Decimal(0)),
                "unit": asked[item]["unit"],
            }
            for item, quantity in wanted.items()
            if quantity > taken.get(item, Decimal(0))
        ]
        if not lines:
            return
        answers = {
            "supplier": record["suggested_supplier"],
            "lines": lines,
            "delivery_date": _first_needed(record),
        }
        yield Opens("PU-04", answers, names_as="requisition")


def _first_needed(record: Filed) -> Any:
    return min(line["needed_by"] for line in record["lines"])
