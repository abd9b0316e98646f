"""QA-15: eight disciplines, a way back to the cause, and what remains of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.demo.stories.quality import STORIES
from portal.domain.deadlines import hours, weeks, working_days
from portal.domain.effects import Opens, PostsEntry, Tells
from portal.domain.signoff import Back
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.eight_d_report import Containment, EightDReport
from portal.queries import works

DAY = date(2026, 5, 12)
ROUTE = EightDReport.signoff
LEADER = Ref(8, "何工 E008")

pytestmark = pytest.mark.usefixtures("app_context")


def opening(**other: Any) -> dict[str, Any]:
    return {
        "source_record": Ref(None, "QA-01-2026-0001"),
        "subject": "门板划伤",
        "responsible_department": Ref(2, "工程部"),
        "team_leader": LEADER,
        "team": [{"person": LEADER, "task": "组织"}],
        "problem": "12件划伤",
        "found_on": DAY,
        **other,
    }


def closed(**other: Any) -> list[Any]:
    answers = opening(
        corrective_actions=[
            {"action": "加装软垫", "owner": LEADER, "due": DAY},
            {"action": "培训", "owner": Ref(9, "吴工 E009"), "due": DAY},
        ],
        implemented="已落实",
        preventive_actions="修改规程",
        **other,
    )
    record = Filed(7, "QA-15-2026-0007", "QA-15", answers, 1, 1, 5, {}, datetime(2026, 5, 12, tzinfo=UTC))
    return list(EightDReport.effects("closing", record))


def test_a_team_needs_a_member() -> None:
    form = EightDReport(answers=opening(team=[]))
    assert not form.validate()
    assert set(form.errors) == {"team"}
    assert EightDReport(answers=opening()).validate()


def test_a_problem_was_found_and_each_of_the_team_stands_once() -> None:
    later = EightDReport(answers=opening(found_on=date(2200, 1, 1)))
    twice = EightDReport(answers=opening(team=[{"person": LEADER, "task": "组织"}] * 2))
    assert not later.validate()
    assert not twice.validate()
    assert (set(later.errors), set(twice.errors)) == ({"found_on"}, {"team"})


def test_an_interim_action_was_done() -> None:
    row = {"action": "全检在库品", "owner": LEADER, "done_on": date(2200, 1, 1)}
    assert not Containment(answers={"interim_actions": [row]}).validate()
    assert Containment(answers={"interim_actions": [{**row, "done_on": DAY}]}).validate()


def test_it_is_called_by_its_subject() -> None:
    assert EightDReport(answers=opening()).heading() == "门板划伤"


def test_members_are_kept_by_their_plain_names() -> None:
    form = EightDReport(answers=opening())
    assert form.dump()["team"] == [{"person": {"id": 8, "text": "何工 E008"}, "task": "组织"}]


def test_the_leader_fills_in_d3_to_d7_in_their_times() -> None:
    times = {step.key: step.within for step in ROUTE.steps}
    assert times == {
        "containment": hours(24),
        "root_cause": working_days(5),
        "corrective_action": working_days(7),
        "implementation": weeks(3),
        "prevention": weeks(4),
        "verification": weeks(1),
        "closing": working_days(3),
    }
    for step in ROUTE.steps[:5]:
        assert [(party.kind, party.key) for party in step.by.parties] == [("person", "team_leader")]
        assert not step.judges


def test_what_does_not_work_starts_again_at_the_cause() -> None:
    step = ROUTE.step("verification")
    assert step.judges
    assert set(ROUTE.judged("verification")) == {step.key for step in ROUTE.steps[:5]}
    outcome = step.outcome({"effective": False})
    assert isinstance(outcome, Back)
    assert outcome.to == "root_cause"
    assert step.outcome({"effective": True}) is None
    assert step.on_refusal == Back("root_cause")


def test_an_action_has_an_owner_and_a_day() -> None:
    stage = Containment(answers={"interim_actions": [{"action": "隔离", "owner": None, "done_on": None}]})
    assert not stage.validate()


def test_every_action_enters_the_ledger() -> None:
    entries = closed()
    assert all(isinstance(one, PostsEntry) and one.ledger == "improvement_actions" for one in entries)
    assert [(one.facts["action"], one.facts["owner"], one.facts["due"]) for one in entries] == [
        ("加装软垫", "何工 E008", "2026-05-12"), ("培训", "吴工 E009", "2026-05-12"), ("修改规程", "何工 E008", ""),
    ]  # fmt: skip
    assert entries[0].facts["department"] == "工程部"


def test_what_is_still_to_come_is_followed_further() -> None:
    later = {"action": "更新规程", "owner": LEADER, "due": date(2026, 6, 1)}
    answers = opening(
        corrective_actions=[{"action": "加装软垫", "owner": LEADER, "due": DAY}, later],
        implemented="已落实",
        preventive_actions="修改规程",
    )
    record = Filed(7, "QA-15-2026-0007", "QA-15", answers, 1, 1, 5, {}, datetime(2026, 5, 12, tzinfo=UTC))
    found = list(EightDReport.effects("closing", record))
    (draft,) = [one for one in found if isinstance(one, Opens)]
    assert (draft.code, draft.answers["action"], draft.answers["action_no"]) == (
        "QA-19", "更新规程", "QA-15-2026-0007/3",
    )  # fmt: skip
    proven = {one.facts["no"]: one.facts.get("verified") for one in found if isinstance(one, PostsEntry)}
    assert proven == {"QA-15-2026-0007/1": True, "QA-15-2026-0007/2": True, "QA-15-2026-0007/3": None}
    done = {one.facts.get("done_on") for one in found if isinstance(one, PostsEntry)}
    assert done == {DAY.isoformat(), None}, "what is proven is done on the day on which the report closes"


def test_documents_to_change_open_a_change_request() -> None:
    (opened,) = [one for one in closed(documents_to_change="出货检验规程") if isinstance(one, Opens)]
    assert (opened.code, opened.to, opened.names_as) == ("DC-02", "person:8", "source_record")
    assert opened.answers == {
        "request_kind": "change",
        "affected_documents": "出货检验规程",
        "reason": "修改规程",
    }


def test_whoever_raised_the_problem_hears_of_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(works, "origin", lambda record: ("QA-01", 33))
    (told,) = [one for one in closed() if isinstance(one, Tells)]
    assert told.to == "person:33"
    assert "QA-15-2026-0007" in str(told.text)


@pytest.mark.parametrize("seed", range(40))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    answers = tell(EightDReport, STORIES["QA-15"], seed)
    assert answers["lessons"]
