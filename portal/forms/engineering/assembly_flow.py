"""RD-14 产品装配流程图."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.effects import Asks, Effect, after
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import technical_paper_stages
from portal.forms.engineering import technical_papers as papers
from portal.forms.fields import Integer, LongText, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments
from portal.lib.i18n import _l
from portal.queries import technical_papers as books
from portal.queries import works

HOUR = 3600
INSTRUCTION = "RD-15"


class Station(Sheet):
    """One station of the line."""

    no = Integer(_l("工位"), low=1, high=999)
    step = Text(_l("工序"), max=100)
    parts = Text(_l("零件"), required=False)
    tool = Text(_l("工装工具"), required=False)
    seconds = Number(_l("标准工时(秒)"), low=Decimal("0.1"), high=HOUR)
    check_ = YesNo(_l("检查点"))


class AssemblyFlow(papers.TechnicalPaper, CompanyForm):
    """Lays out the stations at which a product is assembled, and how many the line makes in an hour."""

    code = "RD-14"
    name = _l("产品装配流程图")
    slug = "assembly-flow-charts"
    procedure = "RD-P-01#assembly-flow"
    opened_by = ("production_engineer", "rd_engineer")
    columns = (
        *("number", "product", "version", "line_people", "line_output", "bottleneck", "effective_on"),
        *("old_version_recalled", "current_step", "due_at", "status"),
    )

    product = papers.product()
    version = papers.version()
    old_version = papers.old_version()
    stations = Rows(_l("装配流程"), Station)
    flow_chart = Attachments(_l("流程图"))
    line_people = Integer(_l("人数"), low=1, high=999)
    line_output = Integer(
        _l("小时产量"), computed=True, help=_l("按最慢的工位计算，每个工位各有一人时可以达到")
    )
    bottleneck = Text(_l("瓶颈工位"), computed=True, required=False)
    note = LongText(_l("说明"), required=False)
    effective_on = papers.effective_on()

    signoff = technical_paper_stages.signoff()

    def compute(self) -> None:
        """The slowest station is the bottleneck; the line is as fast as it is."""
        super().compute()
        timed = [row for row in self.stations.data if row["seconds"]]
        slowest = max(timed, key=lambda row: row["seconds"], default=None)
        self.bottleneck.data = station_name(slowest["no"], slowest["step"]) if slowest else None
        self.line_output.data = int(HOUR / slowest["seconds"]) if slowest else None

    def check(self) -> None:
        """Stations stand in the order of their numbers, each once."""
        super().check()
        last = 0
        for row in self.stations.rows:
            number = row.no.data
            if number is not None and number <= last:
                row.refuse("no", _l("工位号须从小到大，不能重复"))
            last = max(last, number or 0)
        if self.line_people.data and len(self.stations.rows) > self.line_people.data * 10:
            self.refuse("line_people", _l("人数与工位数相差过大，请核对"))

    @staticmethod
    @after("archive", _l("核对各工位的作业指导书，缺少的通知生产技术人员编制"))
    def ask_for_instructions(record: Filed) -> Iterator[Effect]:
        """Every station has its work instruction, or somebody is told that it has none."""
        product = record["product"].id
        written = {one.title for one in books.all_of(INSTRUCTION, product)}
        instruction = papers.PAPERS[INSTRUCTION]
        names = [station_name(row["no"], row["step"]) for row in record["stations"]]
        lacking = [name for name in names if papers.paper_title(instruction.name, name) not in written]
        if lacking:
            text = _l("编制工位作业指导书（RD-15）：%(stations)s", stations="、".join(lacking))
            yield Asks(text, works.holder(product, "production_engineer"), record["effective_on"])


def station_name(no: int | None, step: str | None) -> str:
    """What a station is called: its number and what is done there."""
    return f"{no or ''} {step or ''}".strip()
