"""IS-03 信息安全授权访问申请单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import differs, equals, filled
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsEntry, after
from portal.domain.signoff import Close, Route, Step, head_of, person_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Day, LongText, YesNo
from portal.forms.filed import Filed
from portal.forms.quality.security_words import READERS, asset_owner, refuse_unusable
from portal.forms.references import Attachments, Customer, InformationAsset, Person
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import access_rights, people, security

KINDS = {"grant": _l("开通"), "change": _l("变更"), "extend": _l("延期"), "withdraw": _l("撤销")}
RIGHTS = {"read": _l("查看"), "write": _l("编辑"), "admin": _l("管理"), "remote": _l("远程")}
LASTS = differs("request_kind", "withdraw")
CHANGES = equals("request_kind", "change")
REVIEW, LONGEST = 3, 12  # months until a right is looked at again, and for which it may be given


class Undertaking(Stage):
    """What whoever gets the right knows and undertakes to keep."""

    company_rules_read = YesNo(_l("已知晓公司信息安全管理规定"))
    customer_rules_read = YesNo(
        _l("已知晓客户自身的安全管理规定"),
        required=False,
        when=filled("customer_site"),
        required_when=filled("customer_site"),
    )

    def check(self) -> None:
        """Nobody gets a right who does not know the rules."""
        for name in ("company_rules_read", "customer_rules_read"):
            if self[name].data is False:
                self.refuse(name, _l("请先学习规定，知晓后选“是”再确认"))


class Granting(Stage):
    """The day on which the right is set up, changed or taken away."""

    granted_on = Day(_l("授权日期"))

    def proposal(self) -> dict[str, Any]:
        """Today."""
        return {"granted_on": self.today}

    def check(self) -> None:
        """It has been done, and not after the right is over."""
        moments.refuse_future(self, "granted_on")
        ends = self.context.get("valid_to")
        if ends and self.granted_on.data and self.granted_on.data > ends:
            self.refuse("granted_on", _l("授权日期不能晚于截止日期 %(day)s"), day=ends)


class AccessRequest(CompanyForm):
    """Gives somebody a right to an information asset for a time, changes or extends it, or takes it away."""

    code = "IS-03"
    name = _l("信息安全授权访问申请单")
    slug = "access-requests"
    section = "information_security"
    procedure = "IS-S-03#access-request"
    opened_by = ("employee",)
    covers = ("授权访问跟踪台帐", "服务人员遵守安全管理规定确认书")
    readers = READERS
    columns = (
        *("number", "person", "request_kind", "asset", "rights", "valid_from", "valid_to"),
        *("company_rules_read", "granted_on", "current_step", "due_at", "status"),
    )

    person_ = Person(_l("使用人"), former=True)
    request_kind = Choice(
        _l("申请类型"), KINDS, help=_l("定期复核后仍需要的权限选“延期”，截止日期可以不变；不再需要的选“撤销”")
    )
    asset = InformationAsset(_l("系统(资产)"))
    former_rights = Choice(_l("原权限"), RIGHTS, when=CHANGES)
    rights = Choice(_l("权限"), RIGHTS)
    valid_from = Day(_l("开始日期"), when=LASTS)
    valid_to = Day(_l("截止日期"), when=LASTS, help=_l("最长一年"))
    reason = LongText(_l("申请理由"))
    customer_site = Customer(_l("客户系统"), required=False)
    third_party = YesNo(
        _l("外部单位人员"),
        required=False,
        help=_l("选“是”时，使用人填本公司的对接人，理由中写明外部人员的姓名和单位"),
    )
    attachments = Attachments(_l("附件"), required=False)
    asset_owner = Person(_l("资产负责人"), computed=True)

    signoff = Route(
        Step(
            "head_approval",
            _l("部门负责人审批"),
            head_of(),
            within=working_days(1),
            on_refusal=Close(),
            clause="IS-S-03#access-approval",
        ),
        Step(
            "undertaking",
            _l("遵守安全管理规定确认"),
            person_in("person"),
            meaning="confirmed",
            within=working_days(1),
            when=LASTS,
            fills=Undertaking,
            clause="IS-S-03#undertaking",
        ),
        Step(
            "owner_approval",
            _l("资产负责人同意"),
            person_in("asset_owner"),
            within=working_days(1),
            on_refusal=Close(),
            clause="IS-S-03#access-approval",
        ),
        Step(
            "security_grant",
            _l("信息安全管理员授权"),
            role("security_officer"),
            meaning="done",
            within=working_days(1),
            fills=Granting,
            on_refusal=Close(),
            clause="IS-S-03#access-approval",
        ),
    )

    def heading(self) -> str:
        """The asset and who is to use it."""
        return " · ".join(str(one.data) for one in (self.asset, self.person_) if one.data)

    def compute(self) -> None:
        """Who agrees for the asset: its owner, unless it is the owner's own request."""
        super().compute()
        user = self.person_.data
        self.asset_owner.data = asset_owner(self, {user.id if user else None})

    def check(self) -> None:
        """A right is given once, for a year at most, and only what stands can be changed, extended or withdrawn."""
        if self.request_kind.data != "withdraw":
            refuse_unusable(self)
        self._check_days()
        user, named = self.person_.data, self.asset.data
        if not (user and named and self.request_kind.data and self.rights.data):
            return
        if self.request_kind.data != "withdraw" and not security.is_at_work(user.id):
            self.refuse("person", _l("使用人已离职，只能撤销其权限"))
        wanted = access_rights.key(user.id, named.id, self.rights.data)
        held = access_rights.standing(wanted, self.today, self.itself)
        if self.request_kind.data in ("extend", "withdraw"):
            if held is None:
                self.refuse("rights", _l("使用人在该资产上没有这项有效权限，请核对使用人、资产和权限"))
            elif self.request_kind.data == "extend":
                self._check_extension(held)
        elif held is not None:
            self.refuse(
                "rights", _l("使用人已有这项权限，有效至 %(day)s，需要更久时请选“延期”"), day=held.ends
            )
        elif CHANGES.holds(self.answers()) and self.former_rights.data:
            former = access_rights.key(user.id, named.id, self.former_rights.data)
            if access_rights.standing(former, self.today, self.itself) is None:
                self.refuse("former_rights", _l("使用人在该资产上没有这项有效权限，请核对原权限"))

    def _check_days(self) -> None:
        begins, ends = self.valid_from.data, self.valid_to.data
        if not (begins and ends):
            return
        if ends < begins:
            self.refuse("valid_to", _l("截止日期不能早于开始日期"))
        elif ends > months_later(begins, LONGEST):
            self.refuse(
                "valid_to", _l("权限最长一年，截止日期不能晚于 %(day)s"), day=months_later(begins, LONGEST)
            )
        moments.refuse_past(self, "valid_to", _l("截止日期已过，请填写今后的日期"))

    def _check_extension(self, held: access_rights.Right) -> None:
        if self.valid_to.data and self.valid_to.data < held.ends:
            self.refuse("valid_to", _l("延期后的截止日期不能早于原截止日期 %(day)s"), day=held.ends)
        if self.valid_from.data and (self.valid_from.data - held.ends).days > 1:
            self.refuse(
                "valid_from", _l("延期须与原权限相接，开始日期不能晚于 %(day)s 的次日"), day=held.ends
            )

    @staticmethod
    @after("security_grant", _l("登记授权访问跟踪台帐，三个月后复核；撤销、延期、变更的原权限随之结束"))
    def enter(record: Filed) -> Iterator[Effect]:
        """Every right has one line; what ends it names its key."""
        user, named, kind = record["person"], record["asset"], record["request_kind"]
        key = access_rights.key(user.id, named.id, record["rights"])
        facts: dict[str, Any] = {
            "kind": kind,
            "person": user.text,
            "person_id": user.id,
            "asset": named.text,
            "asset_id": named.id,
            "rights": record["rights"],
            "granted_on": record["granted_on"].isoformat(),
            "granted_by": people.name_of(record.signer_id),
        }
        if kind != "grant":
            former = record["former_rights"] if kind == "change" else record["rights"]
            facts["closes"] = access_rights.key(user.id, named.id, former)
        if kind != "withdraw":
            facts |= {
                "key": key,
                "from": record["valid_from"].isoformat(),
                "to": record["valid_to"].isoformat(),
                "last_review": record["granted_on"].isoformat(),
                "next_review": months_later(record["granted_on"], REVIEW).isoformat(),
                "customer_site": record["customer_site"].text if record["customer_site"] else "",
                "third_party": bool(record["third_party"]),
            }
        yield PostsEntry(access_rights.LEDGER, facts)
