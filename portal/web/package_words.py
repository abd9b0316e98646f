"""Packages as their auditor reads them: what was asked for, how far it is, why it failed, in plain words."""

from __future__ import annotations

from typing import Any

from portal.domain.roles import DEPARTMENT
from portal.forms.words import STATES as RECORD_STATES
from portal.lib.i18n import _, _l
from portal.models import AuditPackage

STATES = {
    "running": _l("制作中"),
    "ready": _l("可下载"),
    "failed": _l("未制成"),
    "cancelled": _l("已取消"),
    "expired": _l("已到期删除"),
}
WHY = {
    "lost": _l(
        "记录 %(number)s 的一个文件在文件库中找不到，或与登记的哈希不符。请告知管理员；也可缩小范围，先取其余记录。"
    ),
    "hidden": _l("记录 %(number)s 已不在您可以查看的范围内。"),
    "tree": _l("记录 %(number)s 的证明无法生成：审计追踪的默克尔树有损坏，请管理员运行 flask audit verify。"),
    "rights": _l("您已不是审核员，或账号已停用。"),
    "seal": _l("单位证书不能用于签名，请管理员运行 flask seal show 查看，更换后再索取。"),
    "slow": _l("文件写入太慢，没有按时完成。请缩小范围后再索取。"),
    "disk": _l("服务器无法写入文件，可能是磁盘已满。请告知管理员。"),
    "unexpected": _l("程序出错，已记入服务器日志。请告知管理员。"),
}


def why(package: AuditPackage) -> str:
    """Why a package could not be built."""
    reason, _gap, number = package.error.partition(" ")
    text = str(WHY.get(reason, WHY["unexpected"]))
    return text % {"number": number} if number else text


def asked(package: AuditPackage) -> str:
    """What a package was asked by."""
    facts: dict[str, Any] = package.asked
    department, state = facts.get("department"), facts.get("state")
    words = [
        _("抽样，种子“%(seed)s”", seed=facts["seed"]) if facts.get("seed") else "",
        _("、").join(facts.get("form") or ()),
        str(DEPARTMENT[department].title) if department in DEPARTMENT else "",
        str(RECORD_STATES.get(state, "")) if state else "",
        _("提交日期自 %(since)s", since=facts["since"]) if facts.get("since") else "",
        _("至 %(until)s", until=facts["until"]) if facts.get("until") else "",
    ]
    return _("，").join(filter(None, words)) or _("全部记录")
