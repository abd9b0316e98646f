"""The stages of CS-77 服务派工单: who goes, what is found, what is still to be done."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Moment, Number, Rows, Text, YesNo
from portal.forms.references import Person, StockItem
from portal.lib.i18n import _l
from portal.queries import goods

UNFINISHED = equals("finished_on_spot", False)
BEFORE_ARRIVAL = _l("不能早于到场时间")


class OrderStage(Stage):
    """A stage whose time lies after the technician came."""

    later = ""

    def check(self) -> None:
        """First the technician comes, then the rest."""
        arrived: datetime | None = self.context.get("arrived_at")
        moment = self._fields[self.later].data
        if arrived and moment and moment < arrived:
            self.refuse(self.later, BEFORE_ARRIVAL)


class ManagerDispatch(Stage):
    """R71: the department manager alone says who goes, and when."""

    technician = Person(_l("技术人员"))
    visit_at = Moment(_l("预约上门时间"))
    manager_note = LongText(_l("派工说明"), required=False)


class OnSite(Stage):
    """What the technician found, and whether it could be put right on the spot."""

    arrived_at = Moment(_l("到场时间"))
    finding = LongText(_l("现场检查情况"))
    finished_on_spot = YesNo(_l("当场处理完妥"))
    unfinished_reason = Choice(
        _l("未完工原因"),
        {
            "parts_missing": _l("缺零件"),
            "taken_back": _l("带回维修"),
            "help_needed": _l("需他人协助"),
            "customer": _l("客户原因"),
            "other": _l("其他"),
        },
        when=UNFINISHED,
    )

    def check(self) -> None:
        """Nobody has come before they were asked for, or before they write so."""
        moments.refuse_future(self, "arrived_at")
        request = self.context.get("repair_request")
        asked = goods.opening_answers(request.id) if request and request.id else {}
        received = datetime.fromisoformat(asked["received_at"]) if asked.get("received_at") else None
        moments.refuse_earlier(self, "arrived_at", received, _l("不能早于接到报修的时间"))


class PartLine(Sheet):
    """One spare part that is missing."""

    part = StockItem(_l("零件"))
    model = Text(_l("型号"), required=False)
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    needed_by = Day(_l("需用日期"))


class PartsRequisition(Stage):
    """The parts without which the work cannot go on."""

    parts = Rows(_l("请购零件"), PartLine)


class SecondDispatch(OrderStage):
    """R71: the manager says again who goes, as agreed with the customer."""

    later = "second_visit_at"

    second_visit_at = Moment(_l("再次上门时间"))
    second_technician = Person(_l("再次派工人员"))
    told_customer = YesNo(_l("已与客户约定"))

    def proposal(self) -> dict[str, Any]:
        """Whoever was there knows the case."""
        return {"second_technician": self.context.get("technician")}


class WorkFinished(OrderStage):
    """When the work was done after all."""

    later = "finished_at"

    finished_at = Moment(_l("完工时间"))

    def check(self) -> None:
        """The work has been done by the time somebody says so."""
        super().check()
        moments.refuse_future(self, self.later)
