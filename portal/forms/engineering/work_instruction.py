"""RD-15 作业指导书."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import technical_paper_stages
from portal.forms.engineering import technical_papers as papers
from portal.forms.engineering.assembly_flow import station_name
from portal.forms.fields import Integer, LongText, Number, Rows, Text
from portal.forms.references import Photos, RecordLink
from portal.lib.i18n import _l
from portal.queries import technical_papers as books
from portal.queries import works


class WorkStep(Sheet):
    """One thing to do, and what to mind."""

    no = Integer(_l("序号"), low=1, high=999)
    step = LongText(_l("作业内容"), max=1000)
    point = Text(_l("注意事项"), required=False)


class UsedPart(Sheet):
    """A part that is used at the station."""

    part = Text(_l("零件"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))


class WorkInstruction(papers.TechnicalPaper, CompanyForm):
    """Shows the people of one station what to do there, step by step."""

    code = "RD-15"
    name = _l("作业指导书")
    slug = "work-instructions"
    procedure = "RD-P-01#work-instruction"
    opened_by = ("production_engineer",)
    covers = (*papers.TechnicalPaper.covers, "生产装配指导书")
    part_field = "station"
    columns = (
        *("number", "product", "assembly_flow", "station", "version", "tools", "effective_on"),
        *("old_version_recalled", "current_step", "due_at", "status"),
    )

    product = papers.product()
    assembly_flow = RecordLink(_l("装配流程图"), "RD-14")
    station = Text(_l("工位"), max=110, help=_l("填写流程图中的工位号或工序，系统补全为“工位号 工序”"))
    version = papers.version()
    old_version = papers.old_version()
    steps = Rows(_l("作业步骤"), WorkStep)
    parts = Rows(_l("使用零件"), UsedPart, required=False)
    tools = Text(_l("工装工具"))
    quality_points = LongText(_l("品质要点"))
    safety_points = LongText(_l("安全事项"))
    standard_seconds = Number(
        _l("标准工时(秒)"), low=Decimal("0.1"), required=False, help=_l("空白的按流程图中的标准工时")
    )
    photos = Photos(_l("图示"))
    effective_on = papers.effective_on()

    signoff = technical_paper_stages.signoff()

    def compute(self) -> None:
        """The station as the flow chart calls it, and its time, before the version is counted."""
        if found := self._station():
            self.station.data = station_name(found["no"], found["step"])
            if self.standard_seconds.data is None and found.get("seconds"):
                self.standard_seconds.data = Decimal(found["seconds"])
        super().compute()

    def check(self) -> None:
        """The flow chart is the product's own and in force; the station stands in it; steps count on."""
        super().check()
        self._check_flow()
        last = 0
        for row in self.steps.rows:
            if row.no.data is not None and row.no.data <= last:
                row.refuse("no", _l("序号须从小到大，不能重复"))
            last = max(last, row.no.data or 0)

    def _check_flow(self) -> None:
        flow, product = self.assembly_flow.data, self.product.data
        if not (flow and flow.id):
            return
        of = works.fact(flow.id, "product")
        if product and product.id and of and of["id"] != product.id:
            self.refuse("assembly_flow", _l("这份流程图是“%(product)s”的"), product=of["text"])
            return
        if of and (paper := books.in_force("RD-14", of["id"])) is not None:
            if paper.record_id != flow.id and books.of_record(flow.id) is not None:
                text = _l("请选择现行的流程图 %(number)s（版本 %(version)s）")
                self.refuse("assembly_flow", text, number=paper.number, version=paper.version)
        elif books.of_record(flow.id) is None:
            self.refuse("assembly_flow", _l("这份流程图还没有归档"))
        if self.station.data and self._station() is None:
            names = "、".join(station_name(row["no"], row["step"]) for row in self._stations())
            self.refuse("station", _l("流程图中没有这个工位；有：%(stations)s"), stations=names)

    def _stations(self) -> list[dict[str, Any]]:
        flow = self.assembly_flow.data
        return works.fact(flow.id, "stations") or [] if flow and flow.id else []

    def _station(self) -> dict[str, Any] | None:
        """The station of the flow chart that is meant: by its number, its step or both."""
        typed = (self.station.data or "").strip()
        for row in self._stations():
            if typed in (str(row["no"]), row["step"], station_name(row["no"], row["step"])):
                return row
        return None
