"""DC-06: the yearly review looks at the newest reports, and what it decides is followed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from portal.models import Record
from portal.queries.pick import record_label
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.quality.papers import PROCEDURE, Papers

LOGIN = "management_representative"
TOPICS = ("建立", "实施", "运行", "监视", "评审", "保持", "改进")


@pytest.fixture
def papers(context: Flask) -> Papers:
    """The small company's document control."""
    return Papers()


def plan(papers: Papers, **changed: Any) -> dict[str, Any]:
    """The answers of a plan for the quality system."""
    rows = papers.page("DC-06", LOGIN)["inputs"]
    given = {
        "review_year": 2026,
        "scope": ["quality_system"],
        "planned_on": days(10),
        "participants": [
            {"person": papers.person("general_manager")},
            {"person": papers.person("quality_manager")},
        ],
        "inputs": [{**row, "done": True} for row in rows],
    }
    return {**given, **changed}


def refused(papers: Papers, **changed: Any) -> set[str]:
    """The fields for which a plan with these answers is refused."""
    return wrong(papers.sheet("DC-06", LOGIN, **plan(papers, **changed)))


def decided(papers: Papers, *decisions: dict[str, Any]) -> Record:
    """A review with these decisions, before the general manager approves the report."""
    record = papers.submit("DC-06", LOGIN, **plan(papers))
    papers.sign(record)
    return papers.sign(record, conclusions="运行正常", decisions=list(decisions), system_suitable=True)


def test_the_route(papers: Papers) -> None:
    record = papers.submit("DC-06", LOGIN, **plan(papers))
    assert papers.signers(record) == {"general_manager"}
    papers.refuse(record)
    assert record.state == "returned"
    papers.correct(record, LOGIN)
    papers.sign(record)
    assert papers.signers(record) == {LOGIN}
    assert record.due_at is not None
    assert record.due_at.date() == days(17), "a week after the review"
    owner = papers.person("quality_manager")
    measure = {"decision": "修订检验标准", "owner": owner, "due": days(60)}
    papers.sign(record, conclusions="运行正常", decisions=[measure], system_suitable=True)
    assert papers.signers(record) == {"general_manager"}
    papers.refuse(record)
    assert (record.state, record.step) == ("running", "review_record"), "the report is written anew"
    papers.sign(record, conclusions="补充结论", decisions=[measure], system_suitable=False)
    papers.sign(record)
    assert record.state == "finished"


def test_each_input_comes_with_its_newest_report(papers: Papers) -> None:
    empty = papers.page("DC-06", LOGIN)
    assert empty["review_year"] == 2026
    assert all(row["done"] is None and not row["remark"] for row in empty["inputs"])
    owner = papers.person("quality_manager")
    record = papers.sign(decided(papers, {"decision": "修订", "owner": owner, "due": days(60)}))
    rows = {row["item"]: row for row in papers.page("DC-06", LOGIN)["inputs"]}
    assert len(rows) == 9
    earlier = rows["以往评审决议"]
    assert (earlier["done"], earlier["done_on"], earlier["remark"]) == (True, TODAY, record.number)
    assert rows["顾客满意度"]["done"] is None


def test_information_security_has_topics_of_its_own(papers: Papers) -> None:
    scope = ["quality_system", "information_security_system"]
    sheet = papers.sheet("DC-06", LOGIN, **plan(papers, scope=scope))
    assert [row.item.data for row in sheet.isms_topics.rows] == list(TOPICS)
    assert wrong_in(sheet, "isms_topics") == {"done"}
    topics = [{"item": item, "done": True, "done_on": TODAY} for item in TOPICS]
    assert refused(papers, scope=scope, isms_topics=topics) == set()
    assert refused(papers) == set(), "not asked for without it"
    assert refused(papers, scope=[]) == {"scope"}


def test_days_and_people_make_sense(papers: Papers) -> None:
    assert refused(papers, planned_on=days(-1)) == {"planned_on"}
    assert refused(papers, planned_on=date(2027, 1, 5)) == {"planned_on"}
    assert refused(papers, planned_on=date(2027, 1, 5), review_year=2027) == set()
    row = {"person": papers.person("general_manager"), "department": papers.department("management")}
    assert refused(papers, participants=[row, row]) == {"participants"}
    rows = plan(papers)["inputs"]
    ahead = papers.sheet("DC-06", LOGIN, **plan(papers, inputs=[{**rows[0], "done_on": days(1)}, *rows[1:]]))
    assert wrong_in(ahead, "inputs") == {"done_on"}
    record = papers.submit("DC-06", LOGIN, **plan(papers))
    papers.sign(record)
    late = {"decision": "修订", "owner": papers.person("quality_manager"), "due": days(9)}
    stage = papers.stage(record, conclusions="正常", decisions=[late], system_suitable=True)
    assert wrong_in(stage, "decisions") == {"due"}
    assert wrong(papers.stage(record, conclusions="正常", decisions=[], system_suitable=True)) == {
        "decisions"
    }


def test_what_was_decided_is_followed(papers: Papers) -> None:
    owner = papers.person("quality_manager")
    record = decided(
        papers,
        {
            "decision": "按月汇总指标",
            "owner": owner,
            "due": days(60),
            "document": papers.ref(papers.document()),
        },
        {"decision": "扩大培训范围", "owner": papers.person("hr_manager"), "due": days(90)},
    )
    before = len(papers.lines("improvement_actions"))
    papers.sign(record)
    found = papers.lines("improvement_actions")[: len(papers.lines("improvement_actions")) - before]
    assert sorted((one["action"], one["due"], one["record"]) for one in found) == [
        ("扩大培训范围", days(90).isoformat(), record.number),
        ("按月汇总指标", days(60).isoformat(), record.number),
    ]
    draft = papers.drafted(record, "DC-02")
    assert draft["document"].text.endswith(PROCEDURE)
    assert (draft["reason"], draft["source_record"].text) == ("按月汇总指标", record_label(record))
    assert draft["urgency"] == "normal"
    rest = {"clause": "4.1", "old_text": "每季度", "new_text": "每月", "impact": "无"}
    assert not wrong(papers.sheet("DC-02", "quality_manager", **{**draft, **rest})), "the rest is typed"


def test_departments_of_those_who_take_part_are_their_own(papers: Papers) -> None:
    given = plan(papers)
    given["participants"][1]["department"] = papers.department("warehouse")
    rows = papers.sheet("DC-06", LOGIN, **given).participants.data
    assert [row["department"].text for row in rows] == ["公司管理层", "质量部"]
