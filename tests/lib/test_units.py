"""Units behind a count."""

import pytest

from portal.lib.i18n import _l, speaking, unit


@pytest.mark.parametrize(
    ("of", "count", "zh", "en"),
    [
        (_l("件"), 1, "件", "case"),
        (_l("件"), 0, "件", "cases"),
        (_l("小时"), 24, "小时", "hours"),
        (_l("小时"), 1.0, "小时", "hour"),
        ("%", 1, "%", "%"),
        (_l("元"), 1, "元", "yuan"),
    ],
)
def test_english_says_one_case_and_two_cases(of: object, count: float, zh: str, en: str) -> None:
    found = []
    for spoken in ("zh", "en"):
        with speaking(spoken):
            found.append(unit(of, count))
    assert found == [zh, en]
