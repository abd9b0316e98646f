"""Where one Chinese word stands for several things, English says which."""

import pytest

from portal.forms.catalogue import FORMS
from portal.forms.definition import definition, every_field

ENGLISH = {
    ("RD-16", "verdict", "pass"): "Pass",
    ("RD-25", "trial_verdict", "pass"): "Pass",
    ("DS-11", "test_conclusion", "pass"): "Pass",
    ("PL-05", "decision", "granted"): "Granted",
    ("RD-22", "stock_disposal", "scrap"): "Scrap",
    ("EN-32", "area", "management"): "Management",
    ("EN-27", "source_acceptance", ""): "Acceptance",
    ("EN-30", "safety_checks", ""): "Safety checks",
    ("EN-29", "action_due", ""): "To be finished by",
}


@pytest.mark.parametrize(("code", "name", "value"), ENGLISH)
def test_one_chinese_word_has_the_english_of_its_place(code: str, name: str, value: str) -> None:
    field = next(one for one in every_field(definition(FORMS[code])) if one["name"] == name)
    said = {choice["value"]: choice["en"] for choice in field.get("choices", ())} | {"": field["label"]["en"]}
    assert said[value] == ENGLISH[code, name, value]
