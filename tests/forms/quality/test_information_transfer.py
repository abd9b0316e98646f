"""IC-06: each department signs and answers in the time that the urgency gives; alerts are read by the deputy."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.forms.quality.information_transfer_stages import IssuingSign
from portal.lib.clock import ZONE, now, today
from tests.forms.quality.centre import Centre

MORNING = datetime(2026, 5, 12, 1, 30, tzinfo=UTC)  # half past nine on a Tuesday


def to(centre: Centre, *keys: str, reply: bool = False) -> list[dict[str, object]]:
    """Rows of receiving departments."""
    return [{"department": centre.department(key), "reply_needed": reply} for key in keys]


def given(centre: Centre, **other: object) -> dict[str, object]:
    return {
        "kind": "information_transfer",
        "from_department": centre.department("customer_service"),
        "to_departments": to(centre, "purchasing", "warehouse"),
        "reply_by": None,
        "expected_effect": None,
        "preparation": None,
        **other,
    }


def test_to_others_each_once(centre: Centre) -> None:
    own = to(centre, "customer_service")
    assert "发出部门不能同时是接收部门" in centre.refused("IC-06", **given(centre, to_departments=own))
    twice = to(centre, "purchasing", "purchasing")
    assert "填写了两行" in centre.refused("IC-06", **given(centre, to_departments=twice))


def test_times_stand_in_their_order(centre: Centre) -> None:
    late = now() + timedelta(days=1)
    assert "不能晚于现在" in centre.refused("IC-06", **given(centre, transferred_at=late))
    early = {"transferred_at": now(), "reply_by": now() - timedelta(hours=1)}
    rows = to(centre, "purchasing", reply=True)
    assert "不能早于传递时间" in centre.refused("IC-06", **given(centre, to_departments=rows, **early))
    assert "没有部门需要回复" in centre.refused("IC-06", **given(centre, reply_by=late))


@pytest.mark.parametrize(
    ("urgency", "due"),
    [
        ("one_hour", MORNING + timedelta(hours=1)),
        ("same_day", datetime(2026, 5, 12, 18, tzinfo=ZONE)),
        ("normal", MORNING + timedelta(days=1)),
    ],
)
def test_the_urgency_gives_the_deadline(app_context: object, urgency: str, due: datetime) -> None:
    stage = IssuingSign(context={"urgency": urgency, "@now": MORNING})
    stage.compute()
    assert stage.receipt_due.data == due
    asked = MORNING + timedelta(minutes=30)
    sooner = IssuingSign(context={"urgency": urgency, "@now": MORNING, "reply_by": asked})
    sooner.compute()
    assert sooner.receipt_due.data == asked


def test_each_department_signs_and_answers_for_itself(centre: Centre) -> None:
    rows = [*to(centre, "purchasing", reply=True), *to(centre, "warehouse")]
    number = centre.filed("IC-06", "employee", **given(centre, to_departments=rows))
    assert centre.waiting(number) == [f"head:{centre.department('customer_service').id}"]
    centre.sign(number)
    heads = [f"head:{centre.department(key).id}" for key in ("purchasing", "warehouse")]
    assert centre.waiting(number) == heads
    with pytest.raises(AssertionError, match="采购部须回复"):
        centre.sign(number, reply="")
    centre.sign(number, reply="计划已调整")
    assert centre.waiting(number) == heads[1:]
    assert centre.told("employee") == []
    centre.sign(number, reply="")
    assert centre.state(number) == "finished"
    (told,) = centre.told("employee")
    assert told == "接收部门已回复：采购部：计划已调整"
    page = centre.browser("employee").get(f"/quality/transfers/{number}")
    assert "计划已调整" in page.text
    (line,) = centre.lines("archive", number)
    assert line["origin"] == "客户服务部"


def test_both_answers_reach_the_sender(centre: Centre) -> None:
    rows = to(centre, "purchasing", "warehouse", reply=True)
    number = centre.filed("IC-06", "employee", **given(centre, to_departments=rows))
    centre.sign(number)
    centre.sign(number, reply="一")
    centre.sign(number, reply="二")
    assert centre.told("employee") == ["接收部门已回复：采购部：一；库房：二"]


def test_a_dispute_sends_it_back(centre: Centre) -> None:
    number = centre.filed("IC-06", **given(centre))
    centre.sign(number)
    centre.sign(number)
    centre.refuse(number, "数量不准确")
    assert centre.state(number) == "returned"
    assert centre.waiting(number) == []
    assert centre.lines("archive", number) == []


def test_an_alert_says_what_it_does_and_is_read_by_the_deputy(centre: Centre) -> None:
    alert = given(centre, kind="major_change_alert")
    told = centre.refused("IC-06", **alert)
    assert "预期影响" in told
    assert "应对准备" in told
    number = centre.filed("IC-06", **{**alert, "expected_effect": "停产", "preparation": "备料"})
    for _step in range(3):
        centre.sign(number)
    assert centre.waiting(number) == ["role:deputy_general_manager"]
    assert centre.lines("archive", number) == []
    with pytest.raises(AssertionError, match="落实期限"):
        centre.sign(number, deputy_instruction="立即备料", act_by="")
    with pytest.raises(AssertionError, match="不能早于今天"):
        centre.sign(number, deputy_instruction="立即备料", act_by="2020-01-01")
    centre.sign(number, deputy_instruction="立即备料", act_by=today().isoformat())
    keys = {key for title, key in centre.asked(number) if "立即备料" in title}
    assert keys == {f"head:{centre.department(key).id}" for key in ("purchasing", "warehouse")}
    assert len(centre.lines("archive", number)) == 1


def test_others_need_no_deputy(centre: Centre) -> None:
    number = centre.to_end(centre.filed("IC-06", **given(centre)))
    assert centre.asked(number) == []
