"""CS-50 投诉信息反馈单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import equals
from portal.domain.deadlines import hours
from portal.domain.effects import Effect, Opens, Tells, after
from portal.domain.signoff import Close, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.customer_service.complaint_channels import CHANNELS
from portal.forms.fields import Choice, LongText, Moment, Phone, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Person, RecordLink
from portal.lib.i18n import _l
from portal.queries import followed_cases, goods

AT_ONCE = timedelta(hours=1)  # R63: what is not relayed within an hour is late
NEW, ADDED, NONE = "new_complaint", "added_to_an_open_complaint", "not_a_complaint"
OVER = ("finished", "refused", "voided")


class CentreReceipt(Stage):
    """What the service centre makes of the note."""

    registered_as = Choice(
        _l("处理方式"),
        {NEW: _l("登记为新投诉"), ADDED: _l("并入已有投诉"), NONE: _l("不属投诉")},
    )
    existing_complaint = RecordLink(_l("已有投诉"), "CS-51", when=equals("registered_as", ADDED))
    no_complaint_reason = LongText(_l("不属投诉的理由"), when=equals("registered_as", NONE))

    def check(self) -> None:
        """What is closed takes nothing more in."""
        named = self.existing_complaint.data
        found = followed_cases.case(named.id) if named and named.id else None
        if found and found.state in OVER:
            self.refuse("existing_complaint", _l("该投诉已经结束，请登记为新投诉"))


class RelayNote(CompanyForm):
    """Tells customer service of a complaint, at once, whoever has heard it."""

    code = "CS-50"
    name = _l("投诉信息反馈单")
    slug = "relay-notes"
    section = "complaints"
    procedure = "CS-P-04#relay"
    opened_by = ("employee",)
    covers = ("投诉信息反馈单(全员)",)
    columns = (
        *("number", "received_at", "relayed_at", "late_relay", "received_by", "complainant", "channel"),
        *("registered_as", "current_step", "due_at", "status"),
    )

    received_at = Moment(_l("接到投诉时间"))
    relayed_at = Moment(_l("反馈时间"), computed=True)
    late_relay = YesNo(_l("超过一小时反馈"), computed=True)
    received_by = Person(_l("接收人"), required=False, help=_l("留空即为填表人本人"))
    complainant = Text(_l("投诉人"))
    complainant_phone = Phone(_l("投诉人电话"))
    channel = Choice(_l("投诉渠道"), CHANNELS)
    content = LongText(_l("投诉内容"))
    evidence = Attachments(_l("凭证或照片"), required=False)

    signoff = Route(
        Step(
            "centre_receipt",
            _l("客户服务中心接收"),
            role("customer_service_officer"),
            meaning="received",
            within=hours(1),
            fills=CentreReceipt,
            on_refusal=Close(),
        ),
    )

    def heading(self) -> str:
        """Who complains."""
        return self.complainant.data or ""

    def compute(self) -> None:
        """R63: it is relayed by being submitted, late after an hour: to the minute, as both times are told."""
        super().compute()
        relayed, received = moments.submitted_at(self), self.received_at.data
        self.relayed_at.data = relayed
        on_the_minute = relayed.replace(second=0, microsecond=0)
        self.late_relay.data = on_the_minute > received + AT_ONCE if received else None
        if self.received_by.blank and not self.received_by.text and self.person is not None:
            self.received_by.data = Ref(self.person.id, goods.person_label(self.person.id))

    def check(self) -> None:
        """Nobody relays what has not been said."""
        moments.refuse_future(self, "received_at")

    @staticmethod
    @after("centre_receipt", _l("登记为新投诉的：生成客户投诉登记表草稿；不属投诉的：告知反馈人"))
    def register(record: Filed) -> Iterator[Effect]:
        """A complaint is registered; who has told in vain hears why."""
        if record["registered_as"] == NEW:
            names = ("complainant", "complainant_phone", "channel", "received_at", "content", "evidence")
            answers = {name: record[name] for name in names}
            yield Opens(
                "CS-51",
                {**answers, "intake_point": "service_centre", "first_received_by": record["received_by"]},
                to="role:customer_service_officer",
                names_as="relay_note",
            )
        elif record["registered_as"] == NONE:
            told = _l(
                "经客户服务中心核对，您反馈的信息不属于投诉：%(why)s", why=record["no_complaint_reason"]
            )
            for id in {record.applicant_id, record["received_by"].id}:
                yield Tells(f"person:{id}", told)
