"""EN-22 防水验收表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.effects import FINISHED, REFUSED, Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm, Sheet
from portal.forms.checklists import Checklist
from portal.forms.engineering import acceptances
from portal.forms.fields import Integer, Moment, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.moments import refuse_future
from portal.forms.references import Project
from portal.lib.i18n import _l

STAGE = "waterproofing"
HOUR = 3600


class Room(Sheet):
    """One room that was made waterproof."""

    room = Text(_l("房间"))
    material = Text(_l("材料"))
    layers = Integer(_l("遍数"), low=1, high=20)
    height = Integer(_l("上返高度(mm)"), low=1, high=10_000)
    area = Number(_l("面积(m2)"), low=Decimal("0.001"))


class WaterproofingCheck(acceptances.SupervisorCheck):
    """The verdict on the water test: long enough, and nothing leaks."""

    checks = "waterproof_checks"

    def check_pass(self) -> None:
        """A test that leaked, or was too short, is not passed."""
        super().check_pass()
        if self.context.get("leak_found"):
            self.refuse("verdict", _l("闭水试验有渗漏，不能判为合格"))
        start, end = self.context.get("test_start"), self.context.get("test_end")
        least = self.context.get("@water_test_hours")
        if start and end and least is not None and (end - start).total_seconds() < Decimal(least) * HOUR:
            text = _l("闭水试验不足 %(hours)s 小时，不能判为合格")
            self.refuse("verdict", text, hours=f"{Decimal(least).normalize():f}")


class WaterproofingAcceptance(CompanyForm):
    """Accepts the waterproof layers of wet rooms after water has stood on them."""

    code = "EN-22"
    name = _l("防水验收表")
    slug = "waterproofing-acceptances"
    section = "construction"
    procedure = "EN-P-01#waterproofing"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "acceptance_at", "test_start", "test_end", "water_depth", "leak_found", "verdict",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    acceptance_at = Moment(_l("约定验收时间"))
    rooms = Rows(_l("防水部位"), Room)
    test_start = Moment(_l("闭水试验开始"))
    test_end = Moment(_l("闭水试验结束"), help=_l("试验时间短于审批权限表规定的最短时间的，不能判为合格"))
    water_depth = Integer(_l("蓄水深度(mm)"), low=1, high=1000)
    leak_found = YesNo(_l("是否渗漏"))
    neighbour_checked = YesNo(_l("楼下住户查看"))
    waterproof_checks = Checklist(
        _l("检查项目"),
        (
            _l("基层处理"),
            _l("管根及阴角处理"),
            _l("涂膜厚度均匀"),
            _l("地漏周边"),
            _l("门槛止水"),
        ),
    )
    self_check = acceptances.self_check()
    site_photos = acceptances.site_photos()

    signoff = Route(*acceptances.steps(WaterproofingCheck))

    def check(self) -> None:
        """R29: after the concealed works; the test has begun, then ended."""
        acceptances.refuse_untimely(self, STAGE)
        refuse_future(self, "test_start", "test_end")
        start, end = self.test_start.data, self.test_end.data
        if start and end and end <= start:
            self.refuse("test_end", _l("闭水试验结束须晚于开始"))

    @staticmethod
    @after("supervisor_check", acceptances.PROBLEM)
    def open_notice(record: Filed) -> Iterator[Effect]:
        """R26: a problem becomes a notice."""
        yield from acceptances.problem(record, _rooms(record))

    @staticmethod
    @after(FINISHED, acceptances.PASSED)
    def conclude(record: Filed) -> Iterator[Effect]:
        """R29: the mid-term acceptance may follow."""
        yield from acceptances.concluded(record, STAGE)

    @staticmethod
    @after(REFUSED, acceptances.NOT_ACCEPTED)
    def open_notice_for_customer(record: Filed) -> Iterator[Effect]:
        """What the customer does not accept is put right."""
        yield from acceptances.not_accepted(record, _rooms(record))


def _rooms(record: Filed) -> str:
    return "、".join(dict.fromkeys(row["room"] for row in record["rooms"]))
