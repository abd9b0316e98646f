"""WH-17 报损清单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from portal.domain.conditions import above, equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import VOIDED, Effect, after
from portal.domain.signoff import Back, Route, Step, every, role
from portal.forms import moments, outgoing
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Money, Number, Rows, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Person, Photos, Place, RecordLink, StockItem
from portal.lib.i18n import _l, both
from portal.queries import goods

CENT = Decimal("0.01")
BEYOND_LIMIT = above("total_value", "@write_off_limit")
DAMAGE = equals("damage_found", True)


class DamagedLine(Sheet):
    """One item that is damaged and of no more use."""

    item = StockItem(_l("库存品"))
    place = Place(_l("库位"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit_cost = Money(_l("单价"), computed=True)
    value = Money(_l("金额"), computed=True)
    cause = Choice(
        _l("破损原因"),
        {
            "natural_cause": _l("自然原因"),
            "handling": _l("搬运"),
            "storage": _l("保管"),
            "other_cause": _l("其他原因"),
        },
    )
    usable = YesNo(_l("是否可用"))

    def check(self) -> None:
        """R61: what can still be used is not written off."""
        if self.usable.data:
            self.refuse("usable", _l("仍可使用的货品不能报损"))


class SupervisorReview(Stage):
    """Whether the goods meet the conditions of a write-off."""

    must_scrap = YesNo(_l("确定必须报损"), when=DAMAGE)
    supervisor_opinion = LongText(_l("审核意见"))

    def check(self) -> None:
        """The goods are still there."""
        if self.must_scrap.data and (lacking := outgoing.short(self.context["lines"], self.itself)):
            self.refuse("must_scrap", _l("报损数量超过库存：%(short)s"), short=lacking)


class Removal(Stage):
    """How the goods left the warehouse, and who saw it."""

    removed_on = Day(_l("清除日期"))
    removal_way = Choice(
        _l("处置方式"),
        {"destroyed": _l("销毁"), "sold": _l("变卖"), "returned": _l("退供应商"), "other": _l("其他")},
    )
    removal_income = Money(_l("处置收入"), required=False)
    witness = Person(_l("监督人"))

    def check(self) -> None:
        """R61: the witness is somebody else than the keeper; what was listed is removed afterwards."""
        moments.refuse_future(self, "removed_on")
        text = _l("清除日期不能早于编制日期")
        moments.refuse_earlier(self, "removed_on", self.context.get("list_date"), text)
        if self.witness.data and self.person is not None and self.witness.data.id == self.person.id:
            self.refuse("witness", _l("监督人不能是办理清除的库管员本人"))


class WriteOff(CompanyForm):
    """Takes damaged goods that are of no more use off the books and out of the warehouse."""

    code = "WH-17"
    name = _l("报损清单")
    slug = "write-offs"
    section = "stock"
    procedure = "PU-P-01#write-off"
    opened_by = ("warehouse_keeper",)
    covers = ("报损货品清除(处置)记录",)
    columns = (
        "number",
        "stock_plan",
        "list_date",
        "total_value",
        "source_record",
        "removed_on",
        "removal_way",
        "current_step",
        "due_at",
        "status",
    )

    stock_plan = RecordLink(_l("库存计划"), "WH-18")
    list_date = Day(_l("编制日期"))
    damage_found = YesNo(
        _l("查出须报损的货品"), help=_l("按计划检查后没有须报损的货品时选“否”，提交后作为检查记录")
    )
    lines = Rows(_l("报损货品"), DamagedLine, when=DAMAGE)
    total_value = Money(_l("报损金额"), computed=True)
    photos = Photos(_l("照片"), when=DAMAGE)
    source_record = RecordLink(_l("来源"), "RD-22", "CS-85", "QA-05", required=False)
    responsible = LongText(_l("责任说明"), required=False)
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "supervisor_review",
            _l("主管确认、审核"),
            role("warehouse_supervisor"),
            within=working_days(1),
            fills=SupervisorReview,
            outcomes=(Back(when=equals("must_scrap", False)),),
            clause="PU-P-01#scrap-review",
        ),
        Step(
            "finance_gm",
            _l("财务及总经理批准"),
            every(role("finance_supervisor"), role("general_manager")),
            within=working_days(2),
            when=BEYOND_LIMIT,
            clause="AD-S-01#write-offs",
        ),
        Step(
            "removal",
            _l("清除出库房"),
            role("warehouse_keeper"),
            meaning="done",
            within=weeks(1),
            when=DAMAGE,
            fills=Removal,
            clause="PU-P-01#removal",
        ),
    )

    def compute(self) -> None:
        """Costs from the books, values and their sum; a list with goods has found some."""
        super().compute()
        if self.damage_found.data is None and self.lines.data:
            self.damage_found.data = True
        known = goods.items(row.item.data.id for row in self.lines.rows if row.item.data)
        total = Decimal("0.00")
        for row in self.lines.rows:
            if row.item.data and row.item.data.id in known:
                row.unit_cost.data = known[row.item.data.id].unit_cost.quantize(CENT, ROUND_HALF_UP)
            if row.unit_cost.data is not None and row.quantity.data is not None:
                row.value.data = (row.quantity.data * row.unit_cost.data).quantize(CENT, ROUND_HALF_UP)
                total += row.value.data
        self.total_value.data = total

    def check(self) -> None:
        """R60: the plan is one that all have agreed to. No more is written off than lies there."""
        moments.refuse_future(self, "list_date")
        plan = self.stock_plan.data
        if plan and plan.id and goods.state(plan.id) != "finished":
            self.refuse("stock_plan", _l("该库存计划还没有会签完，请选择已生效的计划"))
        if self.damage_found.data and (lacking := outgoing.short(self.lines.data, self.itself)):
            self.refuse("lines", _l("报损数量超过库存：%(short)s"), short=lacking)

    def heading(self) -> str:
        """The goods, or that there are none."""
        named = "、".join(row["item"].text for row in self.lines.data if row["item"])
        return named or both(_l("检查未发现须报损的货品"))["zh"]

    @staticmethod
    @after("supervisor_review", _l("金额在批准限额以内时：登记流水帐和库存台帐"))
    def post_within_limit(record: Filed) -> Iterator[Effect]:
        """R61: the supervisor's approval is the last one below the limit."""
        approved = record["must_scrap"] and not BEYOND_LIMIT.holds(record.answers)
        yield from outgoing.settle(record.id, "scrap", record["lines"] if approved else ())

    @staticmethod
    @after("finance_gm", _l("登记流水帐和库存台帐"))
    def post_beyond_limit(record: Filed) -> Iterator[Effect]:
        """R61: where both signatures were asked for, they come first, even if the limit is raised meanwhile."""
        if record["must_scrap"]:
            yield from outgoing.settle(record.id, "scrap", record["lines"])

    @staticmethod
    @after(VOIDED, _l("放弃报损时恢复库存"))
    def put_back(record: Filed) -> Iterator[Effect]:
        """R61: a list that is given up leaves the stock as it was."""
        yield from outgoing.settle(record.id, "scrap", ())
