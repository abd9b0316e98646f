"""CS-85: the department's own work, each kind with what belongs to it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.forms.customer_service.administration_record import POINTS, AdministrationRecord
from portal.forms.ledgers import LEDGERS
from portal.forms.warehouse.write_off import WriteOff
from portal.services.drafts import prefill

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)


@pytest.fixture
def opened(people):
    def make(kind, **changed):
        given = {
            "work_kind": kind,
            "work_date": date(2026, 5, 12),
            "person_in_charge": people["zhao"],
            "content": "电磁阀拆装\n实操",
            "finding": "良好",
        }
        form = AdministrationRecord(answers={**given, **changed})
        form.validate()
        return form

    return make


def points(failed=-1):
    return [
        {"item": str(one), "result": "fail" if place == failed else "pass", "remark": None}
        for place, one in enumerate(POINTS)
    ]


def person(people, *, passed=True, score=88):
    return {"person": people["sun"], "result": "完成", "score": score, "passed": passed}


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("work_inspection", set()),
        ("parts_management", set()),
        ("other", set()),
        ("tool_maintenance", {"equipment", "equipment_usable"}),
        ("short_on_the_job_training", {"checked_persons"}),
        ("appearance_check", {"checked_persons", "appearance_points"}),
    ],
)
def test_each_kind_of_work_asks_for_its_own(opened, kind, asked):
    form = opened(kind)
    rows = {"appearance_points"} if any(row.result.errors for row in form.appearance_points.rows) else set()
    assert set(form.errors) | rows == asked


def test_what_belongs_to_another_kind_is_not_kept(opened, people):
    form = opened("other", equipment="扳手", equipment_usable=False, checked_persons=[person(people)])
    assert not form.errors
    assert form.equipment.data is None
    assert form.checked_persons.data == []


def test_a_point_that_fails_is_corrected(opened, people):
    known = {"checked_persons": [person(people)]}
    assert not opened("appearance_check", **known, appearance_points=points()).errors
    failed = opened("appearance_check", **known, appearance_points=points(1))
    assert set(failed.errors) == {"correction"}
    assert not opened("appearance_check", **known, appearance_points=points(1), correction="当天整改").errors


def test_equipment_of_no_use_is_corrected_and_written_off(opened, filed):
    broken = {"equipment": "液压扳手", "equipment_usable": False}
    assert set(opened("tool_maintenance", **broken).errors) == {"correction"}
    form = opened("tool_maintenance", **broken, correction="停用")
    assert not form.errors
    (draft,) = AdministrationRecord.effects("manager_sign", filed("CS-85", **form.answers()))
    assert (draft.code, draft.to, draft.names_as) == ("WH-17", "role:warehouse_keeper", "source_record")
    assert prefill(WriteOff, draft.answers)["remark"] == "液压扳手：良好"


def test_equipment_that_works_stays(opened, filed):
    form = opened("tool_maintenance", equipment="液压扳手", equipment_usable=True)
    assert not list(AdministrationRecord.effects("manager_sign", filed("CS-85", **form.answers())))


def test_each_trainee_stands_in_the_training_ledger(opened, filed, people):
    rows = [person(people), person(people, passed=False, score=40)]
    form = opened("short_on_the_job_training", checked_persons=rows)
    first, second = AdministrationRecord.effects("manager_sign", filed("CS-85", **form.answers()))
    assert first.ledger == second.ledger == "training"
    assert first.facts == {
        "date": "2026-05-12",
        "topic": "电磁阀拆装",
        "version": "",
        "trainee": people["sun"].text,
        "employer": "own_company",
        "signed": True,
        "score": 88,
        "passed": True,
        "repeat_needed": False,
    }
    assert (second.facts["passed"], second.facts["repeat_needed"]) == (False, True)
    assert set(first.facts) <= {column.name for column in LEDGERS["training"].columns}


def test_a_check_of_appearance_is_no_training(opened, filed, people):
    form = opened("appearance_check", checked_persons=[person(people)], appearance_points=points())
    assert not list(AdministrationRecord.effects("manager_sign", filed("CS-85", **form.answers())))


def test_a_list_shows_the_first_line_of_the_work(opened):
    assert opened("other").heading() == "电磁阀拆装"
    assert AdministrationRecord(answers={}).heading() == ""


def test_the_manager_signs_or_the_director_for_the_managers_own():
    (step,) = AdministrationRecord.signoff.steps
    assert step.judges
    assert {party.key for party in step.by.parties} == {"after_sales_manager", "customer_service_director"}


def test_its_stories_tell_of_every_kind(worlds, walk):
    told = [walk(AdministrationRecord, STORIES["CS-85"], worlds(seed)) for seed in range(40)]
    assert len({one["work_kind"] for one in told}) == 6
    assert any(one["equipment_usable"] is False for one in told)
