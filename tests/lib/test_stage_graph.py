"""The drawn stages: layers after what they wait for, few crossings, said in words, nothing but attributes."""

import re
from xml.etree import ElementTree

import pytest

from portal.domain.projects import KINDS
from portal.lib.stage_graph import STATES, Node, draw
from portal.lib.stage_layers import arrange, crossings

SVG = "{http://www.w3.org/2000/svg}"
NODES = [
    Node("land", "土地招拍挂手续", "passed", "2026-05-12", "/records/1"),
    Node("report", "可行性研究报告", "submitted"),
    Node("approval", "立项文件", "waiting"),
    Node("review", "方案审核意见单", "skipped"),
    Node("permit", "建设工程规划许可证", "waiting"),
]
EDGES = [
    ("report", "approval"),
    ("land", "permit"),
    ("approval", "permit"),
    ("review", "permit"),
    ("report", "permit"),
]


def frames(svg: str) -> list[tuple[float, ...]]:
    """Position and size of every box, in the order of the nodes."""
    found = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [tuple(float(box.get(name, 0)) for name in ("x", "y", "width", "height")) for box in found]


def depths(keys: list[str], edges: list[tuple[str, str]], skipped: set[str] | None = None) -> dict[str, int]:
    """The layer of each key."""
    return {
        name: at
        for at, row in enumerate(arrange(keys, edges, skipped or set()).rows)
        for name in row
        if name in keys
    }


def test_it_needs_no_style_script_or_id() -> None:
    svg = draw(NODES, EDGES)
    assert not re.search(r"<style|style=|<script|\son\w+=|\sid=|url\(", svg)
    assert draw(NODES, EDGES) == svg
    assert {
        name[:2] for one in ElementTree.fromstring(svg).iter() for name in (one.get("class") or "sg").split()
    } == {"sg"}


def test_it_says_itself_in_words() -> None:
    root = ElementTree.fromstring(draw(NODES, EDGES, title="滨江花园 · 手续"))
    title, said = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "滨江花园 · 手续"
    assert said is not None
    assert "土地招拍挂手续: 已通过, 2026-05-12" in (said.text or "")
    assert "立项文件: 等待中, 须先通过：可行性研究报告" in (said.text or "")


@pytest.mark.parametrize("state", list(STATES))
def test_each_state_is_told_by_a_word_and_a_sign(state: str) -> None:
    root = ElementTree.fromstring(draw([Node("a", "立项文件", state)], []))
    assert str(STATES[state]) in [one.text for one in root.iter(f"{SVG}text")]
    assert [one for one in root.iter(f"{SVG}path") if one.get("class") == "sg-icon"]


def test_where_a_stage_leads_is_a_link_and_texts_are_escaped() -> None:
    root = ElementTree.fromstring(
        draw([Node("a", "<b>&", "open", "“x”", '/p?a=1&b="2"'), Node("b", "无", "open")], [])
    )
    links = list(root.iter(f"{SVG}a"))
    assert [one.get("href") for one in links] == ['/p?a=1&b="2"']
    assert "<b>&" in [one.text for one in root.iter(f"{SVG}text")]


def test_boxes_stand_in_the_drawing_and_not_upon_each_other() -> None:
    for kind in KINDS.values():
        nodes = [Node(one.key, str(one.title) * 3, "waiting", "2026-05-12") for one in kind.stages]
        edges = [(wait.key, one.key) for one in kind.stages for wait in one.after]
        svg = draw(nodes, edges)
        boxes = frames(svg)
        width, height = (float(part) for part in ElementTree.fromstring(svg).get("viewBox", "").split()[2:])
        assert all(x >= 0 and y >= 0 and x + w <= width and y + h <= height for x, y, w, h in boxes)
        for at, (x, y, w, h) in enumerate(boxes):
            for other in boxes[at + 1 :]:
                apart = x + w <= other[0] or other[0] + other[2] <= x
                assert apart or y + h <= other[1] or other[1] + other[3] <= y


def test_a_long_title_is_wrapped() -> None:
    root = ElementTree.fromstring(draw([Node("a", "人防修建防空地下室方案意见书或易建意见书", "open")], []))
    assert len([one for one in root.iter(f"{SVG}text") if one.get("class") == "sg-title"]) == 2


def test_each_stands_after_all_that_it_waits_for() -> None:
    assert depths(["a", "b", "c", "d"], [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")]) == {
        "a": 0, "b": 1, "c": 2, "d": 0,
    }  # fmt: skip


def test_what_others_imply_is_left_out_but_not_past_a_skipped_one() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c")]
    assert arrange(["a", "b", "c"], edges).chains == [("a", "b"), ("b", "c")]
    assert len(arrange(["a", "b", "c"], edges, {"b"}).chains) == 3


def test_rings_and_strangers_do_no_harm() -> None:
    edges = [("a", "b"), ("b", "a"), ("a", "a"), ("a", "x"), ("a", "b")]
    assert arrange(["a", "b"], edges).chains == [("a", "b")]
    assert ElementTree.fromstring(draw([], [])).tag == f"{SVG}svg"


def test_lines_are_untangled() -> None:
    assert crossings(arrange(["a", "b", "c", "d"], [("a", "d"), ("b", "c")])) == 0
    for kind in KINDS.values():
        edges = [(wait.key, one.key) for one in kind.stages for wait in one.after]
        assert crossings(arrange([one.key for one in kind.stages], edges)) <= 3
