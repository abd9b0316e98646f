"""CS-100 电话访问跟踪记录."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import CORRECTED, SUBMITTED, Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.customer_service.satisfaction import SATISFACTION
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, RecordLink
from portal.lib.i18n import _l
from portal.queries import customers, followed_cases, goods

REACHED = equals("reached", True)
FIELDS = {  # of a case, that hold when it comes back
    "CS-51": (
        *("complainant", "complainant_phone", "intake_point", "complaint_object", "demand"),
        *("product_model", "machine_no"),
    ),
    "CS-76": ("site_address", "contact_phone", "intake_point", "service_type"),
}


class CallAgain(Stage):
    """Another try to reach the customer, and what was said then."""

    called_at = Moment(_l("访问时间"))
    reached = YesNo(_l("是否接通"))
    problem_recurred = YesNo(_l("问题是否复发"), when=REACHED)
    satisfaction = Choice(_l("满意度"), SATISFACTION, when=REACHED)
    opinion = LongText(_l("客户意见"), when=REACHED)
    new_needs = LongText(_l("新的需求"), required=False, when=REACHED)

    def check(self) -> None:
        """A try follows the one before."""
        moments.refuse_future(self, "called_at")
        moments.refuse_earlier(
            self, "called_at", self.context.get("called_at"), _l("不能早于上一次拨打的时间")
        )


class FollowUpCall(CompanyForm):
    """Calls the customer some time after a complaint or repair was closed, until reached."""

    code = "CS-100"
    name = _l("电话访问跟踪记录")
    slug = "follow-up-calls"
    section = "follow_up"
    procedure = "CS-P-06#follow-up-calls"
    opened_by = ("customer_service_officer",)
    columns = (
        *("number", "customer", "case_record", "planned_on", "round", "called_at", "reached"),
        *("satisfaction", "problem_recurred", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户(业户)"), required=False, help=_l("留空时由系统填入原投诉或报修的客户"))
    case_record = RecordLink(_l("原投诉或报修"), "CS-51", "CS-76")
    planned_on = Day(_l("计划访问日期"))
    round = Integer(_l("第几次跟踪"), low=1, high=99)
    called_at = Moment(_l("访问时间"))
    reached = YesNo(_l("是否接通"), help=_l("未接通的，记录保持待办，接通后再补充其余内容"))
    problem_recurred = YesNo(_l("问题是否复发"), when=REACHED)
    satisfaction = Choice(_l("满意度"), SATISFACTION, when=REACHED)
    opinion = LongText(_l("客户意见"), when=REACHED)
    new_needs = LongText(_l("新的需求"), required=False, when=REACHED)

    signoff = Route(
        Step(
            "call_again",
            _l("再次拨打"),
            role("customer_service_officer"),
            meaning="called",
            within=working_days(1),
            when=equals("reached", False),
            fills=CallAgain,
            outcomes=(Back("call_again", when=equals("reached", False)),),
        ),
        Step(
            "supervisor_check",
            _l("客服主管审阅"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(3),
            bulk=True,
        ),
    )

    def compute(self) -> None:
        """Whom it is about, and which call of its case it is, unless that is said."""
        super().compute()
        found = followed_cases.case(self.case_record.data.id) if self.case_record.data else None
        if found and found.customer and self.customer.blank and not self.customer.text:
            self.customer.data = Ref(*found.customer)
        if found and self.round.blank and not any(self.round.raw_data or ()):
            self.round.data = followed_cases.calls(self.case_record.data.id, self.itself) + 1

    def check(self) -> None:
        """R76: a call follows the close of its case, and is about its customer."""
        moments.refuse_future(self, "called_at")
        found = followed_cases.case(self.case_record.data.id) if self.case_record.data else None
        if found is None:
            return
        if found.state != "finished":
            self.refuse("case_record", _l("这条投诉或报修还没有关闭，关闭后才跟踪访问"))
        for name in ("planned_on", "called_at"):
            moments.refuse_earlier(self, name, found.closed_at, _l("不能早于原投诉或报修关闭的时间"))
        if self.customer.data and found.customer and found.customer[0] != self.customer.data.id:
            self.refuse("customer", _l("与原投诉或报修的客户不一致"))

    @staticmethod
    @after(SUBMITTED, _l("问题复发的生成投诉或报修草稿；有新需求的生成潜在客户登记表草稿"))
    def go_on(record: Filed) -> Iterator[Effect]:
        """What the customer has said goes on as a record of its own."""
        yield from _said(record)

    @staticmethod
    @after(CORRECTED, _l("更正后补上应生成的草稿"))
    def go_on_anew(record: Filed) -> Iterator[Effect]:
        """As after the first submission."""
        yield from _said(record)

    @staticmethod
    @after("call_again", _l("接通后：同提交时"))
    def go_on_later(record: Filed) -> Iterator[Effect]:
        """As if the customer had been reached at once."""
        yield from _said(record)


def _said(record: Filed) -> Iterator[Effect]:
    """Drafts for the person who called: the case that has come back, and what the customer wants besides."""
    if not record["reached"]:
        return
    caller = Ref(record.applicant_id, goods.person_label(record.applicant_id))
    found = followed_cases.case(record["case_record"].id)
    if record["problem_recurred"] and found is not None:
        answers = _again(found.answers, FIELDS[found.code])
        answers |= {"customer": record["customer"], "received_at": record["called_at"]}
        if found.code == "CS-51":
            answers |= {"channel": "telephone", "first_received_by": caller, "content": record["opinion"]}
        else:
            answers |= {"intake_way": "telephone", "receiver": caller, "site_condition": record["opinion"]}
        yield Opens(found.code, answers, to=f"person:{caller.id}")
    if record["new_needs"]:
        who = found.answers.get("complainant") if found else None
        known = customers.find(record["customer"].id) if record["customer"] else None
        yield Opens(
            "CR-12",
            {
                "prospect_name": known.name if known else who,
                "known_customer": record["customer"],
                "contact_person": who,
                "marketing_channel": "telephone_marketing",
                "response_at": record["called_at"],
                "response_content": record["new_needs"],
            },
            to=f"person:{caller.id}",
        )


def _again(stored: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """What was said of the case before and still holds."""
    given = {name: stored[name] for name in names if stored.get(name) is not None}
    return {
        name: Ref(one["id"], one["text"]) if isinstance(one, dict) else one for name, one in given.items()
    }
