"""Words for states, acts, meanings and holders, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.domain.roles import ROLE
from portal.lib.i18n import _, _l
from portal.models import Person

STATES = {
    "running": _l("进行中"),
    "returned": _l("已退回"),
    "withdrawn": _l("已撤回"),
    "stuck": _l("待管理员处理"),
    "finished": _l("已完成"),
    "refused": _l("已拒绝"),
    "voided": _l("已作废"),
}
# What the button of a step says; a signature that stands says it as done.
MEANINGS = {
    "approved": _l("批准"),
    "checked": _l("审核"),
    "verified": _l("验证"),
    "accepted": _l("验收"),
    "filled": _l("填写"),
    "inspected": _l("检验"),
    "posted": _l("登帐"),
    "received": _l("接收"),
    "confirmed": _l("确认"),
    "acknowledged": _l("知悉"),
    "sealed": _l("用印"),
    "delivered": _l("送交"),
    "done": _l("办理"),
    "called": _l("回访"),
    "advised": _l("意见"),
    "returned": _l("退回"),
    "refused": _l("拒绝"),
    "entered": _l("登记"),
}
SAID = {
    "approved": _l("已批准"),
    "checked": _l("已审核"),
    "verified": _l("已验证"),
    "accepted": _l("已验收"),
    "filled": _l("已填报"),
    "inspected": _l("已检验"),
    "posted": _l("已登帐"),
    "received": _l("已接收"),
    "confirmed": _l("已确认"),
    "acknowledged": _l("已知悉"),
    "sealed": _l("已用印"),
    "delivered": _l("已送交"),
    "done": _l("已办理"),
    "called": _l("已回访"),
    "advised": _l("已答复意见"),
    "returned": _l("已退回"),
    "refused": _l("已拒绝"),
    "entered": _l("已补充登记"),
}
LINKS = {"opened": _l("由此生成"), "named": _l("引用"), "corrects": _l("冲销更正")}
WAYS = {
    "device": _l("当面在设备上签字"),
    "link": _l("通过一次性链接签字"),
    "paper": _l("纸质签字件"),
    "told": _l("由员工按答复录入"),
}
STREAMS = {
    "access": _l("登录"),
    "customers": _l("客户"),
    "documents": _l("受控文件"),
    "findings": _l("审核发现"),
    "looks": _l("查阅"),
    "obligations": _l("义务"),
    "people": _l("人员"),
    "prints": _l("正本和副本"),
    "public": _l("外部来信"),
    "record": _l("记录"),
    "settings": _l("设置"),
}
KEYS = {"head": _l("部门负责人"), "person": _l("指定人员")}


def holder(key: str, people: Mapping[int, Person]) -> str:
    """Who holds a task: a role, a head, or a person's name."""
    kind, _colon, rest = key.partition(":")
    if kind == "person":
        person = people.get(int(rest))
        return person.name if person else str(KEYS["person"])
    if kind == "role":
        return str(ROLE[rest].title) if rest in ROLE else rest
    return str(KEYS["head"])


def department_of(snapshot: Mapping[str, Any]) -> str:
    """The department that somebody signed in, by the name it had; in English where the portal knows that name."""
    name = snapshot.get("department", "")
    return _(name) if name else ""


def stream(name: str) -> str:
    """What a chain of the audit trail holds."""
    kind = name.partition(":")[0]
    return str(STREAMS.get(kind, kind))


def authority(snapshot: Mapping[str, Any]) -> str:
    """The role that a signature was made in."""
    role = snapshot.get("role", "")
    if role in ROLE:
        return str(ROLE[role].title)
    return str(KEYS.get(role, ""))
