"""Draws a schedule as an SVG text, for the page and for the print: a row for each piece of work, on a scale of days.

The drawing carries presentation attributes and class names, no styles, scripts or ids: a page may hold several, and its
style sheet recolours them by class. Classes: `gt` on the drawing, `gt-row` with `gt-<state>` on each row, `gt-title`,
`gt-note`, `gt-bar`, `gt-part`, `gt-over`, `gt-day`, `gt-end`, `gt-mark`, `gt-word`, `gt-scale`, `gt-line`, `gt-now`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from typing import Literal

from babel.dates import format_skeleton

from portal.lib.flowchart import measure, wrap
from portal.lib.i18n import _, _l, language

State = Literal["open", "current", "done", "late", "skipped"]

STATES = {
    "open": _l("未开始"),
    "current": _l("进行中"),
    "done": _l("已完成"),
    "late": _l("逾期"),
    "skipped": _l("不适用"),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A piece of work from a day to a day; without a first day it is a single day that something is due on.

    `done_on` is when it was done, `progress` how much of it is, in percent.
    """

    title: str
    starts: date | None
    ends: date
    state: State = "open"
    note: str = ""
    done_on: date | None = None
    progress: int | None = None


# State -> fill, border. The mark and the word beside a bar say the state once more, without colour.
_PAINT = {
    "open": ("#ffffff", "#8f9caa"),
    "current": ("#d6e4fa", "#1d5fbf"),
    "done": ("#cfe6d8", "#2e7d4f"),
    "late": ("#fbdcd9", "#b3261e"),
    "skipped": ("#f7f8f9", "#b4bdc7"),
}
_MARK = {"done": "M-4 .3 -1.2 3.2 4.2-3", "late": "M0-4V1M0 4h.01"}
_INK, _MUTED, _LINE, _TODAY = "#1b2430", "#5b6674", "#e3e7ec", "#a4502a"
_LEFT, _ROOM, _RIGHT = 190.0, 590.0, 130.0  # titles, days, words
_HEAD, _BAR = 40.0, 14.0
_TITLE, _TINY = 13, 11
_FAR = timedelta(days=45)  # a day further from the schedule is not drawn
_WEEKLY = 168  # days up to which the scale counts weeks


def draw(bars: Sequence[Bar], today: date, title: str = "") -> str:
    """The schedule as SVG, with a line for today where it lies near."""
    plan = _Plan(bars, today)
    width, height = _n(_LEFT + _ROOM + _RIGHT), _n(plan.height)
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    called = title or _("进度图")
    words = f"<title>{escape(called)}</title><desc>{escape(_in_words(bars, today))}</desc>"
    family = 'font-family="Noto Sans SC, Noto Sans CJK SC, sans-serif"'
    body = "".join((*_scale(plan), *(_row(row, plan) for row in plan.rows), _now(plan)))
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="gt" role="img" {size} {family} fill="none">{words}{body}</svg>'


def _in_words(bars: Sequence[Bar], today: date) -> str:
    said = [_("今天 %(day)s", day=today)]
    for bar in bars:
        days = f"{bar.starts} – {bar.ends}" if bar.starts else f"{bar.ends}"
        about = [days, _word(bar, today), bar.note]
        said.append(f"{bar.title}: {', '.join(one for one in about if one)}")
    return "; ".join(said) if bars else _("尚无安排")


def _word(bar: Bar, today: date) -> str:
    """The state of a bar in words, with what makes it exact."""
    known = str(STATES[bar.state])
    if bar.state == "late" and (over := ((bar.done_on or today) - bar.ends).days) > 0:
        return _("逾期 %(days)d 天", days=over)
    if bar.state == "done" and bar.done_on:
        return f"{known} {bar.done_on:%m-%d}"
    return f"{known} {bar.progress}%" if bar.progress is not None and bar.state != "skipped" else known


@dataclass(slots=True)
class _Row:
    """A bar with its texts in lines and its place on the paper."""

    bar: Bar
    top: float
    title: list[str] = field(init=False)
    note: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.title = wrap(self.bar.title, _LEFT - 20, _TITLE, 2)
        self.note = wrap(self.bar.note, _LEFT - 20, _TINY, 1)

    @property
    def height(self) -> float:
        return max(30.0, 13 + 16.0 * len(self.title) + 14 * len(self.note))

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


class _Plan:
    """The rows below each other, and the first and last day that are drawn."""

    def __init__(self, bars: Sequence[Bar], today: date) -> None:
        self.today = today
        self.rows: list[_Row] = []
        self.height = _HEAD
        for bar in bars:
            self.rows.append(_Row(bar, self.height))
            self.height += self.rows[-1].height
        days = [day for bar in bars for day in (bar.starts, bar.ends, bar.done_on) if day] or [today]
        if min(days) - _FAR <= today <= max(days) + _FAR:
            days.append(today)
        self.first = min(days) - timedelta(days=1)
        self.last = max(max(days) + timedelta(days=1), self.first + timedelta(days=13))
        self.height += 4 if bars else 30

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def x(self, day: date) -> float:
        """Where a day begins."""
        place = min(max((day - self.first).days, 0), self.days)
        return _LEFT + _ROOM * place / self.days

    @property
    def weekly(self) -> bool:
        return self.days <= _WEEKLY

    @property
    def shows_today(self) -> bool:
        return bool(self.rows) and self.first <= self.today <= self.last

    @property
    def now(self) -> float:
        """The middle of today."""
        return (self.x(self.today) + self.x(self.today + timedelta(days=1))) / 2

    def meets_today(self, x: float, until: float) -> bool:
        """Whether a label from here to there would lie under that of today."""
        return self.shows_today and x - 24 < self.now < until + 24


def _scale(plan: _Plan) -> Iterator[str]:
    """Months above and weeks below them, of a longer schedule years and months, each with its line."""
    if not plan.rows:
        yield _text([_("尚无安排")], _LEFT, _HEAD + 16, _TITLE, _MUTED, "gt-note")
        return
    for first, after in _spans(plan, 1 if plan.weekly else 12):
        x, room = plan.x(first), plan.x(after) - plan.x(first)
        names = (_month(first, "yMMM"), _month(first)) if plan.weekly else (f"{first.year}",)
        shown = next((one for one in names if measure(one, _TINY) + 8 <= room), "")
        yield _line(x, 0, plan.height, "#c3cbd4")
        yield _text([shown], x + 4, 14, _TINY, _INK, "gt-scale")
    free = _LEFT
    for day in _ticks(plan):
        x, name = plan.x(day), f"{day:%m-%d}" if plan.weekly else _month(day)
        until = x + measure(name, _TINY)
        yield _line(x, 20, plan.height, _LINE)
        if x >= free and until < _LEFT + _ROOM + 20 and not plan.meets_today(x, until):
            yield _text([name], x + 3, 33, _TINY, _MUTED, "gt-scale")
            free = until + 8
    yield f'<path class="gt-line" d="M0 {_n(_HEAD)}H{_n(_LEFT + _ROOM + _RIGHT)}" stroke="#c3cbd4"/>'


def _month(day: date, parts: str = "MMM") -> str:
    return format_skeleton(parts, day, locale=language())


def _spans(plan: _Plan, months: int) -> Iterator[tuple[date, date]]:
    """From the first of a month (a year) to the next, cut to what is drawn."""
    start = plan.first.replace(day=1, month=1 if months == 12 else plan.first.month)
    while start <= plan.last:
        count = start.month - 1 + months
        after = date(start.year + count // 12, count % 12 + 1, 1)
        yield max(start, plan.first), min(after, plan.last + timedelta(days=1))
        start = after


def _ticks(plan: _Plan) -> Iterator[date]:
    """The Mondays of a schedule of some months, the first days of the months of a longer one."""
    if not plan.weekly:
        yield from (first for first, _after in _spans(plan, 1) if first > plan.first)
        return
    day = plan.first + timedelta(days=-plan.first.weekday() % 7)
    while day <= plan.last:
        yield day
        day += timedelta(days=7)


def _row(row: _Row, plan: _Plan) -> str:
    bar, y = row.bar, row.middle
    fill, border = _PAINT[bar.state]
    down = y - (16 * len(row.title) + 14 * len(row.note)) / 2 + 12
    ink = _MUTED if bar.state == "skipped" else _INK
    word = _word(bar, plan.today)
    whole = ", ".join(one for one in (bar.title, f"{bar.starts or ''} – {bar.ends}", word, bar.note) if one)
    drawn, end = _work(bar, y, fill, border, plan) if bar.starts else _day(bar, y, fill, border, plan)
    parts = [
        f'<g class="gt-row gt-{bar.state}"><title>{escape(whole)}</title>',
        f'<path class="gt-line" d="M0 {_n(row.top + row.height)}H{_n(_LEFT + _ROOM + _RIGHT)}" stroke="{_LINE}"/>',
        _text(row.title, 6, down, _TITLE, ink, "gt-title", step=16),
        _text(row.note, 6, down + 16 * len(row.title) - 1, _TINY, _MUTED, "gt-note"),
        drawn,
        _end(bar, y, plan),
        _said(word, bar.state, end + 8, y),
    ]
    return "".join((*parts, "</g>"))


def _work(bar: Bar, y: float, fill: str, border: str, plan: _Plan) -> tuple[str, float]:
    """A bar, the part of it that is done, and the days by which it is late; and where that ends."""
    assert bar.starts is not None
    x, top = plan.x(bar.starts), y - _BAR / 2
    w = max(plan.x(bar.ends + timedelta(days=1)) - x, 3)
    dashed = ' stroke-dasharray="4 3"' if bar.state == "skipped" else ""
    frame = f'x="{_n(x)}" y="{_n(top)}" width="{_n(w)}" height="{_n(_BAR)}" rx="3"'
    parts = [f'<rect class="gt-bar" {frame} fill="{fill}" stroke="{border}" stroke-width="1.3"{dashed}/>']
    share = 100 if bar.state == "done" else min(max(bar.progress or 0, 0), 100)
    if share and bar.state != "skipped":  # a heavy line along the foot, as far as the work has come
        foot = (
            f'x="{_n(x + 1)}" y="{_n(top + _BAR - 5)}" width="{_n(max(w - 2, 1) * share / 100)}" height="4"'
        )
        parts.append(f'<rect class="gt-part" {foot} fill="{border}"/>')
    return "".join(parts) + _over(bar, y, plan), max(x + w, _late_until(bar, plan))


def _day(bar: Bar, y: float, fill: str, border: str, plan: _Plan) -> tuple[str, float]:
    """A single day, as a diamond; and where that ends."""
    x = (plan.x(bar.ends) + plan.x(bar.ends + timedelta(days=1))) / 2
    filled = border if bar.state == "done" else fill
    dashed = ' stroke-dasharray="3 2"' if bar.state == "skipped" else ""
    shape = f"M{_n(x)} {_n(y - 8)}L{_n(x + 8)} {_n(y)}L{_n(x)} {_n(y + 8)}L{_n(x - 8)} {_n(y)}Z"
    diamond = (
        f'<path class="gt-day" d="{shape}" fill="{filled}" stroke="{border}" stroke-width="1.4"{dashed}/>'
    )
    return _over(bar, y, plan) + diamond, max(x + 8, _late_until(bar, plan))


def _late_until(bar: Bar, plan: _Plan) -> float:
    """Where the days end by which something is late."""
    late = bar.state == "late" or (bar.done_on and bar.done_on > bar.ends)
    return plan.x((bar.done_on or plan.today) + timedelta(days=1)) if late else 0


def _over(bar: Bar, y: float, plan: _Plan) -> str:
    """The days after the last planned one, as a dashed line."""
    start, until = plan.x(bar.ends + timedelta(days=1)), _late_until(bar, plan)
    if until <= start:
        return ""
    look = f'stroke="{_PAINT["late"][1]}" stroke-width="3" stroke-dasharray="5 3"'
    return f'<path class="gt-over" d="M{_n(start)} {_n(y)}H{_n(until)}" {look}/>'


def _end(bar: Bar, y: float, plan: _Plan) -> str:
    """An upright line on the day on which it was done."""
    if not bar.done_on:
        return ""
    x = (plan.x(bar.done_on) + plan.x(bar.done_on + timedelta(days=1))) / 2
    look = f'stroke="{_PAINT["done"][1]}" stroke-width="2.4"'
    return f'<path class="gt-end" d="M{_n(x)} {_n(y - 10)}V{_n(y + 10)}" {look}/>'


def _said(word: str, state: str, x: float, y: float) -> str:
    """The state beside the bar, with its mark."""
    colour = _PAINT[state][1]
    path = _MARK.get(state, "")
    look = f'stroke="{colour}" stroke-width="2.1" stroke-linecap="round" stroke-linejoin="round"'
    mark = f'<path class="gt-mark" d="{path}" transform="translate({_n(x + 4)} {_n(y)})" {look}/>'
    ink = colour if state in ("done", "late", "current") else _MUTED
    return (mark if path else "") + _text([word], x + (13 if path else 0), y + 4, _TINY, ink, "gt-word")


def _now(plan: _Plan) -> str:
    """Today's line, with its word at the head."""
    if not plan.shows_today:
        return ""
    x, word = plan.now, _("今天")
    w = measure(word, _TINY) + 8
    look = f'stroke="{_TODAY}" stroke-width="1.6" stroke-dasharray="6 3"'
    line = f'<path class="gt-today" d="M{_n(x)} 20V{_n(plan.height)}" {look}/>'
    frame = f'x="{_n(x - w / 2)}" y="21" width="{_n(w)}" height="16" rx="3"'
    patch = f'<rect class="gt-patch" {frame} fill="{_TODAY}"/>'
    said = f'<text class="gt-now-word" x="{_n(x)}" y="33" font-size="{_TINY}" fill="#ffffff" text-anchor="middle">'
    return f'<g class="gt-now">{line}{patch}{said}{escape(word)}</text></g>'


def _line(x: float, top: float, foot: float, colour: str) -> str:
    return f'<path class="gt-line" d="M{_n(x)} {_n(top)}V{_n(foot)}" stroke="{colour}"/>'


def _text(lines: list[str], x: float, y: float, size: int, fill: str, name: str, *, step: int = 0) -> str:
    look = f'font-size="{size}" fill="{fill}"'
    return "".join(
        f'<text class="{name}" x="{_n(x)}" y="{_n(y + step * at)}" {look}>{escape(line)}</text>'
        for at, line in enumerate(lines)
        if line
    )


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
