"""A notice as a sentence, made when it is shown, in the language of its reader."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.forms.titles import form_title, step_title
from portal.lib.i18n import _l, language

SENTENCES = {
    "task": _l("%(record)s 等您办理：%(step)s"),
    "stuck": _l("%(record)s 停在“%(step)s”，没有人可以办理，请改派"),
    "returned": _l("%(record)s 被退回，请更正后重新提交：%(reason)s"),
    "finished": _l("%(record)s 已办结"),
    "refused": _l("%(record)s 被拒绝"),
    "voided": _l("%(record)s 已作废"),
    "told": _l("%(text)s（%(record)s）"),
    "comment": _l("%(who)s 在 %(record)s 中说：%(text)s"),
    "copied": _l("%(who)s 把 %(record)s 抄送给您"),
    "urged": _l("%(who)s 催办 %(record)s：%(step)s"),
    "handed": _l("%(who)s 把 %(record)s 转给您办理"),
    "added": _l("%(who)s 请您在 %(record)s 中加签：%(reason)s"),
    "advice": _l("%(who)s 就 %(record)s 征求您的意见：%(reason)s"),
    "draft": _l("%(record)s 需要接着填写“%(form)s”，草稿已备好"),
    "ask": _l("请处理：%(text)s（%(record)s）"),
    "entry": _l("%(record)s 等您补充登记：%(step)s"),
    "overdue": _l("%(record)s 已逾期，请尽快办理：%(step)s"),
    "escalated": _l("%(record)s 逾期未办，请督促：%(step)s"),
    "obligation": _l("%(text)s"),
    "obligation_due": _l("%(text)s"),
    "obligation_missed": _l("%(text)s"),
    "lapsed": _l("%(record)s 的“%(step)s”到期无人办理，已自动转到“%(onward)s”"),
}
OTHER = _l("%(record)s 有新的动态")
ICONS = {
    "task": "inbox",
    "stuck": "alert-triangle",
    "returned": "arrow-back-up",
    "finished": "circle-check",
    "refused": "ban",
    "voided": "circle-x",
    "comment": "message",
    "copied": "send",
    "urged": "alarm",
    "handed": "user-share",
    "added": "user-plus",
    "advice": "help",
    "draft": "pencil",
    "ask": "list-details",
    "entry": "pencil",
    "overdue": "alarm",
    "escalated": "alarm",
    "obligation": "calendar",
    "obligation_due": "alarm",
    "obligation_missed": "alert-triangle",
    "lapsed": "alarm",
}


def sentence(kind: str, facts: Mapping[str, Any], number: str | None, form_code: str | None) -> str:
    """What happened, in one sentence."""
    spoken, code = language(), form_code or ""
    said = {
        "record": f"{form_title(code, spoken)} {number}" if number else "",
        "step": step_title(code, facts.get("step", ""), spoken),
        "onward": step_title(code, facts.get("onward", ""), spoken),
        "reason": facts.get("reason", ""),
        "who": facts.get("who", ""),
        "text": _spoken(facts.get("text", ""), spoken),
        "form": form_title(facts.get("form", ""), spoken),
    }
    if not number and said["text"]:
        return str(said["text"])
    return str(str(SENTENCES.get(kind, OTHER)) % said).strip().rstrip("：: ")


def icon(kind: str) -> str:
    """The symbol beside it."""
    return ICONS.get(kind, "bell")


def _spoken(text: Any, language: str) -> str:
    return str(text.get(language, "")) if isinstance(text, Mapping) else str(text)
