"""Draws what waits for what as an SVG text: stages in layers from left to right, each after those before it.

Presentation attributes and class names only, so a page may hold several drawings and its style sheet recolours
them: `sg` on the drawing, `sg-node` with `sg-<state>` on each stage, `sg-box`, `sg-badge`, `sg-icon`, `sg-title`,
`sg-state`, `sg-note`, `sg-edge` with `sg-taken` or `sg-void`. A box of the class `sg-scroll` lets a phone scroll it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from portal.lib.flowchart import wrap
from portal.lib.i18n import _, _l
from portal.lib.stage_layers import Edge, Layers, arrange

STATES = {
    "open": _l("可以开始"),
    "waiting": _l("等待中"),
    "preparing": _l("进行中"),
    "submitted": _l("已送件"),
    "to_be_corrected": _l("补正"),
    "refused": _l("未通过"),
    "passed": _l("已通过"),
    "skipped": _l("不办理"),
}


@dataclass(frozen=True, slots=True)
class Node:
    """One stage as drawn: `state` is a key of STATES, `note` a short word such as a day, `href` where it leads."""

    key: str
    title: str
    state: str
    note: str = ""
    href: str = ""


# State -> fill, border, text. Contrast of the text is at least 4.5 : 1.
_PAINT = {
    "open": ("#e9f1fd", "#1d5fbf", "#12305c"),
    "waiting": ("#ffffff", "#8f9caa", "#1b2430"),
    "preparing": ("#fff8e8", "#a86a12", "#1b2430"),
    "submitted": ("#fff8e8", "#a86a12", "#1b2430"),
    "to_be_corrected": ("#fff8e8", "#a86a12", "#1b2430"),
    "refused": ("#fdf0ef", "#b3261e", "#1b2430"),
    "passed": ("#f0f7f2", "#2e7d4f", "#1b2430"),
    "skipped": ("#f7f8f9", "#b4bdc7", "#667080"),
}
_ICON = {
    "open": "M-2.4-4 3.6 0-2.4 4Z",
    "waiting": "M0-4.6V.4L3.2 2.4",
    "preparing": "M-3.8 0h.01M0 0h.01M3.8 0h.01",
    "submitted": "M-4.4 0H4M.8-3.2 4 0 .8 3.2",
    "to_be_corrected": "M0-4.6V1M0 4.4h.01",
    "refused": "M-3.2-3.2 3.2 3.2M3.2-3.2-3.2 3.2",
    "passed": "M-4 .3-1.2 3.2 4.2-3",
    "skipped": "M-3.8 0H3.8",
}
_MUTED, _EDGE = "#5b6674", "#a9b4c0"
_TITLE, _SMALL = 14, 12
_WIDTH, _PAD, _ACROSS, _DOWN = 176.0, 12.0, 54.0, 18.0


@dataclass(slots=True)
class _Place:
    """A stage with its texts in lines, and where its box stands."""

    node: Node
    title: list[str] = field(init=False)
    note: list[str] = field(init=False)
    x: float = 0
    y: float = 0
    h: float = 0

    def __post_init__(self) -> None:
        self.title = wrap(self.node.title, _WIDTH - 2 * _PAD, _TITLE * 1.03, 3)
        self.note = wrap(self.node.note, _WIDTH - 2 * _PAD, _SMALL, 2)
        self.h = 40.0 + 18 * len(self.title) + 16 * len(self.note)

    @property
    def middle(self) -> float:
        return self.y + self.h / 2


def draw(nodes: Sequence[Node], edges: Sequence[Edge], *, title: str = "") -> str:
    """The stages as SVG; an edge leads from a stage to one that waits for it, what others imply is left out."""
    skipped = {node.key for node in nodes if node.state == "skipped"}
    layers = arrange([node.key for node in nodes], edges, skipped)
    places = {node.key: _Place(node) for node in nodes}
    middles = _set(layers, places)
    height = max((place.y + place.h for place in places.values()), default=0) + 12
    width = len(layers.rows) * (_WIDTH + _ACROSS) - _ACROSS + 12 if layers.rows else 12
    lines = [_edge(chain, middles, places) for chain in layers.chains]
    boxes = [_box(places[node.key]) for node in nodes]
    size = f'viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" height="{_n(height)}"'
    words = f"<title>{escape(title or _('阶段图'))}</title><desc>{escape(_in_words(nodes, edges))}</desc>"
    family = 'font-family="Noto Sans SC, Noto Sans CJK SC, sans-serif"'
    body = "".join((*lines, *boxes))
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="sg" role="group" {size} {family} fill="none">{words}{body}</svg>'


def _in_words(nodes: Sequence[Node], edges: Sequence[Edge]) -> str:
    names = {node.key: node.title for node in nodes}
    said = []
    for node in nodes:
        before = _("、").join(names[one] for one, two in edges if two == node.key and one in names)
        waits = _("须先通过：%(stages)s", stages=before) if before else ""
        about = ", ".join(one for one in (str(STATES[node.state]), node.note, waits) if one)
        said.append(f"{node.title}: {about}")
    return "; ".join(said)


def _set(layers: Layers, places: dict[str, _Place]) -> dict[str, float]:
    """Gives every stage its place; the middles of all that stands in the rows, with the bends of long lines."""
    heights = {name: places[name].h if name in places else 4.0 for row in layers.rows for name in row}
    middles: dict[str, float] = {}
    for row in layers.rows:
        _stack(row, dict.fromkeys(row, 0.0), heights, middles)
    for sweep in range(8):
        sides = layers.before if sweep % 2 == 0 else layers.behind
        for row in layers.rows if sweep % 2 == 0 else reversed(layers.rows):
            wish = {name: _mean((middles[one] for one in sides[name]), middles[name]) for name in row}
            _stack(row, wish, heights, middles)
    top = min((middles[name] - heights[name] / 2 for name in middles), default=0)
    for number, row in enumerate(layers.rows):
        for name in row:
            middles[name] += 14 - top
            if name in places:
                places[name].x = 6 + number * (_WIDTH + _ACROSS)
                places[name].y = middles[name] - heights[name] / 2
    return middles


def _stack(
    row: Sequence[str], wish: dict[str, float], heights: dict[str, float], middles: dict[str, float]
) -> None:
    """Puts a row as near to its wishes as its order and the gaps allow, and no further down than up on the whole."""
    end = None
    for name in row:
        lowest = wish[name] if end is None else max(wish[name], end + heights[name] / 2 + _DOWN)
        middles[name], end = lowest, lowest + heights[name] / 2
    shift = _mean((middles[name] - wish[name] for name in row), 0.0)
    for name in row:
        middles[name] -= shift


def _mean(values: Iterable[float], otherwise: float) -> float:
    every = list(values)
    return sum(every) / len(every) if every else otherwise


def _edge(chain: Sequence[str], middles: dict[str, float], places: dict[str, _Place]) -> str:
    """A line from one stage over its bends to another, with an arrow head."""
    start, end = places[chain[0]], places[chain[-1]]
    x, y = start.x + _WIDTH, start.middle
    drawn = f"M{_n(x)} {_n(y)}"
    for name in (*chain[1:-1], chain[-1]):
        last = name == chain[-1]
        to_x = end.x - 7 if last else x + _ACROSS
        half = (to_x - x) / 2
        drawn += (
            f"C{_n(x + half)} {_n(y)} {_n(to_x - half)} {_n(middles[name])} {_n(to_x)} {_n(middles[name])}"
        )
        x, y = to_x, middles[name]
        if not last:
            x += _WIDTH
            drawn += f"H{_n(x)}"
    state, colour, width = "", _EDGE, "1.6"
    if "skipped" in (start.node.state, end.node.state):
        state = " sg-void"
    elif start.node.state == "passed":
        state, colour, width = " sg-taken", _PAINT["passed"][1], "2.4"
    dashed = ' stroke-dasharray="4 4"' if state == " sg-void" else ""
    tip = f"M{_n(end.x - 1)} {_n(y)}l-8 -4.5v9Z"
    line = f'<path class="sg-edge{state}" d="{drawn}" stroke="{colour}" stroke-width="{width}"{dashed}/>'
    return f'{line}<path class="sg-edge sg-tip{state}" d="{tip}" fill="{colour}"/>'


def _box(place: _Place) -> str:
    """The stage: its box, sign and texts, as a link where it leads somewhere."""
    node, x, y = place.node, place.x, place.y
    fill, border, ink = _PAINT[node.state]
    state = str(STATES[node.state])
    dashed = ' stroke-dasharray="5 3"' if node.state == "skipped" else ""
    frame = f'x="{_n(x)}" y="{_n(y)}" width="{_n(_WIDTH)}" height="{_n(place.h)}" rx="9"'
    look = f'fill="{fill}" stroke="{border}" stroke-width="{"2.2" if node.state == "open" else "1.3"}"'
    said = " · ".join(one for one in (node.title, state, node.note) if one)
    parts = [f"<title>{escape(said)}</title>", f'<rect class="sg-box" {frame} {look}{dashed}/>']
    parts.append(_badge(x + _PAD + 7, y + 17, node.state))
    parts.append(_text([state], x + _PAD + 20, y + 21, _SMALL, ink, "sg-state"))
    down = y + 43
    parts.append(_text(place.title, x + _PAD, down, _TITLE, ink, "sg-title", step=18))
    down += 18 * len(place.title) - 1
    parts.append(_text(place.note, x + _PAD, down, _SMALL, _MUTED, "sg-note", step=16))
    drawn = f'<g class="sg-node sg-{node.state}">{"".join(parts)}</g>'
    return f'<a href="{escape(node.href)}">{drawn}</a>' if node.href else drawn


def _badge(x: float, y: float, state: str) -> str:
    """A round sign of the state."""
    colour = _PAINT[state][1]
    circle = f'<circle class="sg-badge" r="10" fill="{colour}"/>'
    lines = 'stroke="#ffffff" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"'
    icon = f'<path class="sg-icon" d="{_ICON[state]}" {lines}/>'
    return f'<g transform="translate({_n(x)} {_n(y)}) scale(.75)">{circle}{icon}</g>'


def _text(lines: Sequence[str], x: float, y: float, size: int, fill: str, name: str, *, step: int = 0) -> str:
    weight = ' font-weight="700"' if name == "sg-title" else ""
    look = f'font-size="{size}" fill="{fill}"{weight}'
    return "".join(
        f'<text class="{name}" x="{_n(x)}" y="{_n(y + step * at)}" {look}>{escape(line)}</text>'
        for at, line in enumerate(lines)
    )


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
