"""Obligations: rules of the procedures that make work by themselves when their time or condition comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Self

from portal.lib.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Missing:
    """The days, first to last, for which an entry is still missing."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The days as a task keeps them, `2026-05-14/2026-05-17`."""
        first, _slash, last = text.partition("/")
        return cls(date.fromisoformat(first), date.fromisoformat(last))


@dataclass(frozen=True, slots=True)
class Number:
    """A number of an obligation. One that the procedure `fixed` nobody may change."""

    key: str
    title: Any
    value: int
    unit: Any
    fixed: bool = False
    low: int = 1
    high: int = 400


@dataclass(frozen=True, slots=True)
class Case:
    """One occurrence of an obligation: what is owed, by whom, until when, and whether it was `kept`.

    `occurrence` names it for good, so that it is asked for once. A case that its condition does not
    name any more is called off; one that is found unkept at `missed_at` (else `due`) is told. `form` is
    the form that keeps it, where that is another one than the obligation names. Where nothing is `to_fill`,
    as the form is in somebody's hands already, it is a thing to do about the `record`.
    """

    occurrence: str
    to: tuple[str, ...]  # authority keys
    due: datetime | None = None
    title: str = ""  # whom or what it is about
    answers: Mapping[str, Any] = field(default_factory=dict)  # of the draft
    customer: int | None = None
    project: int | None = None
    record: int | None = None
    remind_at: datetime | None = None
    missed_at: datetime | None = None
    kept: bool = False
    form: str = ""
    to_fill: bool = True


@dataclass(frozen=True, slots=True)
class Look:
    """What a condition is given when it is asked: the moment, the calendar, the numbers, the first day that counts."""

    now: datetime
    since: date
    calendar: Calendar
    numbers: Mapping[str, int]

    @property
    def today(self) -> date:
        """The company's day."""
        return self.now.astimezone(self.calendar.zone).date()

    def at(self, day: date, clock: time = time(23, 59)) -> datetime:
        """A clock time of a day, else its end."""
        return datetime.combine(day, clock, self.calendar.zone)

    def closing(self, day: date) -> datetime:
        """The end of work on a working day."""
        return self.at(day, self.calendar.hours[-1][1])

    def working_days(self, back: int) -> list[date]:
        """The working days of the last `back` calendar days and today, from the first day that counts."""
        first = max(self.since, self.today - timedelta(days=back))
        every = (first + timedelta(days=n) for n in range((self.today - first).days + 1))
        return [day for day in every if self.calendar.is_working_day(day)]


Cases = Callable[[Look], Iterable[Case]]


@dataclass(frozen=True, slots=True)
class Turn:
    """Tasks of the sign-off that keep an obligation: a step or side entry, or what an effect has left to do.

    No form means every form, without the (form, step) pairs of `but`. An `offer` may be put aside, with a reason.
    """

    form: str
    step: str = ""
    kinds: tuple[str, ...] = ("sign", "added", "entry")
    but: tuple[tuple[str, str], ...] = ()
    offer: bool = False


def draft_of(form: str, *, offer: bool = False) -> Turn:
    """The draft of a form that an effect leaves to be taken up."""
    return Turn(form, kinds=("open",), offer=offer)


def asked_in(form: str) -> Turn:
    """Things to do that the effects of a form ask for."""
    return Turn(form, kinds=("ask",))


@dataclass(frozen=True, slots=True)
class Obligation:
    """A rule that makes work. Its `cases` are asked for again and again; its `turns` have their own deadlines.

    `rule` is the rule of the procedures that it keeps, nothing for one added by practice, which an
    administrator may switch off. `missed` are the keys of those who are told of a breach.
    """

    key: str
    rule: str
    department: str
    title: Any
    condition: Any  # when it arises, in words
    who: Any  # in words
    due: Any  # in words
    closed: Any  # what keeps it, in words
    form: str
    breach: Any = ""  # what happens when it is missed, in words
    missed: tuple[str, ...] = ()
    numbers: tuple[Number, ...] = ()
    cases: Cases | None = None
    turns: tuple[Turn, ...] = ()
    again: str = ""  # key of the number of days after which a case that was put aside comes back
    clause: str = ""

    @property
    def by_text(self) -> bool:
        """Whether the procedures themselves demand it."""
        return bool(self.rule)
