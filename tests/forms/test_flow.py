"""The flow chart's words: time limits as people write them."""

from xml.etree import ElementTree

import pytest

from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.flow import chart, ways_back
from portal.lib.flowchart import measure

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("code", "spoken", "words"),
    [
        ("PU-04", "en", ("within 1 working day<", "within 2 working days<")),
        ("PU-04", "zh", ("1 个工作日内", "2 个工作日内")),
        ("EN-18", "zh", ("24 小时内",)),
        (
            "CS-39",
            "zh",
            ("1 小时内，不过当日 · 逾期即自动转“上报上级领导”", "1 小时内 · 逾期或不同意即转“上报上级领导”"),
        ),
        ("CS-39", "en", ("within 1 hour, the same day · if overdue, on to “Escalation” by itself",)),
        ("CS-25", "zh", ("1 周内 · 「是否接通」为「否」时再办",)),
    ],
)
def test_a_step_says_how_long_it_may_take(code: str, spoken: str, words: tuple[str, ...]) -> None:
    drawn = chart(definition(FORMS[code]), None, spoken)
    for word in words:
        assert word in drawn
    assert ("Not started" in drawn) == (spoken == "en"), "the states too, whoever reads"


def test_no_name_stands_in_the_quotation_marks_of_the_papers() -> None:
    assert not [code for code, form in FORMS.items() if "《" in str(form.name)]


WIDTHS = ((False, 960), (False, 680), (True, 360))  # page, print, phone


@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(FORMS))
def test_whatever_a_route_says_is_said_to_the_end(code: str, spoken: str) -> None:
    """A step that moves on by itself says so in its note only; what a way back's line has no room for stands below."""
    defined = definition(FORMS[code])
    for vertical, width in WIDTHS:
        drawn = ElementTree.fromstring(chart(defined, None, spoken, vertical=vertical, width=width))
        texts = [one for one in drawn.iter(f"{SVG}text") if one.get("class") != "fc-loop-label"]
        assert not [one.text for one in texts if "…" in str(one.text)]
        labels = [str(one.text) for one in drawn.iter(f"{SVG}text") if one.get("class") == "fc-loop-label"]
        back = [way for way in ways_back(defined["steps"], spoken) if way.end < way.start]
        for way in back:
            assert "".join(way.label.split()) in "".join("".join(labels).split())


@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(FORMS))
def test_no_text_stands_over_the_edge(code: str, spoken: str) -> None:
    for vertical, width in WIDTHS:
        svg = chart(definition(FORMS[code]), None, spoken, vertical=vertical, width=width)
        drawn = ElementTree.fromstring(svg)
        wide, high = map(float, str(drawn.get("viewBox")).split()[2:])
        for one in drawn.iter(f"{SVG}text"):
            x, y, size = (float(str(one.get(name))) for name in ("x", "y", "font-size"))
            if one.get("text-anchor") is None:
                assert 0 <= x <= x + measure(str(one.text), size) <= wide, one.text
                assert size - 3 <= y <= high, one.text
