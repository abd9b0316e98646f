"""IS-12 变更请求."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import any_of, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, PostsEntry, after
from portal.domain.signoff import Close, Route, Step, applicant, person_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Integer, LongText, Moment, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.quality.security_words import (
    MARKS,
    READERS,
    SECURITY_CHECK,
    asset_owner,
    refuse_unusable,
)
from portal.forms.references import Customer, InformationAsset, Person
from portal.lib.i18n import _l
from portal.queries import submissions

KINDS = {"standard": _l("标准"), "normal": _l("普通"), "emergency": _l("紧急")}
EMERGENCY = equals("change_kind", "emergency")
FAILED = equals("succeeded", False)
CHANGES = "asset_changes"


class Implementation(Stage):
    """When the change was made, whether it works, or how it was taken back."""

    implemented_at = Moment(_l("实施时间"))
    succeeded = YesNo(_l("成功"))
    verified_by = Person(_l("验证人"))
    back_out_result = LongText(_l("回退情况"), when=FAILED, help=_l("如何按回退方案恢复，现在是否正常"))

    def check(self) -> None:
        """It has been done, and not before it was asked for."""
        moments.refuse_future(self, "implemented_at")
        asked_on = submissions.first([self.context["@record_id"]]) if "@record_id" in self.context else None
        moments.refuse_earlier(
            self, "implemented_at", asked_on, _l("实施时间不能早于提交时间，变更须先批准后实施")
        )


class ChangeRequest(CompanyForm):
    """Lets a system be changed only as it was planned, agreed and can be taken back."""

    code = "IS-12"
    name = _l("变更请求")
    slug = "change-requests"
    section = "information_security"
    procedure = "IS-S-03#changes"
    opened_by = ("employee",)
    covers = ("变更请求单",)
    readers = READERS
    columns = (
        *("number", "asset", "title", "change_kind", "risk_level", "planned_at", "downtime_minutes"),
        *("succeeded", "current_step", "due_at", "status"),
    )

    asset = InformationAsset(_l("系统(资产)"))
    title = Text(_l("变更主题"))
    change_kind = Choice(_l("变更类型"), KINDS)
    description = LongText(_l("变更内容"))
    reason = LongText(_l("变更原因"))
    risk_level = Choice(_l("风险等级"), MARKS)
    risk_and_impact = LongText(_l("风险及影响"))
    test_plan = LongText(_l("测试方案"))
    back_out_plan = LongText(_l("回退方案"))
    planned_at = Moment(_l("计划实施时间"))
    downtime_minutes = Integer(_l("预计停机(分钟)"), required=False, high=100_000)
    customer_affected = Customer(_l("涉及客户"), required=False)
    asset_owner = Person(_l("系统负责人"), computed=True)

    signoff = Route(
        Step(
            "owner_approval",
            _l("系统负责人审批"),
            person_in("asset_owner"),
            within=working_days(1),
            on_refusal=Close(),
        ),
        Step(
            "security_approval",
            _l("信息安全管理员审批"),
            SECURITY_CHECK,
            within=working_days(1),
            on_refusal=Close(),
        ),
        Step(
            "representative_approval",
            _l("管理者代表批准"),
            role("management_representative"),
            within=working_days(1),
            when=any_of(EMERGENCY, equals("risk_level", "high")),
            on_refusal=Close(),
        ),
        Step(
            "implementation",
            _l("实施及验证"),
            applicant(),
            meaning="done",
            within=working_days(1, since="planned_at"),
            fills=Implementation,
            on_refusal=Close(),
        ),
    )

    def heading(self) -> str:
        """What is changed."""
        return self.title.data or ""

    def compute(self) -> None:
        """Who agrees for the system."""
        super().compute()
        self.asset_owner.data = asset_owner(self)

    def check(self) -> None:
        """A change is planned for a time to come, on something in use."""
        refuse_unusable(self)
        moments.refuse_past(self, "planned_at", _l("计划实施时间已过，变更须先批准后实施"))

    @staticmethod
    @after("implementation", _l("变更记入信息资产清单"))
    def note(record: Filed) -> Iterator[Effect]:
        """The list of assets tells of every change, also of those that failed."""
        facts = {
            "asset": record["asset"].text,
            "asset_id": record["asset"].id,
            "title": record["title"],
            "change_kind": record["change_kind"],
            "implemented_at": record["implemented_at"].isoformat(),
            "succeeded": record["succeeded"],
            "verified_by": record["verified_by"].text,
            "back_out": record["back_out_result"] or "",
        }
        yield PostsEntry(CHANGES, facts)

    @staticmethod
    @after("implementation", _l("变更失败时：生成事故响应草稿"))
    def report_failure(record: Filed) -> Iterator[Effect]:
        """A change that went wrong is an incident until somebody has looked at it."""
        if record["succeeded"] is False:
            answers = {
                "found_at": record["implemented_at"],
                "asset": record["asset"],
                "problem": f"{record.number} {record['title']}\n{record['back_out_result']}",
                "affected": ["availability"],
                "customer_affected": record["customer_affected"],
            }
            yield Opens("IS-06", answers, to=f"person:{record.applicant_id}")
