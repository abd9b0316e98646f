"""Words and checks that the forms of information security share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from portal.domain.signoff import either, role
from portal.forms.base import Sheet
from portal.forms.kinds import Ref
from portal.lib.i18n import _l
from portal.queries import security

MARKS = {"high": _l("高"), "medium": _l("中"), "low": _l("低")}
PROPERTIES = {"confidentiality": _l("保密性"), "integrity": _l("完整性"), "availability": _l("可用性")}
ASSET_KINDS = {
    "information": _l("信息"),
    "system": _l("系统"),
    "technology": _l("技术"),
    "people": _l("人员"),
    "service": _l("服务"),
    "equipment": _l("设备"),
}
ASSET_STATES = {"in_use": _l("在用"), "retired": _l("已报废")}
SEVERITIES = {"major": _l("重大"), "serious": _l("较大"), "minor": _l("一般")}
READERS = ("security_officer", "management_representative")
OFFICER = "role:security_officer"

# What the officer has begun himself is looked at by the head of the information centre.
SECURITY_CHECK = either(role("security_officer"), role("information_centre_head"))


def asset_owner(sheet: Any, but: Collection[int | None] = ()) -> Ref | None:
    """Who agrees for the asset that the sheet names; whoever starts the record does not agree to it."""
    named = sheet.asset.data
    if named is None or not named.id:
        return None
    mine = sheet.person.id if sheet.person is not None else None
    found = security.answers_for(named.id, {id for id in (*but, mine) if id})
    return Ref(found.id, found.text) if found else None


def refuse_unusable(sheet: Sheet, name: str = "asset") -> None:
    """Says no beside an asset that is retired, or that nobody answers for."""
    named = next(field.data for field in sheet if field.short_name == name)
    found = security.asset(named.id) if named is not None else None
    if found is not None and found.state == "retired":
        sheet.refuse(name, _l("该资产已报废，请选择在用的资产"))
    elif found is not None and found.owner_id is None:
        sheet.refuse(name, _l("该资产还没有责任人，请先用信息资产登记表补上"))
