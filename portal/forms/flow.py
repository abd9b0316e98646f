"""The flow chart of a form: its route, and how far a record has gone on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from portal.domain.roles import ROLE
from portal.domain.signoff import APPLICANT
from portal.lib.flowchart import Loop, Node, State, draw
from portal.lib.i18n import _l, both, ngettext, speaking

START = APPLICANT

_WORDS = {
    "flow": _l("审批流程"),
    "submit": _l("提交"),
    "finished": _l("完成"),
    "refused": _l("已拒绝"),
    "voided": _l("已作废"),
    "returned": _l("退回"),
    "closes": _l("不同意即终止"),
    "refused_on": _l("不同意即转“%(step)s”"),
    "again": _l("%(condition)s时再办"),
    "overdue_on": _l("逾期即自动转“%(step)s”"),
    "either_on": _l("逾期或不同意即转“%(step)s”"),
    "when": _l("当"),
    "or": _l("或"),
}


@dataclass(frozen=True, slots=True)
class StepProgress:
    """What happened at a step: its state, who signed (or may sign), when, and each parallel signer's state."""

    state: State = "todo"
    who: tuple[str, ...] = ()
    at: str = ""
    parallel: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a record has gone; before it is submitted, the names that are expected.

    `current` is the key of the step that is waited for (`applicant` after a return), `outcome` the
    record's state, `finished` whether nothing more will happen.
    """

    submitted_by: str = ""
    submitted_at: str = ""
    steps: Mapping[str, StepProgress] = field(default_factory=dict)
    current: str = ""
    finished: bool = False
    outcome: str = ""


def chart(
    defined: Mapping[str, Any],
    progress: Progress | None,
    language: str,
    *,
    width: int = 960,
    vertical: bool = False,
) -> str:
    """The route of a form definition as SVG, with a record's progress where there is one."""
    at = progress or Progress()
    steps = defined["steps"]
    nodes = [
        _start(at, language),
        *(_node(step, at, _ends(step, steps, language), language) for step in steps),
        _end(at, language),
    ]
    title = f"{defined['title'][language]} · {_say('flow', language)}"
    return _drawn(tuple(nodes), tuple(ways_back(steps, language)), width, title, vertical, language)


@lru_cache(maxsize=512)
def _drawn(
    nodes: tuple[Node, ...], loops: tuple[Loop, ...], width: int, title: str, vertical: bool, language: str
) -> str:
    """The drawing, kept while it is asked for again: an empty form's is always the same."""
    with speaking(language):
        return draw(nodes, loops, width=width, title=title, vertical=vertical)


def ways_back(steps: list[dict[str, Any]], language: str) -> list[Loop]:
    """Where refusals and answers lead back to; the start is position 0, the first step 1."""
    position = {START: 0} | {step["key"]: at for at, step in enumerate(steps, 1)}
    loops = []
    for at, step in enumerate(steps, 1):
        if position.get(step["on_refusal"], at + 1) <= at:
            loops.append(Loop(at, position[step["on_refusal"]], _say("returned", language)))
        for outcome in step["outcomes"]:
            if outcome["to"] in position:
                label = outcome["when"][language] if outcome["when"] else _say("returned", language)
                loops.append(Loop(at, position[outcome["to"]], label))
    return loops


def _start(at: Progress, language: str) -> Node:
    if at.current == START:
        state: State = "current"
    else:
        state = "done" if at.submitted_at else "todo"
    return Node(
        _say("submit", language), at.submitted_by or _roles([START], language)[0], at.submitted_at, state
    )


def _end(at: Progress, language: str) -> Node:
    if at.finished and at.outcome in ("refused", "voided"):
        return Node(_say(at.outcome, language), state="refused")
    return Node(_say("finished", language), state="done" if at.finished else "todo")


def _ends(step: dict[str, Any], steps: list[dict[str, Any]], language: str) -> str:
    """Where a refusal, a delay or an answer leads, other than back to an earlier step."""
    again = [
        _say("again", language) % {"condition": one["when"][language]}
        for one in step["outcomes"]
        if one["to"] == step["key"] and one["when"]
    ]
    return " · ".join(one for one in (*again, _leads(step, steps, language)) if one)


def _leads(step: dict[str, Any], steps: list[dict[str, Any]], language: str) -> str:
    if step["on_refusal"] == "close":
        return _say("closes", language)
    keys = [one["key"] for one in steps]
    later = {one["key"]: one["title"][language] for one in steps[keys.index(step["key"]) + 1 :]}
    refused, overdue = step["on_refusal"], step.get("overdue_to", "")
    if refused in later:
        word = "either_on" if refused == overdue else "refused_on"
        return _say(word, language) % {"step": later[refused]}
    return _say("overdue_on", language) % {"step": later[overdue]} if overdue in later else ""


def _node(step: dict[str, Any], at: Progress, ends: str, language: str) -> Node:
    known = at.steps.get(step["key"], StepProgress())
    state: State = "current" if known.state == "todo" and at.current == step["key"] else known.state
    if at.finished and state == "todo":
        state = "skipped"
    names = list(known.who) or _roles(step["roles"], language)
    parallel = known.parallel
    if step["mode"] == "all" and not parallel and len(names) > 1:
        parallel = tuple(f"{name}|{state if state in ('done', 'skipped') else 'todo'}" for name in names)
    condition = f"{_say('when', language)} {step['condition'][language]}" if step["condition"] else ""
    gap = f" {_say('or', language)} " if language == "en" else _say("or", language)
    who = "" if parallel else gap.join(names)
    return Node(
        step["title"][language],
        who,
        known.at or _note(step, state, ends, language),
        state,
        parallel,
        condition,
    )


def _note(step: dict[str, Any], state: State, ends: str, language: str) -> str:
    """Before the step is done: its time limit, and where a refusal or a delay leads."""
    if state in ("done", "skipped", "refused", "lapsed"):
        return ""
    return " · ".join(one for one in (time_limit(step, language), ends) if one)


def time_limit(step: Mapping[str, Any], language: str) -> str:
    """The time that a step may take, in words; nothing where it has no limit, or a date is its limit."""
    limit = step["deadline"]
    return limit_words(limit["unit"], limit["amount"], language) if limit else ""


def _roles(keys: list[str], language: str) -> list[str]:
    return [role_words(key, language) for key in keys]


@cache
def role_words(key: str, language: str) -> str:
    """Who signs, by the key of a role."""
    return both(ROLE[key].title)[language] if key in ROLE else key


@cache
def limit_words(unit: str, amount: int, language: str) -> str:
    """A time limit in words; a date needs none."""
    with speaking(language):
        words = {
            "hours": ngettext("%(num)s 小时内", "%(num)s 小时内", amount),
            "hours_same_day": ngettext("%(num)s 小时内，不过当日", "%(num)s 小时内，不过当日", amount),
            "days": ngettext("%(num)s 天内", "%(num)s 天内", amount),
            "weeks": ngettext("%(num)s 周内", "%(num)s 周内", amount),
            "working_hours": ngettext("%(num)s 个工作小时内", "%(num)s 个工作小时内", amount),
            "working_days": ngettext("%(num)s 个工作日内", "%(num)s 个工作日内", amount),
        }
    return words.get(unit, "") % {"num": amount}


@cache
def _say(word: str, language: str) -> str:
    return both(_WORDS[word])[language]
