"""RD-11 注塑工艺卡."""

from __future__ import annotations

from decimal import Decimal

from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import technical_paper_stages
from portal.forms.engineering import technical_papers as papers
from portal.forms.fields import Choice, LongText, Number, Rows, Text
from portal.lib.i18n import _l

ABOVE_ZERO = Decimal("0.001")


class Temperature(Sheet):
    """A zone of the barrel."""

    zone = Text(_l("段"), max=40)
    celsius = Number(_l("温度"), high=500, help=_l("摄氏度"))


class Pressure(Sheet):
    """A phase of the injection."""

    stage = Choice(_l("阶段"), {"injection": _l("射胶"), "holding": _l("保压"), "back_pressure": _l("背压")})
    pressure = Number(_l("压力"))
    speed = Number(_l("速度"))


class InjectionProcessCard(papers.TechnicalPaper, CompanyForm):
    """Says with which mould, machine, material and settings a part is injected."""

    code = "RD-11"
    name = _l("注塑工艺卡")
    slug = "injection-process-cards"
    procedure = "RD-P-01#injection-card"
    opened_by = ("production_engineer",)
    part_field = "part"
    columns = (
        *("number", "product", "part", "version", "mould_no", "machine", "raw_material"),
        *("old_version_recalled", "current_step", "due_at", "status"),
    )

    product = papers.product()
    part = Text(_l("零件"), help=_l("同一零件每次填写相同的名称，版本才能接续"))
    version = papers.version()
    old_version = papers.old_version()
    mould_no = Text(_l("模具编号"), max=60)
    machine = Text(_l("机台及吨位"))
    raw_material = Text(_l("原料及牌号"))
    drying = Text(_l("烘料温度及时间"), required=False)
    temperatures = Rows(_l("料筒温度"), Temperature)
    pressures = Rows(_l("压力及速度"), Pressure)
    cycle_seconds = Number(_l("周期(秒)"), low=ABOVE_ZERO)
    cooling_seconds = Number(_l("冷却时间(秒)"))
    part_weight = Number(_l("产品重量(g)"), low=ABOVE_ZERO, required=False)
    key_points = LongText(_l("工艺要点及外观标准"))
    effective_on = papers.effective_on()

    signoff = technical_paper_stages.signoff()

    def check(self) -> None:
        """Each zone has one temperature, injection is among the phases, cooling is part of the cycle."""
        super().check()
        zones = [row.zone.data for row in self.temperatures.rows]
        for row in self.temperatures.rows:
            if row.zone.data and zones.count(row.zone.data) > 1:
                row.refuse("zone", _l("同一段只填一行"))
        stages = {row["stage"] for row in self.pressures.data}
        if None not in stages and stages and "injection" not in stages:
            self.refuse("pressures", _l("请填写射胶的压力及速度"))
        cycle, cooling = self.cycle_seconds.data, self.cooling_seconds.data
        if cycle is not None and cooling is not None and cooling >= cycle:
            self.refuse("cooling_seconds", _l("冷却时间须短于周期"))
