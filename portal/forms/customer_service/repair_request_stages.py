"""The stages of CS-76 报修登记簿: what came of the repair, and what the customer says of it."""

from __future__ import annotations

from typing import Any

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
        """Nothing is done before it is asked for."""
        received_at, moment = self.context.get("received_at"), self._fields[self.later].data
        if received_at and moment and moment < received_at.replace(second=0, microsecond=0):
            self.refuse(self.later, BEFORE_RECEIVED)


class RepairFeedback(RepairStage):
    """What the technician reports when the dispatch order is finished."""

    later = "finished_at"

    dispatch_order = RecordLink(_l("服务派工单"), "CS-77")
    repaired = YesNo(_l("是否修复"))
    repair_result = LongText(_l("维修情况"))
    finished_at = Moment(_l("完成时间"))

    def proposal(self) -> dict[str, Any]:
        """The dispatch order that was finished last, with its time."""
        record = self.context.get("@record_id")
        orders = service.done_orders(record) if record else []
        if not orders:
            return {}
        found = orders[-1]
        order = Ref(found, goods.label(found))
        return {"dispatch_order": order, "finished_at": service.work_times(found)[1]}

    def check(self) -> None:
        """The feedback waits until the technician is done; after a repair in vain, until the next one is."""
        super().check()
        record, order = self.context.get("@record_id"), self.dispatch_order.data
        if record is None or order is None or order.id is None:
            return
        orders = service.done_orders(record)
        if order.id not in orders:
            self.refuse("dispatch_order", _l("请选择本次报修的、已经完工的服务派工单"))
        elif len(orders) < service.orders_needed(record, FIRST):
            self.refuse("dispatch_order", _l("再次派工的服务派工单还没有完工，完工后才能反馈维修结果"))


class ReturnVisit(RepairStage):
    """What the customer says when customer service comes back to it."""

    later = "visited_at"

    visited_at = Moment(_l("回访时间"))
    owner_satisfied = YesNo(_l("业户是否满意"))
    owner_opinion = LongText(_l("业户意见"))
