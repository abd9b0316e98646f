"""The trial of a route as its page shows it: each record with the desks that it would have reached, in names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain import trials as life
from portal.domain.roles import ROLE
from portal.domain.trials import Desk, Signed, Trial, Turn
from portal.forms.titles import record_path
from portal.lib.clock import day
from portal.lib.i18n import _, _l, language
from portal.queries import ledgers, people
from portal.queries.actors import Actor

MOST = 3  # names of one desk; more are counted
NOBODY = {
    life.UNNAMED: _l("记录里没有指定人员"),
    life.UNHELD: _l("无人担任"),
    life.OWN_WORK: _l("只有办理过的本人，须回避"),
    life.UNREADABLE: _l("原记录的答案不适用于现行流程"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A step of one record: what it comes to in words, who signed then, and the mark of a difference."""

    turn: Turn
    who: str
    signed: str
    mark: str


@dataclass(frozen=True, slots=True)
class Row:
    """A record on the tried route; `gone` are steps that it went by and the route has no more."""

    number: str
    title: str
    href: str
    closed: date | None
    cells: list[Cell]
    gone: list[tuple[str, str]]


def rows(found: Iterable[Trial], by: Actor) -> list[Row]:
    """The tried records; of one that the person may not open, only its number and today's desks are told."""
    tried = list(found)
    names = people.names({id for one in tried for id in _everybody(one)})
    known = ledgers.readable({one.record.number for one in tried}, by)
    return [_row(one, names, known) for one in tried]


def _everybody(one: Trial) -> set[int]:
    able = {id for turn in one.turns for desk in turn.desks for id in desk.people}
    signed = (*(turn.signed for turn in one.turns), *(hands for _title, hands in one.gone))
    return able | {id for hands in signed for hand in hands for id in hand}


def _row(one: Trial, names: dict[int, str], known: Mapping[str, str]) -> Row:
    record: Any = one.record
    open_ = record.number in known
    return Row(
        record.number,
        record.title if open_ else "",
        record_path(record.form_code, record.number) if open_ else "",
        day(record.closed_at) if record.closed_at else None,
        [_cell(turn, names, open_) for turn in one.turns],
        [(title[language()], _signed(hands, names) if open_ else "") for title, hands in one.gone],
    )


def _cell(turn: Turn, names: dict[int, str], open_: bool) -> Cell:
    who = _("；").join(_desk(desk, names) for desk in turn.desks)
    return Cell(turn, who, _signed(turn.signed, names) if open_ else "", _mark(turn))


def _desk(desk: Desk, names: dict[int, str]) -> str:
    if desk.state in life.STUCK:
        return str(NOBODY[desk.state])
    shown = [names[id] for id in sorted(desk.people)][:MOST]
    who = _("、").join(shown)
    if len(desk.people) > MOST:
        who = _("%(names)s 等 %(count)s 人", names=who, count=len(desk.people))
    if desk.outside:
        return _("%(party)s（由 %(names)s 代为办理）", party=ROLE[desk.outside].title, names=who)
    return who


def _signed(hands: Signed, names: dict[int, str]) -> str:
    return _("、").join(dict.fromkeys(names[hand[0]] for hand in hands))


def _mark(turn: Turn) -> str:
    if turn.stuck:
        return "stuck"
    if turn.added:
        return "added"
    if turn.dropped:
        return "dropped"
    return "other_hands" if turn.other_hands else ""
