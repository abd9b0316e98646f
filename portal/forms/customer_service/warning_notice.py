"""AD-01 警告处分通知单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Asks, Effect, PostsEntry, after
from portal.domain.signoff import Back, Close, Route, Step, person_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Day, LongText, Moment, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Person, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import complaints, customers

APPEAL_DAYS = 7
APPEALS = equals("appeal", True)


class AdministrationDecision(Stage):
    """What the administration makes of it."""

    sanction = Choice(_l("处分"), {"warning": _l("警告"), "no_sanction": _l("不予处分")})
    sanction_text = LongText(_l("处分说明"))


class EmployeeSign(Stage):
    """The employee has received the notice, and may appeal."""

    appeal = YesNo(_l("是否申诉"), required=False)
    appeal_reason = LongText(_l("申诉理由"), when=APPEALS)


class WarningNotice(CompanyForm):
    """Warns somebody who has heard a complaint and kept it to themselves."""

    code = "AD-01"
    name = _l("警告处分通知单")
    slug = "warning-notices"
    section = "complaints"
    procedure = "CS-P-04#warning"
    opened_by = ("customer_service_supervisor", "administration_officer")
    columns = (
        *("number", "employee", "complaint", "received_at", "discovered_on", "sanction"),
        *("current_step", "due_at", "status"),
    )

    employee = Person(_l("当事员工"))
    complaint = RecordLink(_l("涉及投诉"), "CS-51")
    received_at = Moment(_l("该员工接到投诉时间"))
    discovered_on = Day(_l("发现日期"))
    facts = LongText(_l("未反馈事实"))
    evidence = Attachments(_l("证据"))
    employee_statement = LongText(_l("员工说明"), required=False)

    signoff = Route(
        Step(
            "administration_decision",
            _l("行政部门处分决定"),
            role("administration_officer"),
            meaning="filled",
            within=working_days(2),
            fills=AdministrationDecision,
            on_refusal=Close(),
        ),
        Step(
            "gm_approval",
            _l("总经理批准"),
            role("general_manager"),
            within=working_days(2),
            on_refusal=Back("administration_decision"),
        ),
        Step(
            "employee_sign",
            _l("员工签收"),
            person_in("employee"),
            meaning="received",
            within=working_days(3),
            fills=EmployeeSign,
        ),
    )

    def check(self) -> None:
        """R64: only who has not told is warned, and after it came out."""
        moments.refuse_future(self, "received_at", "discovered_on")
        moments.refuse_earlier(
            self, "discovered_on", self.received_at.data, _l("发现日期不能早于该员工接到投诉的时间")
        )
        who, what = self.employee.data, self.complaint.data
        told = complaints.relayed_by(who.id, {what.id}) if who and what and what.id else ""
        if told:
            self.refuse("employee", _l("该员工已就这条投诉反馈（%(number)s），不能给予警告"), number=told)
        earlier = complaints.warning(who.id, what.id, self.itself) if who and what and what.id else ""
        if earlier:
            self.refuse(
                "employee", _l("该员工已因这条投诉被提出警告（%(number)s），不重复提出"), number=earlier
            )

    @staticmethod
    @after("employee_sign", _l("登记警告处分台帐；申诉的交总经理处理"))
    def enter(record: Filed) -> Iterator[Effect]:
        """The ledger keeps the decision; an appeal is heard by the general manager."""
        appeals = bool(record["appeal"])
        yield PostsEntry(
            "warnings",
            {
                "employee": record["employee"].text,
                "complaint": customers.number_of(record["complaint"].id),
                "discovered_on": record["discovered_on"].isoformat(),
                "sanction": record["sanction"],
                "appeal": appeals,
                "appeal_reason": record["appeal_reason"] or "",
            },
            about=record["complaint"].id,
        )
        if appeals:
            due = day(record.now) + timedelta(days=APPEAL_DAYS)
            yield Asks(_l("处理警告处分的申诉"), "role:general_manager", due)
