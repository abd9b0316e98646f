"""IC-07: the chair confirms the minutes, decisions become somebody's to do, departments acknowledge."""

from datetime import timedelta

from portal.domain.deadlines import hours
from portal.forms.kinds import Ref
from portal.forms.quality.meeting_minutes import MeetingMinutes
from portal.lib.clock import now, today
from tests.forms.quality.centre import Centre


def given(centre: Centre, **other: object) -> dict[str, object]:
    chair, buyer = centre.person("quality_manager"), centre.person("purchasing_manager")
    decision = {"decision": "核对在途订单", "owner": buyer, "due": today() + timedelta(days=5)}
    return {
        "chair": chair,
        "held_at": now() - timedelta(hours=1),
        "attendees": [{"person": one, "present": True} for one in (chair, buyer)],
        "decisions": [{**decision, "improvement": False}],
        **other,
    }


def test_what_contradicts_itself_is_refused(centre: Centre) -> None:
    told = given(centre)
    assert "不能晚于现在" in centre.refused("IC-07", **{**told, "held_at": now() + timedelta(hours=2)})
    row = {"person": told["chair"], "present": True}
    assert "填写了两行" in centre.refused("IC-07", **{**told, "attendees": [row, row]})
    away = [{"person": told["chair"], "present": False}]
    assert "标为未出席" in centre.refused("IC-07", **{**told, "attendees": away})
    early = {"decision": "补齐标识", "owner": told["chair"], "due": today() - timedelta(days=3)}
    assert "决议的期限不能早于会议当天" in centre.refused("IC-07", **{**told, "decisions": [early]})


def test_a_name_of_any_length_is_looked_up_and_not_found(centre: Centre) -> None:
    assert "找不到" in centre.refused("IC-07", chair=Ref(None, "长" * 70_000))


def test_the_chair_confirms_within_a_day_of_the_meeting(centre: Centre) -> None:
    step = MeetingMinutes.signoff.step("chair_sign")
    assert step.within == hours(24, since="held_at")
    number = centre.filed("IC-07", **given(centre))
    assert centre.waiting(number) == [f"person:{centre.person('quality_manager').id}"]
    centre.refuse(number)
    assert centre.state(number) == "returned"
    assert centre.asked(number) == []


def test_decisions_become_tasks_and_the_departments_acknowledge(centre: Centre) -> None:
    number = centre.filed("IC-07", **given(centre))
    centre.sign(number)
    buyer = centre.person("purchasing_manager")
    assert centre.asked(number) == [("落实会议决议：核对在途订单", f"person:{buyer.id}")]
    assert centre.lines("improvement_actions", number) == []
    heads = [f"head:{centre.department(key).id}" for key in ("quality", "purchasing")]
    assert centre.waiting(number) == heads
    centre.to_end(number)


def test_improvements_are_tracked_as_such(centre: Centre) -> None:
    buyer = centre.person("purchasing_manager")
    row = {"decision": "改进节拍", "owner": buyer, "due": today() + timedelta(days=9), "improvement": True}
    number = centre.filed("IC-07", **given(centre, decisions=[row]))
    centre.sign(number)
    assert centre.lines("improvement_actions", number) == []  # a department may still send the minutes back
    centre.to_end(number)
    (line,) = centre.lines("improvement_actions", number)
    assert (line["no"], line["action"], line["source"]) == (f"{number}/1", "改进节拍", number)
    assert "落实会议决议：改进节拍" not in {title for title, _key in centre.asked(number)}
    assert centre.drafts(number, "QA-19") or "填写 QA-19" in {title for title, _key in centre.asked(number)}
