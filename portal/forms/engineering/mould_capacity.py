"""RD-13 模具产能表."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portal.domain.conditions import equals
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import technical_paper_stages
from portal.forms.engineering import technical_papers as papers
from portal.forms.fields import Integer, LongText, Number, Rows, Text, YesNo
from portal.lib.i18n import _l

HOUR = 3600
HOURS = Decimal(8)


class Mould(Sheet):
    """One mould and what it makes in a shift."""

    mould_no = Text(_l("模具编号"), max=60)
    part = Text(_l("零件"))
    cavities = Integer(_l("模穴数"), low=1, high=512)
    cycle = Number(_l("周期(秒)"), low=Decimal("0.001"), high=HOUR)
    machine = Text(_l("机台"))
    sets = Integer(_l("模具套数"), low=1, high=99)
    usage = Integer(_l("单机用量"), low=1, high=9999, required=False, help=_l("每件产品用几个，空白为 1"))
    per_shift = Integer(_l("班产量"), computed=True)


class MouldCapacity(papers.TechnicalPaper, CompanyForm):
    """Counts what the moulds of a product can make, and which of them is the bottleneck."""

    code = "RD-13"
    name = _l("模具产能表")
    slug = "mould-capacity-tables"
    procedure = "RD-P-01#mould-capacity"
    opened_by = ("rd_engineer",)
    columns = (
        *("number", "product", "version", "daily_demand", "bottleneck", "capacity_enough", "shift_hours"),
        *("old_version_recalled", "current_step", "due_at", "status"),
    )

    product = papers.product()
    version = papers.version()
    old_version = papers.old_version()
    shift_hours = Number(_l("每班工时"), low=Decimal("0.5"), high=24)
    shifts = Integer(_l("每日班数"), low=1, high=4)
    moulds = Rows(
        _l("模具产能"),
        Mould,
        help=_l("班产量 = 每班工时内的模次 × 模穴数 × 模具套数；同一零件的几副模具相加"),
    )
    daily_demand = Integer(_l("日需求量"), low=1, help=_l("每日需要的产品件数"))
    bottleneck = Text(_l("瓶颈模具"), computed=True, max=500)
    capacity_enough = YesNo(_l("产能是否满足"), computed=True)
    measure = LongText(_l("产能不足措施"), required=False, required_when=equals("capacity_enough", False))
    effective_on = papers.effective_on()

    signoff = technical_paper_stages.signoff()

    def proposal(self) -> dict[str, Any]:
        """One shift of eight hours."""
        return {"shift_hours": HOURS, "shifts": 1}

    def compute(self) -> None:
        """Shots in a shift times cavities and sets; the part of which the fewest products can be made is the bottleneck."""
        super().compute()
        hours = self.shift_hours.data
        for row in self.moulds.rows:
            row.per_shift.data = None
            if hours and row.cycle.data and row.cavities.data and row.sets.data:
                shots = int(hours * HOUR / row.cycle.data)
                row.per_shift.data = shots * row.cavities.data * row.sets.data
        found = _tightest(self.moulds.data)
        self.bottleneck.data = "、".join(found[1]) if found else None
        demand, shifts = self.daily_demand.data, self.shifts.data
        self.capacity_enough.data = found[0] * shifts >= demand if found and demand and shifts else None

    def check(self) -> None:
        """A mould stands in one line; a day has no more than 24 hours."""
        super().check()
        numbers = [row.mould_no.data for row in self.moulds.rows]
        for row in self.moulds.rows:
            if row.mould_no.data and numbers.count(row.mould_no.data) > 1:
                row.refuse("mould_no", _l("同一模具只填一行，几套相同的模具填写套数"))
        if self.shift_hours.data and self.shifts.data and self.shift_hours.data * self.shifts.data > 24:
            self.refuse("shifts", _l("每日工时不能超过 24 小时"))


def _tightest(moulds: Iterable[Mapping[str, Any]]) -> tuple[Fraction, list[str]] | None:
    """For how many products the scarcest part is made in a shift, and by which moulds; None while numbers are missing.

    What is left over of a shift is used in the next one, so it is not rounded.
    """
    made: dict[str, tuple[int, int, list[str]]] = {}
    for one in moulds:
        if not (one["part"] and one["mould_no"]) or one["per_shift"] is None:
            return None
        many, usage, numbers = made.get(one["part"], (0, 1, []))
        made[one["part"]] = (
            many + one["per_shift"],
            max(usage, one["usage"] or 1),
            [*numbers, one["mould_no"]],
        )
    if not made:
        return None
    every = ((Fraction(many, usage), numbers) for many, usage, numbers in made.values())
    return min(every, key=lambda one: one[0])
