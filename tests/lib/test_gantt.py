"""The drawn schedule: every bar on its days, its state in words too, and nothing but attributes."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from portal.lib.gantt import Bar, draw
from portal.lib.i18n import speaking

SVG = "{http://www.w3.org/2000/svg}"
TODAY = date(2026, 5, 12)
BARS = [
    Bar("水电改造", date(2026, 5, 1), date(2026, 5, 10), "done", done_on=date(2026, 5, 9)),
    Bar("防水工程", date(2026, 5, 8), date(2026, 5, 11), "late", "王师傅"),
    Bar("泥瓦工程", date(2026, 5, 11), date(2026, 5, 30), "current", progress=25),
    Bar("隐蔽工程验收", None, date(2026, 5, 20)),
    Bar("<吊顶> & 隔墙", date(2026, 6, 1), date(2026, 6, 12), "skipped"),
]


def root(bars: list[Bar], today: date = TODAY) -> ElementTree.Element:
    return ElementTree.fromstring(draw(bars, today))


def shapes(svg: ElementTree.Element, name: str) -> list[dict[str, str]]:
    return [one.attrib for one in svg.iter() if name in (one.get("class") or "").split()]


def texts(svg: ElementTree.Element, name: str) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text") if one.get("class") == name]


def span(frame: dict[str, str]) -> tuple[float, float]:
    start = float(frame["x"])
    return start, start + float(frame["width"])


def test_it_needs_no_style_script_or_id() -> None:
    svg = draw(BARS, TODAY)
    assert not re.search(r"<style|style=|<script|\son\w+=|\sid=|href|url\(", svg)
    assert draw(BARS, TODAY) == svg


def test_it_says_itself_in_words() -> None:
    svg = root(BARS)
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == "进度图"
    said = svg.findtext(f"{SVG}desc") or ""
    assert "水电改造: 2026-05-01 – 2026-05-10, 已完成 05-09" in said
    assert "隐蔽工程验收: 2026-05-20, 未开始" in said
    assert "今天 2026-05-12" in said
    with speaking("en"):
        assert "今天" not in draw([Bar("Painting", TODAY, TODAY)], TODAY)


def test_months_are_named_as_the_reader_does() -> None:
    year = [Bar("Painting", TODAY, TODAY + timedelta(days=300))]
    assert "6月" in texts(root(year), "gt-scale")
    with speaking("en"):
        assert {"Jun", "Sep"} <= set(texts(root(year), "gt-scale"))
        assert "May 2026" in texts(root(BARS), "gt-scale")


def test_every_state_is_said_without_colour() -> None:
    assert texts(root(BARS), "gt-word") == ["已完成 05-09", "逾期 1 天", "进行中 25%", "未开始", "不适用"]
    assert len(shapes(root(BARS), "gt-mark")) == 2  # a tick and an exclamation mark


def test_bars_lie_on_their_days() -> None:
    first, second, third, fourth = (span(one) for one in shapes(root(BARS), "gt-bar"))
    day = (first[1] - first[0]) / 10
    assert second[0] == pytest.approx(first[0] + 7 * day, abs=0.2)
    assert third == pytest.approx((first[0] + 10 * day, first[0] + 30 * day), abs=0.2)
    assert fourth[0] == pytest.approx(first[0] + 31 * day, abs=0.2)


def test_what_is_done_is_drawn_along_the_foot() -> None:
    done, part = (span(one) for one in shapes(root(BARS), "gt-part"))
    whole = [span(one) for one in shapes(root(BARS), "gt-bar")]
    assert done[1] - done[0] == pytest.approx(whole[0][1] - whole[0][0], abs=3)
    assert part[1] - part[0] == pytest.approx((whole[2][1] - whole[2][0]) / 4, abs=3)


def test_days_after_the_last_planned_one_are_dashed() -> None:
    (over,) = shapes(root(BARS), "gt-over")
    assert "stroke-dasharray" in over
    late = Bar("油漆", date(2026, 5, 1), date(2026, 5, 4), "done", done_on=date(2026, 5, 8))
    assert len(shapes(root([late]), "gt-over")) == 1
    punctual = Bar("油漆", date(2026, 5, 1), date(2026, 5, 4), "done", done_on=date(2026, 5, 4))
    assert not shapes(root([punctual]), "gt-over")


def test_a_single_day_is_a_diamond() -> None:
    assert len(shapes(root(BARS), "gt-day")) == 1


@pytest.mark.parametrize(
    ("today", "drawn"), [(TODAY, True), (date(2026, 7, 1), True), (date(2027, 5, 1), False)]
)
def test_today_is_a_line_where_it_lies_near(today: date, drawn: bool) -> None:
    assert bool(shapes(root(BARS, today), "gt-now")) is drawn


@pytest.mark.parametrize("days", [1, 30, 200, 900, 3000])
def test_nothing_leaves_the_paper(days: int) -> None:
    svg = root(
        [
            Bar(
                "一段很长很长的工序名称，写不进一行，也写不进两行的那一种工序名称",
                TODAY,
                TODAY + timedelta(days=days),
            )
        ]
    )
    width, height = (float(part) for part in (svg.get("viewBox") or "").split()[2:])
    for one in svg.iter():
        if one.get("x"):
            assert 0 <= float(one.get("x", 0)) <= width
            assert 0 <= float(one.get("y", 0)) <= height
    scale = [one for one in svg.iter(f"{SVG}text") if one.get("class") == "gt-scale" and one.get("y") == "33"]
    labels = sorted(float(one.get("x", 0)) for one in scale)
    assert all(after - before >= 12 for before, after in pairwise(labels))
    assert 1 <= len(texts(svg, "gt-scale")) < 60


def test_texts_are_escaped_and_cut() -> None:
    assert "&lt;吊顶&gt; &amp; 隔墙" in draw(BARS, TODAY)
    assert len(texts(root([Bar("工序" * 60, TODAY, TODAY)]), "gt-title")) == 2


def test_an_empty_schedule_says_so() -> None:
    assert "尚无安排" in draw([], TODAY)
    assert not shapes(root([]), "gt-row")
