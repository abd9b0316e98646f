"""CS-77 服务派工单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import hours, working_days
from portal.domain.effects import FINISHED, Effect, Opens, SetsDeadline, after
from portal.domain.signoff import Back, Route, Step, person_in, role
from portal.forms.base import CompanyForm
from portal.forms.customer_service import service_words as words
from portal.forms.customer_service.dispatch_order_stages import (
    UNFINISHED,
    ManagerDispatch,
    OnSite,
    PartsRequisition,
    SecondDispatch,
    WorkFinished,
)
from portal.forms.fields import Choice, LongText, Moment, Phone, Text
from portal.forms.filed import Filed
from portal.forms.kinds import KINDS, Ref
from portal.forms.references import Customer, Machine, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import goods, people

OVER = ("finished", "refused", "voided")


class DispatchOrder(CompanyForm):
    """Sends a technician to a customer, once more if need be, until the work is done."""

    code = "CS-77"
    name = _l("服务派工单")
    slug = "dispatch-orders"
    section = "after_sales"
    procedure = "CS-P-05#dispatch"
    opened_by = ("customer_service_officer",)
    covers = ("派工单", "零件请购单", "未完工/二次派工单")
    columns = (
        *("number", "repair_request", "customer", "site_address", "service_type", "printed_on"),
        *("technician", "finished_on_spot", "told_customer", "current_step", "due_at", "status"),
    )

    repair_request = RecordLink(_l("报修登记"), "CS-76", "CS-01")
    customer = Customer(_l("客户"))
    site_address = Text(_l("地址"))
    contact_phone = Phone(_l("电话"))
    site_condition = LongText(_l("现场情况"))
    machine = Machine(_l("机编号"), required=False)
    service_type = Choice(_l("服务类别"), words.ALL_TYPES)
    printed_on = Moment(_l("打印时间"), required=False)

    signoff = Route(
        Step(
            "manager_dispatch",
            _l("部门经理派工"),
            role("after_sales_manager"),
            meaning="filled",
            within=hours(1),
            fills=ManagerDispatch,
        ),
        Step(
            "on_site",
            _l("现场服务"),
            person_in("technician"),
            meaning="filled",
            within=hours(24, since="visit_at"),
            fills=OnSite,
            on_refusal=Back("manager_dispatch"),
            clause="CS-P-05#on-site",
        ),
        Step(
            "parts_requisition",
            _l("零件请购"),
            person_in("technician"),
            meaning="filled",
            within=working_days(1),
            when=equals("unfinished_reason", "parts_missing"),
            fills=PartsRequisition,
            on_refusal=Back("on_site"),
            clause="CS-P-05#parts",
        ),
        Step(
            "second_dispatch",
            _l("二次派工"),
            role("after_sales_manager"),
            meaning="filled",
            within=working_days(1),
            when=UNFINISHED,
            fills=SecondDispatch,
            on_refusal=Back("on_site"),
            clause="CS-P-05#unfinished",
        ),
        Step(
            "work_finished",
            _l("完工确认"),
            person_in("second_technician"),
            meaning="done",
            within=hours(24, since="second_visit_at"),
            when=UNFINISHED,
            fills=WorkFinished,
            on_refusal=Back("second_dispatch"),
            clause="CS-P-05#unfinished",
        ),
    )

    def compute(self) -> None:
        """The customer of the request."""
        super().compute()
        request = self.repair_request.data
        asked_by = goods.named(request.id, "customer") if request and request.id else None
        words.fill_customer(self.customer, asked_by)

    def check(self) -> None:
        """R69: the same customer as in the request, served as the ledgers allow."""
        customer, machine = self.customer.data, self.machine.data
        request = self.repair_request.data
        asked = goods.opening_answers(request.id) if request and request.id else {}
        if asked and not self.itself and goods.state(request.id) in OVER:
            self.refuse("repair_request", _l("该报修或技术支持已经结束，不能再派工，请先登记新的报修"))
        if asked and customer and customer.id != (asked.get("customer") or {}).get("id"):
            self.refuse("customer", _l("与报修登记中的客户不一致"))
        kind = self.service_type.data
        if asked.get("service_type") and kind and kind != asked["service_type"]:
            self.refuse("service_type", _l("与报修登记中的服务类别不一致"))
        on = _asked_on(asked)
        if on and (problem := words.unfounded(kind, customer, machine, on)):
            self.refuse("service_type", problem)
        if words.others_machine(machine, customer):
            self.refuse("machine", words.OTHERS_MACHINE)

    def heading(self) -> str:
        """The customer."""
        return self.customer.data.text if self.customer.data else ""

    @staticmethod
    @after("parts_requisition", _l("库存不足的零件：生成用户需求单(请购单)草稿"))
    def buy_parts(record: Filed) -> Iterator[Effect]:
        """What lies in the warehouse is taken from there, the rest is asked for."""
        demand = goods.totals([{**row, "item": row["part"]} for row in record["parts"]], "quantity")
        there = {item: on_hand for item, (on_hand, _ordered) in goods.supply(demand).items()}
        units = {id: item.unit for id, item in goods.items(demand).items()}
        lines = [
            _demand_line(row, units)
            for row in record["parts"]
            if demand[row["part"].id] > there.get(row["part"].id, 0)
        ]
        if lines:
            department = people.department_name(record.department_id, "zh")
            yield Opens(
                "PU-03",
                {
                    "department": Ref(record.department_id, department),
                    "category": "parts",
                    "lines": lines,
                    "urgency": "urgent",
                    "purpose": record["finding"],
                },
                to=f"person:{record['technician'].id}",
                names_as="source_record",
            )

    @staticmethod
    @after(FINISHED, _l("完工后生成服务凭证草稿；D 类工作生成一般行政工作记录草稿"))
    def write_voucher(record: Filed) -> Iterator[Effect]:
        """Whoever did the work writes it down and has the customer sign."""
        worker = _worker(record)
        if record["service_type"] == words.ADMINISTRATION:
            yield Opens(
                "CS-85",
                {
                    "work_kind": "other",
                    "work_date": day(record.now),
                    "person_in_charge": worker,
                    "content": record["site_condition"],
                    "finding": record["finding"],
                },
                to=f"person:{worker.id}",
            )
            return
        yield Opens(
            "CS-78",
            {
                "customer": record["customer"],
                "service_type": record["service_type"],
                "machine": record["machine"],
                "work_done": record["finding"],
                "started_at": record["arrived_at"],
                "ended_at": record.now if record["finished_on_spot"] else record["finished_at"],
                "parts_used": [
                    {"part": row["part"], "quantity": row["quantity"]} for row in record["parts"] or ()
                ],
            },
            to=f"person:{worker.id}",
            names_as="dispatch_order",
        )

    @staticmethod
    @after(FINISHED, _l("报修的：维修结果须在完工后 24 小时内反馈客服"))
    def start_feedback(record: Filed) -> Iterator[Effect]:
        """The repair request has waited for the end of the work."""
        request = record["repair_request"]
        if request.id:
            due = record.now + timedelta(hours=words.FEEDBACK_HOURS)
            yield SetsDeadline(request.id, "repair_feedback", due)


def _worker(record: Filed) -> Any:
    return record["technician"] if record["finished_on_spot"] else record["second_technician"]


def _demand_line(row: dict[str, Any], units: dict[int, str]) -> dict[str, Any]:
    name = row["part"].text.rpartition(" ")[0]
    return {
        "item": row["part"],
        "name": f"{name} {row['model'] or ''}".strip(),
        "quantity": row["quantity"],
        "unit": units.get(row["part"].id, ""),
        "needed_by": row["needed_by"],
    }


def _asked_on(asked: dict[str, Any]) -> Any:
    """The day on which the customer asked."""
    received = KINDS["datetime"].load(asked["received_at"]) if asked.get("received_at") else None
    return day(received) if received else None
