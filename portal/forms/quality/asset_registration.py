"""IS-07 信息资产登记表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import differs
from portal.domain.deadlines import working_days
from portal.domain.effects import Asks, Effect, Updates, after
from portal.domain.signoff import Route, Step, either, person_in, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Day, LongText, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.security_words import (
    ASSET_KINDS,
    MARKS,
    OFFICER,
    PROPERTIES,
    READERS,
    SECURITY_CHECK,
)
from portal.forms.references import Department, InformationAsset, Person
from portal.lib.clock import day, months_later
from portal.lib.i18n import _l
from portal.queries import access_rights, security

KNOWN = differs("request_kind", "new")
REVIEW = 12  # months until an asset is looked at again
COLUMNS = ("location", *PROPERTIES)  # of the master row and of the sheet alike


class SecurityCheck(Stage):
    """The number of the asset, and when it is looked at again."""

    asset_no = Text(_l("资产编号"), max=40, help=_l("新资产已带出下一个编号，可改为公司自己的编号"))
    next_review_on = Day(_l("下次评审日期"))

    def proposal(self) -> dict[str, Any]:
        """The next free number, or the asset's own; a year until the next review."""
        found = _row(self.context)
        return {
            "asset_no": found.code if found else security.next_code(),
            "next_review_on": months_later(self.today, REVIEW),
        }

    def check(self) -> None:
        """A number belongs to one asset for good."""
        found = _row(self.context)
        if found is not None and self.asset_no.data and self.asset_no.data != found.code:
            self.refuse("asset_no", _l("该资产的编号是 %(code)s，不能更改"), code=found.code)
        elif self.asset_no.data and security.has_code(self.asset_no.data, found.id if found else None):
            self.refuse("asset_no", _l("编号已用于另一项资产，请换一个编号"))
        if self.next_review_on.data and self.next_review_on.data <= self.today:
            self.refuse("next_review_on", _l("下次评审日期须晚于今天"))


class AssetRegistration(CompanyForm):
    """Enters an information asset in the list of assets, changes it there, or retires it."""

    code = "IS-07"
    name = _l("信息资产登记表")
    slug = "asset-registrations"
    section = "information_security"
    procedure = "IS-P-01#assets"
    opened_by = ("employee", "security_officer")
    covers = ("信息资产清单",)
    readers = READERS
    columns = (
        *("number", "asset_name", "request_kind", "asset_kind", "owner", "department", "location"),
        *("next_review_on", "current_step", "due_at", "status"),
    )

    request_kind = Choice(_l("登记类型"), {"new": _l("新增"), "change": _l("变更"), "retire": _l("报废")})
    asset = InformationAsset(_l("已登记的资产"), when=KNOWN, help=_l("选定后带出现有内容，只改有变化的各项"))
    asset_name = Text(_l("资产名称"), max=80)
    asset_kind = Choice(_l("资产类别"), ASSET_KINDS)
    owner = Person(_l("责任人"))
    department = Department(_l("部门"))
    location = Text(_l("位置"), max=80)
    confidentiality = Choice(PROPERTIES["confidentiality"], MARKS)
    integrity = Choice(PROPERTIES["integrity"], MARKS)
    availability = Choice(PROPERTIES["availability"], MARKS)
    customer_owned = YesNo(_l("客户资产"))
    description = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "owner_confirm", _l("责任人确认"), person_in("owner"), meaning="confirmed", within=working_days(2)
        ),
        Step(
            "security_check",
            _l("信息安全管理员审核"),
            either(SECURITY_CHECK, role("quality_manager")),  # should the head of the centre be the owner
            meaning="checked",
            within=working_days(2),
            fills=SecurityCheck,
        ),
    )

    def heading(self) -> str:
        """The asset's name."""
        return self.asset_name.data or ""

    def compute(self) -> None:
        """What is known of the asset fills what is still blank."""
        super().compute()
        found = (
            security.asset(self.asset.data.id) if self.asset.data and KNOWN.holds(self.answers()) else None
        )
        if found is not None:
            for name, value in facts(found).items():
                if self[name].blank and not self[name].process_errors and not getattr(self[name], "text", ""):
                    self[name].data = value

    def check(self) -> None:
        """What is retired is over."""
        found = security.asset(self.asset.data.id) if self.asset.data else None
        if found is not None and found.state == "retired" and not self.itself:
            self.refuse("asset", _l("该资产已报废，不能再变更"))

    @staticmethod
    @after("security_check", _l("登记信息资产清单；任一特性为高的，列入下次风险评估"))
    def enter(record: Filed) -> Iterator[Effect]:
        """One row for each asset; what another registration has entered is put right in its place."""
        found = _row(record.answers)
        marks = {name: record[name] for name in PROPERTIES}
        retired = record["request_kind"] == "retire"
        assess = not retired and ("high" in marks.values() or (found is not None and found.assess))
        values = {
            "code": record["asset_no"],
            "name": record["asset_name"],
            "kind": record["asset_kind"],
            "state": "retired" if retired else "in_use",
            "owner_id": record["owner"].id,
            "department_id": record["department"].id,
            "location": record["location"],
            **marks,
            "customer_owned": record["customer_owned"],
            "next_review_on": record["next_review_on"],
            "assess": assess,
        }
        yield Updates("asset", found.id if found else None, values)

    @staticmethod
    @after("security_check", _l("资产报废时：请信息安全管理员撤销仍有效的授权"))
    def withdraw_rights(record: Filed) -> Iterator[Effect]:
        """Nobody keeps a right on what is gone."""
        found = _row(record.answers)
        if record["request_kind"] == "retire" and found is not None:
            rights = access_rights.of_asset(found.id, day(record.now))
            if rights:
                text = _l("资产已报废，请撤销 %(count)d 项仍有效的授权（IS-03）", count=len(rights))
                yield Asks(text, OFFICER)


def facts(found: Any) -> dict[str, Any]:
    """What the list of assets says of one, as answers of this form."""
    return {
        "asset_name": found.name,
        "asset_kind": found.kind,
        "owner": Ref(found.owner.id, found.owner.label) if found.owner else None,
        "department": Ref(found.department.id, found.department.name) if found.department else None,
        **{name: getattr(found, name) or None for name in COLUMNS},
        "customer_owned": found.customer_owned,
    }


def _row(known: Any) -> Any:
    """The asset that is changed: the one named, or the one that the corrected registration entered."""
    named = known.get("asset")
    return security.asset(named.id if named else security.registered_by(known.get("@corrects")))
