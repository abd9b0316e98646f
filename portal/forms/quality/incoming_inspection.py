"""PU-06 进货检验单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.domain.conditions import differs
from portal.domain.deadlines import working_days
from portal.domain.effects import FINISHED, Effect, Opens, Updates, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Moment, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.moments import refuse_future
from portal.forms.references import Attachments, Person, Photos, RecordLink, StockItem, Supplier
from portal.lib.i18n import _l
from portal.queries import characteristics, goods

STANDARD = 200  # characters


class InspectedLine(Sheet):
    """What the inspector found of one item."""

    item = StockItem(_l("库存品"))
    delivered = Number(_l("到货数量"), low=Decimal("0.001"))
    sample = Number(_l("抽样数"), low=Decimal("0.001"))
    standard = Text(_l("检验标准"), max=STANDARD)
    measured = Text(_l("实测"))
    good = Number(_l("合格数量"))
    bad = Number(_l("不合格数量"))
    reason = Text(_l("原因"), required=False)

    def check(self) -> None:
        """The numbers of a line fit together; a bad quantity needs its reason."""
        delivered, good, bad = (field.data or Decimal(0) for field in (self.delivered, self.good, self.bad))
        if good + bad != delivered and not (self.good.blank or self.bad.blank):
            self.refuse("bad", _l("合格与不合格数量之和须等于到货数量"))
        if (self.sample.data or 0) > delivered:
            self.refuse("sample", _l("抽样数不能超过到货数量"))
        if bad and self.reason.blank:
            self.refuse("reason", _l("有不合格数量时请填写原因"))


class Disposal(Stage):
    """What becomes of goods that failed."""

    disposal = Choice(_l("处置"), {"return": _l("退货"), "concession": _l("让步接收"), "sorting": _l("挑选")})


class IncomingInspection(CompanyForm):
    """Inspects what a supplier has delivered, item by item: the first of two checks."""

    code = "PU-06"
    name = _l("进货检验单")
    slug = "incoming-inspections"
    section = "quality_satisfaction"
    procedure = "QA-P-03#incoming"
    opened_by = ("quality_inspector",)
    columns = (
        "number",
        "receipt",
        "supplier",
        "certificate_seen",
        "inspected_at",
        "inspector",
        "verdict",
        "disposal",
        "current_step",
        "due_at",
        "status",
    )

    receipt = RecordLink(_l("采购收货单"), "PU-05")
    supplier = Supplier(_l("供应商"))
    lines = Rows(_l("检验明细"), InspectedLine)
    certificate_seen = YesNo(_l("质量证明文件"))
    inspected_at = Moment(_l("检验时间"))
    inspector = Person(_l("检验人员"))
    verdict = Choice(_l("检验结论"), {"pass": _l("合格"), "partly": _l("部分合格"), "fail": _l("不合格")})
    photos = Photos(_l("照片"), required=False)
    report = Attachments(_l("检验报告"), required=False)

    signoff = Route(
        Step(
            "quality_check",
            _l("质量部审核"),
            role("quality_manager"),
            meaning="checked",
            within=working_days(1),
            when=differs("verdict", "pass"),
            fills=Disposal,
            clause="QA-P-03#incoming-failure",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Inspected just now, by whoever writes it down."""
        return {"inspected_at": self.now, "inspector": Ref(self.person.id, self.person.person.label)}

    def compute(self) -> None:
        """What counts of a product (RD-23) is its standard, unless another one is written down."""
        super().compute()
        bare = [row for row in self.lines.rows if row.item.data and not row.standard.data]
        known = characteristics.of_items({row.item.data.id for row in bare})
        for row in bare:
            lines = known.get(row.item.data.id, ())
            told = "；".join(f"{line['item']}：{line['requirement']}" for line in lines)
            row.standard.data = told[:STANDARD]

    def check(self) -> None:
        """Everything delivered has been inspected, and the verdict says what the lines say."""
        refuse_future(self, "inspected_at")
        if self.receipt.data and self.receipt.data.id:
            receipt = goods.opening_answers(self.receipt.data.id)
            if goods.totals(self.lines.data, "delivered") != goods.totals(receipt["lines"], "delivered"):
                self.refuse("lines", _l("检验明细的到货数量须与采购收货单一致"))
            if self.supplier.data and self.supplier.data.id != receipt["supplier"]["id"]:
                self.refuse("supplier", _l("供应商与采购收货单上的供应商不一致"))
            received = datetime.fromisoformat(receipt["received_at"]) if "received_at" in receipt else None
            if received and self.inspected_at.data and self.inspected_at.data < received:
                self.refuse("inspected_at", _l("检验时间不能早于到货时间"))
            if other := goods.inspected_by(self.receipt.data.id, but=self.itself):
                self.refuse(
                    "receipt", _l("该采购收货单已有进货检验单 %(number)s，同一批货物只检验一次"), number=other
                )
            if goods.state(self.receipt.data.id) in ("refused", "voided"):
                self.refuse("receipt", _l("该采购收货单没有签收，不需要检验"))
        verdict = goods.verdict(self.lines.data)
        if self.verdict.data and self.verdict.data != verdict:
            self.refuse("verdict", _l("检验结论与明细中的合格、不合格数量不一致"))

    @staticmethod
    @after("quality_check", _l("须挑选时：生成挑选后重新检验的进货检验单草稿"))
    def inspect_again(record: Filed) -> Iterator[Effect]:
        """Sorted goods are inspected anew, all of the delivery."""
        if record["disposal"] == "sorting":
            lines = [
                {"item": line["item"], "delivered": line["delivered"], "standard": line["standard"]}
                for line in record["lines"]
            ]
            answers = {"receipt": record["receipt"], "supplier": record["supplier"], "lines": lines}
            yield Opens("PU-06", answers, to="role:quality_inspector")

    @staticmethod
    @after(FINISHED, _l("检验结论供采购收货单引用；累计供应商的检验数量和合格数量"))
    def count_for_supplier(record: Filed) -> Iterator[Effect]:
        """The pass rate on the list of approved suppliers; what this sheet corrects counts no longer."""
        if record["@corrects"]:
            before = goods.inspection(record["@corrects"])
            yield from _counted(before.supplier, before.lines, before.disposal, -1)
        yield from _counted(record["supplier"].id, record["lines"], record["disposal"], 1)


def _counted(
    supplier: int | None, lines: list[dict[str, Any]], disposal: str | None, times: int
) -> Iterator[Effect]:
    """Goods to be sorted are counted when they are inspected again."""
    if supplier is not None and disposal != "sorting":
        adds = {
            name: times * sum((Decimal(line[column]) for line in lines), Decimal(0))
            for name, column in (("inspected", "delivered"), ("passed", "good"))
        }
        yield Updates("supplier", supplier, adds=adds)
