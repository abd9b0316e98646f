"""The exceptions of the audit trail that a reviewer looks for, each as a view with a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.forms.event_texts import GROUPS
from portal.forms.words import stream
from portal.lib.i18n import _, _l


@dataclass(frozen=True, slots=True)
class TrailView:
    """Events of some kinds; with `lent` only those done in the place of somebody else."""

    key: str
    title: Any
    kinds: tuple[str, ...]
    lent: bool = False


VIEWS = (
    TrailView("refused", _l("被拒绝"), ("step_refused", "record_refused")),
    TrailView("late", _l("逾期"), ("reminded", "escalated", "step_lapsed", "obligation_missed")),
    TrailView(
        "lent",
        _l("由代理人办理"),
        (
            "step_signed", "step_advised", "step_returned", "step_refused", "entry_added", "record_changed",
            "record_given_up", "signer_added", "advice_asked", "handed_over",
        ),
        lent=True,
    ),
    TrailView("moved", _l("改派和转办"), ("rerouted", "handed_over", "task_moved", "work_handed_over")),
    TrailView(
        "sign_ins",
        _l("登录失败"),
        ("sign_in_failed", "sign_in_after_end", "confirmation_failed", "signing_failed", "password_change_failed"),
    ),
    TrailView("corrected", _l("更正和冲销"), ("record_changed", "record_corrected")),
    TrailView(
        "rights",
        _l("设置和权限变更"),
        (
            "role_granted", "role_ended", "substitution_set", "substitution_ended", "department_changed",
            "administrator_created", "person_created", "person_retired", "person_reinstated", "password_reset",
            "password_left_to_directory", "provider_tie_ended",
            "staff_imported", "account_end_set", "account_ended", "limit_changed", "calendar_day_set", "calendar_day_removed", "customer_state_changed",
            "obligation_number_changed", "obligation_switched", "public_page_switched", "place_closed", "place_reopened",
            "restored",
        ),
    ),
)  # fmt: skip
KINDS = {"exceptions": _l("需要复核的事件"), **{group.key: group.title for group in GROUPS}}
VIEW = {view.key: view for view in VIEWS}


def said(narrowed: Mapping[str, str]) -> str:
    """What narrows the trail, in words; all events where nothing does."""
    view, kind = narrowed.get("view", ""), narrowed.get("kind", "")
    words = (
        str(VIEW[view].title) if view in VIEW else view,
        str(KINDS.get(kind, kind)),
        narrowed.get("person", ""),
        narrowed.get("number", ""),
        stream(narrowed["stream"]) if narrowed.get("stream") else "",
    )
    return _("、").join(filter(None, words)) or _("全部事件")
