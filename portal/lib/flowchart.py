"""Draws a serial sign-off route as an SVG text, for the page and for the print.

The drawing carries presentation attributes and class names, no styles, scripts or ids: a page may
hold several, and its style sheet recolours them by class. Classes: `fc` on the drawing, `fc-node`
with `fc-<state>` on each step, `fc-box`, `fc-badge`, `fc-icon`, `fc-title`, `fc-who`, `fc-note`,
`fc-number`, `fc-condition`, `fc-edge` (with `fc-taken` or
`fc-ended`), `fc-loop`, `fc-loop-label`, `fc-ground`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Literal

from portal.lib.i18n import _, _l
from portal.lib.text import width

State = Literal["done", "current", "waiting", "skipped", "refused", "lapsed", "todo"]
Point = tuple[float, float]

STATES = {
    "done": _l("已完成"),
    "current": _l("进行中"),
    "waiting": _l("等待中"),
    "skipped": _l("不适用"),
    "refused": _l("已拒绝"),
    "lapsed": _l("到期未办"),
    "todo": _l("未开始"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One step as drawn. Each of `parallel` is a signer of an all-sign step, `name|state`."""

    title: str
    who: str = ""
    note: str = ""
    state: State = "todo"
    parallel: tuple[str, ...] = ()
    condition: str = ""

    @property
    def signers(self) -> list[tuple[str, str]]:
        """Names and states of the parallel signers."""
        split = (one.rpartition("|") for one in self.parallel)
        return [
            (name, state) if state in STATES and name else (name or state, "todo")
            for name, _bar, state in split
        ]


@dataclass(frozen=True, slots=True)
class Loop:
    """A way back from the node at `start` to the earlier one at `end`; -1 is the first node."""

    start: int
    end: int
    label: str = ""


# State -> fill, border, text. Contrast of the text is at least 4.5 : 1.
_PAINT = {
    "done": ("#f0f7f2", "#2e7d4f", "#1b2430"),
    "current": ("#e9f1fd", "#1d5fbf", "#12305c"),
    "waiting": ("#fff8e8", "#a86a12", "#1b2430"),
    "skipped": ("#f7f8f9", "#b4bdc7", "#667080"),
    "refused": ("#fdf0ef", "#b3261e", "#1b2430"),
    "lapsed": ("#fff8e8", "#a86a12", "#1b2430"),
    "todo": ("#ffffff", "#8f9caa", "#1b2430"),
}
_ICON = {
    "done": "M-4 .3 -1.2 3.2 4.2-3",
    "current": "M0 0h.01",
    "waiting": "M0-4V.4L2.8 2.2",
    "skipped": "M-3.8 0H3.8",
    "refused": "M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2",
    "lapsed": "M-4 0H3M.4-2.8 3.2 0 .4 2.8",
    "todo": "M0 0h.01",
}
_MUTED, _EDGE, _LOOP = "#5b6674", "#a9b4c0", "#a4502a"
_TITLE, _SMALL, _TINY = 14, 12, 11
_PAD, _GAP, _NARROWEST, _WIDEST = 12, 42, 116, 184
_MOST = 9  # lines of a text: paper has no way to show what an ellipsis hides
_NO_START = "，。、；：！？）」』》】〉”’%,.;:!?)]}"
_TOKEN = re.compile(r"[A-Za-z0-9_.,:;@#&%/+\-'\"()\u00c0-\u024f]+|\s+|.", re.DOTALL)


def measure(text: str, size: float) -> float:
    """Width of a text: 1 em for a wide character, about half of it for others."""
    return size * width(text)


def wrap(text: str, width: float, size: float, most: int) -> list[str]:
    """The text in lines that fit the width, at most so many; what is left over becomes an ellipsis."""
    lines = _broken(text, width, size)
    if 1 < len(lines) <= most:  # as even as the same number of lines allows
        longest = max(measure(token, size) for token in _TOKEN.findall(text))
        narrow = min(width, max(0.55 * width, longest))  # no word is broken for it
        while len(_broken(text, narrow, size)) > len(lines):
            narrow += 0.05 * width
        lines = _broken(text, min(narrow, width), size)
    if len(lines) > most:
        last = lines[most - 1]
        while measure(last + "…", size) > width:
            last = last[:-1]
        lines = [*lines[: most - 1], last + "…"]
    return lines


def _broken(text: str, width: float, size: float) -> list[str]:
    lines, line = [], ""
    for token in _TOKEN.findall(" ".join(text.split())):
        for part in [token] if measure(token, size) <= width else token:
            if line and measure(line + part, size) > width and part not in _NO_START:
                lines.append(line.rstrip())
                line = ""
            line += part if line or not part.isspace() else ""
    return [one for one in (*lines, line.rstrip()) if one]


def draw(
    nodes: Sequence[Node],
    loops: Sequence[Loop] = (),
    *,
    width: int = 960,
    title: str = "",
    vertical: bool = False,
) -> str:
    """The route as SVG: in rows that fit the width, or in one column for a narrow page."""
    plan = _column(nodes, loops, width) if vertical else _rows(nodes, loops, width)
    size = f'viewBox="0 0 {_n(plan.width)} {_n(plan.height)}" width="{_n(plan.width)}" height="{_n(plan.height)}"'
    words = f"<title>{escape(title or _('审批流程'))}</title><desc>{escape(_in_words(nodes, loops))}</desc>"
    family = 'font-family="Noto Sans SC, Noto Sans CJK SC, sans-serif"'
    body = "".join((*plan.edges, *plan.loops, *(_box(place) for place in plan.places)))
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="fc" role="img" {size} {family} fill="none">{words}{body}</svg>'


def _in_words(nodes: Sequence[Node], loops: Sequence[Loop]) -> str:
    said = []
    for number, node in enumerate(nodes, 1):
        about = [node.condition, node.who, *(f"{name} {STATES[state]}" for name, state in node.signers)]
        about += [node.note, str(STATES[node.state])]
        said.append(f"{number}. {node.title}: {', '.join(one for one in about if one)}")
    said += [f"{one.label}: {one.start + 1} → {max(one.end, 0) + 1}" for one in loops]
    return "; ".join(said)


@dataclass(slots=True)
class _Place:
    """A node with its texts in lines and its box on the paper."""

    node: Node
    number: int
    last: bool
    w: float
    title: list[str] = field(init=False)
    who: list[str] = field(init=False)
    signers: list[tuple[list[str], str]] = field(init=False)
    note: list[str] = field(init=False)
    condition: list[str] = field(init=False)
    x: float = 0
    y: float = 0
    h: float = 0

    def __post_init__(self) -> None:
        inner = self.w - 2 * _PAD
        self.title = wrap(self.node.title, inner, _TITLE * 1.03, _MOST)
        self.who = wrap(self.node.who, inner, _SMALL, _MOST)
        self.signers = [(wrap(name, inner - 17, _SMALL, _MOST), state) for name, state in self.node.signers]
        self.note = wrap(self.node.note, inner, _TINY, _MOST)
        self.condition = wrap(self.node.condition, self.w + 8, _TINY, _MOST)
        self.h = (
            22
            + 18 * len(self.title)
            + 16 * (len(self.who) + sum(len(name) for name, _state in self.signers))
            + 15 * len(self.note)
            + 7
        )

    @property
    def cx(self) -> float:
        return self.x + self.w / 2

    @property
    def cy(self) -> float:
        return self.y + self.h / 2


@dataclass(slots=True)
class _Plan:
    width: float
    height: float
    places: list[_Place]
    edges: list[str]
    loops: list[str]


@dataclass(slots=True)
class _Bus:
    """Ways back that share their end and label, drawn as one line."""

    label: str
    end: int
    starts: list[int]


@dataclass(slots=True)
class _Way:
    """The lines of a bus: those with an arrow head, those that join them, and where a label may stand."""

    bus: _Bus
    main: list[list[Point]] = field(default_factory=list)
    joined: list[list[Point]] = field(default_factory=list)
    spans: list[tuple[Point, Point]] = field(default_factory=list)


def _buses(loops: Sequence[Loop], count: int) -> list[_Bus]:
    """The ways back, the shortest first so that the longer ones run around it."""
    found: dict[tuple[str, int], list[int]] = {}
    for one in loops:
        if max(one.end, 0) < one.start < count:
            found.setdefault((one.label, max(one.end, 0)), []).append(one.start)
    buses = [_Bus(label, end, sorted(set(starts))) for (label, end), starts in found.items()]
    return sorted(buses, key=lambda bus: (bus.starts[-1] - bus.end, bus.end, bus.label))


def _taken(nodes: Sequence[Node]) -> int:
    """Position of the furthest node that was reached."""
    reached = [
        at
        for at, node in enumerate(nodes)
        if node.state in ("done", "current", "waiting", "refused", "lapsed")
    ]
    return max(reached, default=-1)


def _ended(nodes: Sequence[Node], at: int) -> bool:
    """Whether the way was refused at this node or before."""
    return any(node.state == "refused" for node in nodes[: at + 1])


def _rows(nodes: Sequence[Node], loops: Sequence[Loop], width: int) -> _Plan:
    buses, reached = _buses(loops, len(nodes)), _taken(nodes)
    most = max(1, int((width - 20 + _GAP) // (_NARROWEST + _GAP)))
    if len(nodes) > most:  # room for the lines that lead from row to row
        most = max(1, int((width - 60 - 8 * len(buses) + _GAP) // (_NARROWEST + _GAP)))
    lines = max(1, math.ceil(len(nodes) / most))
    columns = math.ceil(len(nodes) / lines)
    left = 10.0 if lines == 1 else 34.0 + 8 * len(buses)
    right = 10.0 if lines == 1 else 26.0
    w = min(_WIDEST, (width - left - right - _GAP * (columns - 1)) / columns)
    places = [_Place(node, at + 1, at == len(nodes) - 1, w) for at, node in enumerate(nodes)]
    rows = [places[at : at + columns] for at in range(0, len(places), columns)]
    y = 4.0
    bands: list[float] = []
    lanes: list[list[_Bus]] = []
    for at, row in enumerate(rows):
        y += 14 + max((15 * len(one.condition) + 4 if one.condition else 0) for one in row)
        height = max(one.h for one in row)
        for column, place in enumerate(row):
            place.x, place.y, place.h = left + column * (w + _GAP), y, height
        y += height
        bands.append(y)
        here = [bus for bus in buses if any(spot // columns == at for spot in (*bus.starts, bus.end))]
        lanes.append(here)
        y += 21 * len(here) + (6 if here else 0) + (20 if at < len(rows) - 1 else 0)
    whole = left + columns * w + (columns - 1) * _GAP + right
    edges = []
    for at in range(len(places) - 1):
        one, two = places[at], places[at + 1]
        if (at + 1) % columns:
            points = [(one.x + w, one.cy), (two.x, two.cy)]
        else:
            row_no = at // columns
            turn = bands[row_no] + 21 * len(lanes[row_no]) + 15
            ends = [(left - 16, turn), (left - 16, two.cy), (two.x, two.cy)]
            points = [(one.x + w, one.cy), (whole - 8, one.cy), (whole - 8, turn), *ends]
        edges.append(_edge(points, at + 1 <= reached, _ended(nodes, at)))
    ways = [_row_way(bus, number, places, columns, bands, lanes, left) for number, bus in enumerate(buses)]
    drawn, y = _backs(ways, whole, y + 3)
    return _Plan(whole, y, places, edges, drawn)


def _row_way(
    bus: _Bus,
    number: int,
    places: list[_Place],
    columns: int,
    bands: list[float],
    lanes: list[list[_Bus]],
    left: float,
) -> _Way:
    """A way back below the rows: the furthest start in each row makes the line, others join it."""
    home = bus.end // columns
    way = _Way(bus)
    for row in sorted({start // columns for start in bus.starts}, reverse=True):
        lane = lanes[row].index(bus)
        y = bands[row] + 17 + 21 * lane
        out = [places[start].cx + 12 + 9 * lane for start in bus.starts if start // columns == row]
        target_lane = lanes[home].index(bus)
        target = places[bus.end].cx - 12 - 9 * target_lane
        landing = (target, bands[home] + 3)
        if row == home:
            way.main.append([(out[-1], bands[row]), (out[-1], y), (target, y), landing])
            way.spans.append(((target, y), (out[-1], y)))
        else:
            x, top = left - 26 - 8 * number, bands[home] + 17 + 21 * target_lane
            way.main.append([(out[-1], bands[row]), (out[-1], y), (x, y), (x, top), (target, top), landing])
            way.spans += [((x, y), (out[-1], y)), ((x, top), (target, top))]
        way.joined += [[(one, bands[row]), (one, y)] for one in out[:-1]]
    return way


def _column(nodes: Sequence[Node], loops: Sequence[Loop], width: int) -> _Plan:
    buses, reached = _buses(loops, len(nodes)), _taken(nodes)
    w = min(float(width), 420.0) - 16 - 22 * len(buses) - (6 if buses else 0)
    places = [_Place(node, at + 1, at == len(nodes) - 1, w) for at, node in enumerate(nodes)]
    y = 16.0
    for place in places:
        place.condition = wrap(place.node.condition, w / 2 - 12, _TINY, _MOST)
        y += max(15 * len(place.condition) - 20, 0)
        place.x, place.y = 8, y
        y += place.h + 36
    edges = []
    for at in range(len(places) - 1):
        one, two = places[at], places[at + 1]
        edges.append(_edge([(one.cx, one.y + one.h), (two.cx, two.y)], at + 1 <= reached, _ended(nodes, at)))
    ways = []
    for lane, bus in enumerate(buses):
        x, edge = 8 + w + 18 + 22 * lane, 8 + w
        out = [places[start].cy + 8 + 6 * lane for start in bus.starts]
        target = places[bus.end].cy - 6 - 6 * lane
        way = _Way(bus, [[(edge, out[-1]), (x, out[-1]), (x, target), (edge + 3, target)]])
        way.joined += [[(edge, one), (x, one)] for one in out[:-1]]
        way.spans.append(((x, target), (x, out[-1])))
        ways.append(way)
    whole = w + 16 + 22 * len(buses) + (6 if buses else 0)
    drawn, y = _backs(ways, whole, y - 24)
    return _Plan(whole, y, places, edges, drawn)


def _box(place: _Place) -> str:
    """The node: its box, badge, number and texts."""
    node = place.node
    fill, border, ink = _PAINT[node.state]
    x, y, w, h = place.x, place.y, place.w, place.h
    ends = place.number == 1 or place.last
    heavy = 2.2 if node.state == "current" else 1.3
    dashed = ' stroke-dasharray="5 3"' if node.condition else ""
    whole = [node.title, node.who, node.note, node.condition]
    parts = [
        f'<g class="fc-node fc-{node.state}"><title>{escape(" · ".join(one for one in whole if one))}</title>'
    ]
    if node.state == "current":
        frame = f'x="{_n(x - 4)}" y="{_n(y - 4)}" width="{_n(w + 8)}" height="{_n(h + 8)}" rx="{20 if ends else 13}"'
        parts.append(f'<rect class="fc-glow" {frame} fill="{border}" fill-opacity=".13"/>')
    frame = f'x="{_n(x)}" y="{_n(y)}" width="{_n(w)}" height="{_n(h)}" rx="{16 if ends else 9}"'
    parts.append(
        f'<rect class="fc-box" {frame} fill="{fill}" stroke="{border}" stroke-width="{heavy}"{dashed}/>'
    )
    parts.append(_badge(x + 20, y, 10, node.state))
    parts.append(_text([str(place.number)], x + w - _PAD, y + 17, _TINY, _MUTED, "fc-number", anchor="end"))
    short = len(place.condition) == 1 and measure(place.condition[0], _TINY) <= w - 28  # beside the badge
    for at, line in enumerate(reversed(place.condition)):
        above = y - 8 - 15 * at
        shift = place.cx + 10 if w > _WIDEST else x + 36 if short else x - 4
        lift = 0 if w > _WIDEST or short else 8
        parts.append(_text([line], shift, above - lift, _TINY, _LOOP, "fc-condition"))
    down = y + 34
    parts.append(_text(place.title, x + _PAD, down, _TITLE, ink, "fc-title", step=18, bold=True))
    down += 18 * len(place.title) - 1
    quiet = ink if node.state in ("skipped", "current") else "#3a4654"
    parts.append(_text(place.who, x + _PAD, down, _SMALL, quiet, "fc-who", step=16))
    down += 16 * len(place.who)
    for name, state in place.signers:
        parts.append(_badge(x + _PAD + 6, down - 4, 5.5, state))
        parts.append(_text(name, x + _PAD + 17, down, _SMALL, _PAINT[state][2], "fc-who", step=16))
        down += 16 * len(name)
    parts.append(_text(place.note, x + _PAD, down, _TINY, _MUTED, "fc-note", step=15))
    return "".join((*parts, "</g>"))


def _badge(x: float, y: float, radius: float, state: str) -> str:
    """A round sign of the state."""
    colour, open_ = _PAINT[state][1], state == "todo"
    fill = "#ffffff" if open_ else colour
    circle = f'<circle class="fc-badge" r="10" fill="{fill}" stroke="{colour if open_ else "#ffffff"}" stroke-width="1.6"/>'
    wide = 6 if state == "current" else 4 if open_ else 2.1
    ink = colour if open_ else "#ffffff"
    icon = f'<path class="fc-icon" d="{_ICON[state]}" stroke="{ink}" stroke-width="{wide}"'
    place = f'transform="translate({_n(x)} {_n(y)}) scale({_n(radius / 10)})"'
    return f'<g class="fc-sign fc-{state}" {place}>{circle}{icon} stroke-linecap="round" stroke-linejoin="round"/></g>'


def _text(
    lines: list[str],
    x: float,
    y: float,
    size: int,
    fill: str,
    name: str,
    *,
    step: int = 0,
    bold: bool = False,
    anchor: str = "start",
) -> str:
    weight = ' font-weight="700"' if bold else ""
    turned = f' text-anchor="{anchor}"' if anchor != "start" else ""
    look = f'font-size="{size}" fill="{fill}"{weight}{turned}'
    return "".join(
        f'<text class="{name}" x="{_n(x)}" y="{_n(y + step * at)}" {look}>{escape(line)}</text>'
        for at, line in enumerate(lines)
    )


def _edge(points: list[Point], taken: bool, ended: bool) -> str:
    if not taken:
        return _line(points, "fc-edge", _EDGE, 1.5)
    if ended:
        return _line(points, "fc-edge fc-ended", _PAINT["refused"][1], 2.6)
    return _line(points, "fc-edge fc-taken", _PAINT["done"][1], 2.6)


def _backs(ways: list[_Way], width: float, y: float) -> tuple[list[str], float]:
    """The ways back as drawn; below, from `y` on, the labels that find no room on their lines, and where that ends."""
    drawn = []
    for way in ways:
        line, shown = _back(way, ways)
        drawn.append(line)
        if shown != wrap(way.bus.label, math.inf, _TINY, 1):
            lines = wrap(_in_steps(way.bus), width - 20, _TINY, _MOST)
            drawn.append(_text(lines, 10, y + 12, _TINY, _LOOP, "fc-loop-label", step=15))
            y += 15 * len(lines) + 3
    return drawn, y


def _in_steps(bus: _Bus) -> str:
    steps = ", ".join(str(start + 1) for start in bus.starts)
    return f"{steps} → {bus.end + 1}: {bus.label}"


def _back(way: _Way, ways: list[_Way]) -> tuple[str, list[str]]:
    """A way back as drawn, its label upon the longest free stretch, and what is shown of that."""
    bus = way.bus
    parts = [_line(points, "fc-loop", _LOOP, 1.3, dash="5 3") for points in way.main]
    parts += [_line(points, "fc-loop", _LOOP, 1.3, dash="5 3", tip=False) for points in way.joined]
    one, two = max((_free(span, ways) for span in way.spans), key=lambda ends: math.dist(*ends))
    shown = wrap(bus.label, max(math.dist(one, two) - 16, 36), _TINY, 1)
    label = _label("".join(shown), (one[0] + two[0]) / 2, (one[1] + two[1]) / 2, upright=one[0] == two[0])
    return f"<g><title>{escape(_in_steps(bus))}</title>{''.join(parts)}{label}</g>", shown


def _free(span: tuple[Point, Point], ways: list[_Way]) -> tuple[Point, Point]:
    """The longest stretch of a straight line that no other line of a way back meets."""
    along = 0 if span[0][1] == span[1][1] else 1
    level, low, high = span[0][1 - along], *sorted(end[along] for end in span)
    cuts = {low, high}
    for way in ways:
        for points in (*way.main, *way.joined):
            for a, b in pairwise(points):
                meets = min(a[1 - along], b[1 - along]) <= level <= max(a[1 - along], b[1 - along])
                if a[along] == b[along] and meets and low < a[along] < high:
                    cuts.add(a[along])
    start, end = max(pairwise(sorted(cuts)), key=lambda cut: cut[1] - cut[0])
    return ((start, level), (end, level)) if along == 0 else ((level, start), (level, end))


def _label(text: str, x: float, y: float, *, upright: bool) -> str:
    """A short text upon a line, on a patch of the ground."""
    if not text:
        return ""
    w = measure(text, _TINY) + 10
    frame = f'x="{_n(-w / 2)}" y="-8" width="{_n(w)}" height="16"'
    place = f"translate({_n(x)} {_n(y)})" + (" rotate(90)" if upright else "")
    words = _text([text], 0, 4, _TINY, _LOOP, "fc-loop-label", anchor="middle")
    return f'<g transform="{place}"><rect class="fc-ground" {frame} fill="#ffffff"/>{words}</g>'


def _line(
    points: list[Point], name: str, colour: str, width: float, *, dash: str = "", tip: bool = True
) -> str:
    """A line with right angles, rounded, with an arrow head at its end."""
    head = ""
    if tip:
        (x0, y0), (x1, y1) = points[-2], points[-1]
        ux, uy = (x1 > x0) - (x1 < x0), (y1 > y0) - (y1 < y0)
        size = 4 + width
        back = (x1 - ux * size * 1.45, y1 - uy * size * 1.45)
        a, b = (
            (back[0] - uy * size * 0.62, back[1] + ux * size * 0.62),
            (back[0] + uy * size * 0.62, back[1] - ux * size * 0.62),
        )
        head = f'<path class="{name} fc-tip" d="M{_p((x1, y1))}L{_p(a)}L{_p(b)}Z" fill="{colour}"/>'
        points = [*points[:-1], back]
    drawn = f"M{_p(points[0])}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        drawn += f"L{_p(_toward(corner, before))}Q{_p(corner)} {_p(_toward(corner, after))}"
    drawn += f"L{_p(points[-1])}"
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path class="{name}" d="{drawn}" stroke="{colour}" stroke-width="{width}"{dashed}/>{head}'


def _toward(corner: Point, other: Point, radius: float = 7) -> Point:
    far = max(abs(other[0] - corner[0]), abs(other[1] - corner[1]))
    share = min(radius, far / 2) / far if far else 0
    return corner[0] + (other[0] - corner[0]) * share, corner[1] + (other[1] - corner[1]) * share


def _p(point: Point) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
