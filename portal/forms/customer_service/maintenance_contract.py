"""CS-73 保养合同书."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.domain.conditions import differs, equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import REFUSED, Effect, PostsEntry, PostsReceivable, after
from portal.domain.signoff import Close, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.customer_service.service_words import MANAGER, customer_of_project
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, Project
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import service

ROW = "保养服务费"  # of the customer's account
ORIGINS = {
    "end_of_warranty": _l("保修期满跟进"),
    "contract_renewal": _l("合同到期续签"),
    "new_service": _l("新服务项目"),
}
OUTCOMES = {"signed": _l("签订"), "postponed": _l("暂缓"), "lost": _l("流失")}
SIGNED = equals("outcome", "signed")


class FollowUpLine(Sheet):
    """One talk with the customer about the contract."""

    date = Day(_l("日期"))
    way = Text(_l("方式"), max=60)
    person_ = Text(_l("对象"), max=60)
    result = Text(_l("结果"))


class CustomerDecision(Stage):
    """What the customer decides."""

    outcome = Choice(_l("跟进结果"), OUTCOMES)
    signed_on = Day(_l("签订日期"), when=SIGNED)
    lost_reason = Text(_l("流失原因"), when=equals("outcome", "lost"))

    def check(self) -> None:
        """It has been signed; a contract that is over when it is signed is none."""
        moments.refuse_future(self, "signed_on")
        signed, ends = self.signed_on.data, self.context.get("end_date")
        if signed and ends and signed > ends:
            self.refuse("signed_on", _l("签订日期不能晚于合同的结束日期"))


class MaintenanceContract(CompanyForm):
    """Offers a customer maintenance beyond the warranty, from the first talk to the signed contract."""

    code = "CS-73"
    name = _l("保养合同书")
    slug = "maintenance-contracts"
    section = "after_sales"
    procedure = "CS-P-05#maintenance-contract"
    opened_by = ("after_sales_manager", "customer_service_officer")
    covers = ("售后服务合同", "服务合同跟进及新服务项目登记表")
    columns = (
        *("number", "customer", "project", "origin", "contract_no", "service_fee", "start_date", "end_date"),
        *("outcome", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    project = Project(_l("完工工程"), required=False, required_when=differs("origin", "new_service"))
    origin = Choice(_l("来源"), ORIGINS)
    contract_no = Text(_l("合同编号"), max=60)
    scope = LongText(_l("保养或修护范围"))
    service_fee = Money(_l("服务费"))
    fee_rule = LongText(_l("收费规定"))
    parts_charged = YesNo(_l("零件另行收费"), help=_l("选“是”，B 合同服务更换零件时向客户收取零件费"))
    start_date = Day(_l("开始日期"))
    end_date = Day(_l("结束日期"))
    visits_per_year = Integer(_l("每年保养次数"), low=1, high=12)
    response_hours = Integer(_l("响应时限(小时)"), required=False, low=1, high=720)
    follow_up_log = Rows(_l("跟进情况"), FollowUpLine, required=False)
    contract_file = Attachments(_l("合同文本"))

    signoff = Route(
        Step("manager_review", _l("部门经理审核"), MANAGER, meaning="checked", within=working_days(2)),
        Step("gm_sign", _l("总经理签署"), role("general_manager"), within=working_days(2)),
        Step(
            "customer_sign",
            _l("客户签署"),
            outside("customer"),
            meaning="confirmed",
            within=weeks(2),
            fills=CustomerDecision,
            on_refusal=Close(),
        ),
    )

    def check(self) -> None:
        """The contract ends after it begins, and the project is the customer's."""
        start, end = self.start_date.data, self.end_date.data
        if start and end and end <= start:
            self.refuse("end_date", _l("结束日期须晚于开始日期"))
        if not customer_of_project(self.project.data, self.customer.data):
            self.refuse("project", _l("该完工工程属于另一位客户，请核对工程和客户"))

    @staticmethod
    @after("customer_sign", _l("登记服务合同台帐；签订后合同生效，服务费记入应收及回款台帐"))
    def enter(record: Filed) -> Iterator[Effect]:
        """Every outcome is kept; only a signed contract is in force and costs something."""
        yield _entry(record, record["outcome"], record["lost_reason"])
        if record["outcome"] == "signed" and record["service_fee"]:
            yield PostsReceivable(
                record["customer"].id,
                record.id,
                record["service_fee"],
                row=ROW,
                due_on=record["start_date"],
            )

    @staticmethod
    @after(REFUSED, _l("客户拒绝签署：以流失记入服务合同台帐"))
    def lose(record: Filed) -> Iterator[Effect]:
        """A customer who declines is kept as lost."""
        yield _entry(record, "lost", None)


def visits(start: date, end: date, per_year: int) -> list[date]:
    """The days of maintenance: one every so many months, as long as the contract runs."""
    found: list[date] = []
    while (planned := months_later(start, round(12 * (len(found) + 1) / per_year))) <= end + timedelta(
        days=1
    ):
        found.append(min(planned, end))
    return found


def _entry(record: Filed, outcome: str, reason: str | None) -> PostsEntry:
    customer, project = record["customer"], record["project"]
    facts: dict[str, Any] = {
        "contract_no": record["contract_no"],
        "customer": customer.text,
        "project": project.text if project else "",
        "origin": record["origin"],
        "scope": record["scope"],
        "fee": str(record["service_fee"]),
        "start": record["start_date"].isoformat(),
        "end": record["end_date"].isoformat(),
        "visits_per_year": record["visits_per_year"],
        "visits": len(visits(record["start_date"], record["end_date"], record["visits_per_year"])),
        "parts_charged": record["parts_charged"],
        "outcome": outcome,
        "signed_on": record["signed_on"].isoformat() if record["signed_on"] else "",
        "lost_reason": reason or "",
        "supplement": False,
    }
    return PostsEntry(service.CONTRACTS, facts, customer_id=customer.id)
