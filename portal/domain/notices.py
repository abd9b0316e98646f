"""Kinds of notices: what each says, and in which group people choose how they hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from portal.lib.i18n import _l

MAIL = {"off": _l("不发"), "once": _l("马上发"), "digest": _l("每天汇总一封")}
ROBOT = {"off": _l("不发"), "once": _l("马上发")}


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are chosen together, and how those hear of them who have chosen nothing."""

    key: str
    title: Any
    about: Any
    mail: str
    robot: str


GROUPS = (
    Group("turn", _l("等我办理"), _l("轮到我签署、填写、登记，转给我、请我加签或征求意见"), "once", "once"),
    Group("late", _l("逾期和催办"), _l("我的任务逾期，或有人催办"), "once", "once"),
    Group("watch", _l("需要我督促"), _l("本部门的人逾期未办，或有步骤没有人可以办理"), "once", "once"),
    Group("returned", _l("退回和拒绝"), _l("我发起的记录被退回、拒绝"), "once", "once"),
    Group("finished", _l("办结"), _l("我发起的记录办结或作废"), "digest", "off"),
    Group("talk", _l("评论和抄送"), _l("有人评论我参与的记录，或抄送给我"), "digest", "off"),
    Group("other", _l("其他"), _l("代理、角色、密码的变动，流程中告知我的事"), "digest", "off"),
)
GROUP = {group.key: group for group in GROUPS}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its group, its symbol, its sentence; `outside` replaces a sentence that quotes the record.

    The text of a `private` kind names customers even where it speaks of no record.
    """

    group: str
    icon: str
    said: Any
    outside: Any = None
    private: bool = False


OTHER = Kind("other", "bell", _l("%(record)s 有新的动态"))
KINDS = {
    "task": Kind("turn", "inbox", _l("%(record)s 等您办理：%(step)s")),
    "handed": Kind("turn", "user-share", _l("%(who)s 把 %(record)s 转给您办理")),
    "added": Kind("turn", "user-plus", _l("%(who)s 请您在 %(record)s 中加签：%(reason)s")),
    "advice": Kind("turn", "help", _l("%(who)s 就 %(record)s 征求您的意见：%(reason)s")),
    "draft": Kind("turn", "pencil", _l("%(record)s 需要接着填写“%(form)s”，草稿已备好")),
    "ask": Kind(
        "turn", "list-details", _l("请处理：%(text)s（%(record)s）"), _l("%(record)s 有一件事请您处理")
    ),
    "entry": Kind("turn", "pencil", _l("%(record)s 等您补充登记：%(step)s")),
    "obligation": Kind(
        "turn", "calendar", _l("%(text)s"), _l("有一件到了时间的事请您办理：%(record)s"), True
    ),
    "obligation_due": Kind(
        "late", "alarm", _l("%(text)s"), _l("有一件事到期未办，请尽快办理：%(record)s"), True
    ),
    "obligation_missed": Kind(
        "watch", "alert-triangle", _l("%(text)s"), _l("有一项义务逾期未办：%(record)s"), True
    ),
    "below_minimum": Kind(
        "watch", "building-warehouse", _l("%(text)s"), _l("有库存品低于最低库存 %(record)s")
    ),
    "lapsed": Kind("watch", "alarm", _l("%(record)s 的“%(step)s”到期无人办理，已自动转到“%(onward)s”")),
    "urged": Kind("late", "alarm", _l("%(who)s 催办 %(record)s：%(step)s")),
    "overdue": Kind("late", "alarm", _l("%(record)s 已逾期，请尽快办理：%(step)s")),
    "escalated": Kind("watch", "alarm", _l("%(record)s 逾期未办，请督促：%(step)s")),
    "stuck": Kind("watch", "alert-triangle", _l("%(record)s 停在“%(step)s”，没有人可以办理，请改派")),
    "returned": Kind("returned", "arrow-back-up", _l("%(record)s 被退回，请更正后重新提交：%(reason)s")),
    "refused": Kind("returned", "ban", _l("%(record)s 被拒绝")),
    "finished": Kind("finished", "circle-check", _l("%(record)s 已办结")),
    "voided": Kind("finished", "circle-x", _l("%(record)s 已作废")),
    "comment": Kind(
        "talk", "message", _l("%(who)s 在 %(record)s 中说：%(text)s"), _l("%(who)s 评论了 %(record)s")
    ),
    "copied": Kind("talk", "send", _l("%(who)s 把 %(record)s 抄送给您")),
    "posted": Kind("talk", "file-text", _l("请阅读：%(text)s"), _l("请阅读：%(record)s")),
    "read_reminder": Kind("late", "alarm", _l("请阅读并确认：%(text)s"), _l("请阅读并确认：%(record)s")),
    "told": Kind("other", "bell", _l("%(text)s（%(record)s）"), OTHER.said),
    "employee_survey": Kind("turn", "users", _l("%(text)s"), _l("请填写员工满意度调查 %(record)s")),
}
DONE_WITH_TASK = (
    "task",
    "handed",
    "added",
    "advice",
    "draft",
    "ask",
    "entry",
    "urged",
    "overdue",
    "obligation",
    "obligation_due",
    "returned",
)


def kind_of(key: str) -> Kind:
    """The kind with this key; the plainest one for a key that nobody has described."""
    return KINDS.get(key, OTHER)
