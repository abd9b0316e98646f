"""The flow chart's words: time limits as people write them."""

import re

import pytest

from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.flow import chart


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


@pytest.mark.parametrize("spoken", ["zh", "en"])
@pytest.mark.parametrize("code", sorted(FORMS))
def test_where_a_step_leads_is_said_to_the_end(code: str, spoken: str) -> None:
    """A step that is done again, or that moves on by itself, says so in its note only."""
    for vertical, width in ((False, 960), (True, 360)):
        drawn = chart(definition(FORMS[code]), None, spoken, vertical=vertical, width=width)
        notes = re.findall(r'class="fc-note"[^>]*>([^<]*)', drawn)
        assert not [line for line in notes if "…" in line]
