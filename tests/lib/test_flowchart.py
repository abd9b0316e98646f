"""The drawn sign-off route: it fits its width, says itself in words and needs nothing but its attributes."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from portal.forms.flow import Progress, StepProgress, chart, ways_back
from portal.lib.flowchart import Loop, Node, draw, measure, wrap

SVG = "{http://www.w3.org/2000/svg}"
ROUTE = [
    Node("提交", "陈思远", "09-18", "done"),
    Node("部门经理审批", "李静怡", "09-19", "done"),
    Node("会签", state="current", parallel=("赵国强|done", "喆堃玥|todo")),
    Node("总经理审批", "总经理", condition="当「金额」超过「50,000」", state="skipped"),
    Node("完成"),
]
LOOPS = [Loop(1, -1, "退回"), Loop(2, -1, "退回"), Loop(3, 1, "「有效」为「否」")]


def boxes(svg):
    """Position and size of every box, in order."""
    found = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [
        tuple(float(box.get(key)) for key in ("x", "y", "width", "height"))
        for box in found
        if box.get("class") == "fc-box"
    ]


def texts(svg):
    """Every text that is drawn."""
    return [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def size(svg):
    """Width and height of the drawing."""
    return tuple(float(part) for part in ElementTree.fromstring(svg).get("viewBox").split()[2:])


def classes(svg):
    """All class names used."""
    return {name for one in ElementTree.fromstring(svg).iter() for name in (one.get("class") or "").split()}


@pytest.mark.parametrize("vertical", [False, True])
def test_drawing_needs_no_style_script_or_id(vertical):
    svg = draw(ROUTE, LOOPS, title="审批", vertical=vertical, width=360 if vertical else 960)
    assert not re.search(r"<style|style=|<script|\son\w+=|\sid=|href|url\(", svg)
    assert draw(ROUTE, LOOPS, title="审批", vertical=vertical, width=360 if vertical else 960) == svg


def test_drawing_says_itself_in_words():
    root = ElementTree.fromstring(draw(ROUTE, LOOPS, title="采购订货单 · 审批流程"))
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "采购订货单 · 审批流程"
    said = root.find(f"{SVG}desc").text
    for word in (
        "1. 提交: 陈思远",
        "部门经理审批",
        "赵国强 已完成",
        "喆堃玥 未开始",
        "当「金额」超过「50,000」",
        "退回: 3 → 1",
    ):
        assert word in said


def test_typed_names_are_escaped():
    svg = draw(
        [Node('<b>&"', "<script>", condition="a<b"), Node("完成")], [Loop(1, 0, "<i>")], title="<title>"
    )
    assert '<b>&"' in texts(svg)
    assert "<script>" not in svg


@pytest.mark.parametrize("count", [1, 2, 5, 6, 7, 9, 14, 20])
@pytest.mark.parametrize("width", [360, 720, 960])
def test_any_number_of_steps_fits_the_width(count, width):
    loops = [Loop(at, -1, "退回") for at in range(1, count)] + [
        Loop(at, at - 2, f"条件{at}") for at in range(3, count, 3)
    ]
    svg = draw([Node(f"很长的步骤名称第{at}步审批", "某某某") for at in range(count)], loops, width=width)
    wide, high = size(svg)
    places = boxes(svg)
    assert len(places) == count
    assert wide <= width + 1
    assert all(x >= 0 and y >= 0 and x + w <= wide and y + h <= high for x, y, w, h in places)
    assert not any(
        abs(one[0] - two[0]) < one[2] and abs(one[1] - two[1]) < one[3]
        for at, one in enumerate(places)
        for two in places[at + 1 :]
    )
    lines = [
        tuple(map(float, pair))
        for d in re.findall(r' d="M([^"Za-y]+)', svg)
        for pair in re.findall(r"([\d.]+) (-?[\d.]+)", d)
    ]
    assert all(-1 <= x <= wide + 1 and y <= high + 1 for x, y in lines)


def test_column_puts_one_step_below_the_other():
    svg = draw(ROUTE, LOOPS, width=360, vertical=True)
    places = boxes(svg)
    assert len({x for x, *_rest in places}) == 1
    assert all(below[1] > above[1] + above[3] for above, below in pairwise(places))
    assert size(svg)[0] <= 360


def test_way_taken_is_marked_up_to_the_furthest_step():
    svg = draw(ROUTE, [])
    assert svg.count('class="fc-edge fc-taken"') == 2
    assert svg.count('class="fc-edge"') == 2
    assert {"fc-done", "fc-current", "fc-skipped", "fc-todo"} <= classes(svg)
    refused = draw(
        [Node("提交", state="done"), Node("审批", state="refused"), Node("已拒绝", state="refused")], []
    )
    assert "fc-ended" in classes(refused)


def test_ways_back_with_one_aim_share_a_line_and_a_label():
    assert texts(draw(ROUTE, LOOPS)).count("退回") == 1


def test_loop_that_leads_forward_or_nowhere_is_left_out():
    assert "fc-loop" not in classes(draw(ROUTE, [Loop(1, 3, "x"), Loop(9, 0, "y"), Loop(0, -1, "z")]))


def test_measuring_knows_wide_characters():
    assert measure("审批", 10) == 20
    assert measure("ab", 10) < 12


@pytest.mark.parametrize(
    "text", ["售后服务部经理审核客户投诉并指定责任部门", "Alexander von Montgomery-Smith", "A" * 90, "", "批"]
)
def test_wrapped_lines_fit(text):
    lines = wrap(text, 98, 14, 3)
    assert len(lines) <= 3
    assert all(measure(one, 14) <= 98 for one in lines)
    if not lines or not lines[-1].endswith("…"):
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_words_that_fit_are_not_broken_for_even_lines():
    assert wrap("Department receipt", 96, 14.4, 3) == ["Department", "receipt"]
    for room in range(120, 165):  # however wide the longest word comes out
        assert wrap("Waterproofing acceptance", room, 13, 3) == ["Waterproofing", "acceptance"]


def test_line_does_not_begin_with_closing_punctuation():
    assert all(one[0] not in "，。」）" for one in wrap("「订货金额」，超过「五万元」。审批", 70, 14, 9))


def both(text):
    """The same text in both languages."""
    return {"zh": text, "en": text}


def step(key, **changes):
    """A step of a definition."""
    given = {"key": key, "title": both(key), "roles": ["quality_manager"], "mode": "one", "deadline": None}
    return {**given, "condition": None, "on_refusal": "applicant", "outcomes": [], "fields": [], **changes}


DEFINED = {
    "title": both("不合格品处理"),
    "steps": [
        step("judge", deadline={"amount": 2, "unit": "working_days"}),
        step("review", mode="all", roles=["production_manager", "purchasing_manager"]),
        step(
            "approve",
            condition=both("金额大"),
            on_refusal="close",
            roles=["general_manager", "deputy_general_manager"],
            mode="any",
        ),
        step("verify", outcomes=[{"to": "review", "when": both("无效")}, {"to": "close", "when": None}]),
    ],
}


def test_form_without_a_record_shows_its_roles_and_limits():
    drawn = texts(chart(DEFINED, None, "zh"))
    for word in (
        "提交",
        "发起人",
        "judge",
        "质量部经理",
        "2 个工作日内",
        "生产部经理",
        "不同意即终止",
        "完成",
        "当 金额大",
    ):
        assert word in drawn
    assert "总经理或主管副总经理" in "".join(drawn)
    assert "fc-taken" not in chart(DEFINED, None, "zh")


def test_record_shows_who_signed_and_where_it_stands():
    progress = Progress(
        submitted_by="陈思远",
        submitted_at="09-18",
        steps={
            "judge": StepProgress("done", ("李静怡",), "09-19"),
            "review": StepProgress("current", (), "", ("赵国强|done", "喆堃玥|todo")),
        },
        current="review",
    )
    svg = chart(DEFINED, progress, "zh")
    assert {"陈思远", "李静怡", "赵国强", "喆堃玥", "09-19"} <= set(texts(svg))
    assert svg.count("fc-edge fc-taken") == 2 * 2  # line and tip, as far as the current step


def test_record_that_was_refused_ends_in_red():
    steps = {"judge": StepProgress("refused", ("李静怡",), "09-19")}
    svg = chart(DEFINED, Progress("陈", "09-18", steps, finished=True, outcome="refused"), "zh")
    assert "已拒绝" in texts(svg)
    assert "完成" not in texts(svg)
    assert svg.count('"fc-node fc-skipped"') == 3
    assert svg.count("fc-edge fc-taken") == 2  # from the start to the refusal, from there on in red


def test_record_given_up_ends_as_such():
    svg = chart(DEFINED, Progress("陈", "09-18", {}, finished=True, outcome="voided"), "zh")
    assert "已作废" in texts(svg)
    assert "已拒绝" not in texts(svg)


def test_record_sent_back_stands_at_its_applicant():
    svg = chart(DEFINED, Progress("陈", "09-18", {}, current="applicant"), "zh")
    assert svg.count('"fc-node fc-current"') == 1


def test_ways_back_follow_refusals_and_answers():
    assert ways_back(DEFINED["steps"], "zh") == [
        Loop(1, 0, "退回"),
        Loop(2, 0, "退回"),
        Loop(4, 0, "退回"),
        Loop(4, 2, "无效"),
    ]
