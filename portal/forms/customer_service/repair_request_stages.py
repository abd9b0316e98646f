"""The stages of CS-76 报修登记簿: what came of the repair, and what the customer says of it."""

from __future__ import annotations

from typing import Any

from portal.forms import moments
from portal.forms.base import Stage
from portal.forms.fields import LongText, Moment, YesNo
from portal.forms.kinds import Ref
from portal.forms.references import RecordLink
from portal.lib.i18n import _l
from portal.queries import goods, service

BEFORE_RECEIVED = _l("不能早于接到报修的时间")
FIRST = 1  # every repair request has a dispatch order to begin with


class RepairStage(Stage):
    """A stage whose time lies after the request came in."""

    later = ""

    def check(self) -> None:
        """Nothing is done before it is asked for, or has been before it is."""
        moments.refuse_future(self, self.later)
        moments.refuse_earlier(self, self.later, self.context.get("received_at"), BEFORE_RECEIVED)


class RepairFeedback(RepairStage):
    """What the technician reports when the dispatch order is finished."""

    later = "finished_at"

    dispatch_order = RecordLink(_l("服务派工单"), "CS-77", computed=True)
    repaired = YesNo(_l("是否修复"))
    repair_result = LongText(_l("维修情况"))
    finished_at = Moment(_l("完成时间"))

    def proposal(self) -> dict[str, Any]:
        """When the work was done."""
        orders = self._orders()
        return {"finished_at": service.work_times(orders[-1])[1]} if orders else {}

    def compute(self) -> None:
        """The dispatch order that was finished last."""
        orders = self._orders()
        self.dispatch_order.data = Ref(orders[-1], goods.label(orders[-1])) if orders else None

    def check(self) -> None:
        """The feedback waits until the technician is done; after a repair in vain, until the next one is."""
        super().check()
        record = self.context.get("@record_id")
        if record and len(self._orders()) < service.orders_needed(record, FIRST):
            self.refuse("repaired", _l("本次报修的服务派工单还没有完工，完工后才能反馈维修结果"))

    def _orders(self) -> list[int]:
        record = self.context.get("@record_id")
        return service.done_orders(record) if record else []


class ReturnVisit(RepairStage):
    """What the customer says when customer service comes back to it."""

    later = "visited_at"

    visited_at = Moment(_l("回访时间"))
    owner_satisfied = YesNo(_l("业户是否满意"))
    owner_opinion = LongText(_l("业户意见"))
