"""DS-03: columns that are a tree, functions that stand there once, a version for each that was sent back."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from portal.demo.stories.websites import STORIES
from portal.extensions import db
from portal.forms.design.site_topology import SiteTopology
from portal.models import Notice
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.design.studio import Studio


def column(no: str, name: str, level: int, parent: str | None = None) -> dict[str, Any]:
    return {"no": no, "column": name, "level": level, "parent": parent, "content": "频道"}


def tree(studio: Studio, *columns: dict[str, Any]) -> Any:
    project = studio.opened()
    return studio.sheet("DS-03", "designer", **studio.topology(project, columns=list(columns)))


@pytest.mark.parametrize("parent", ["1", "产品中心"])
def test_a_column_hangs_under_another_by_number_or_name(studio: Studio, parent: str) -> None:
    sheet = tree(studio, column("1", "产品中心", 1), column("1.1", "详情", 2, parent))
    assert not wrong(sheet)


@pytest.mark.parametrize(
    ("row", "refused"),
    [
        (column("1.1", "详情", 2), "parent"),
        (column("1.1", "详情", 2, "新闻"), "parent"),
        (column("1.1", "详情", 3, "1"), "level"),
        (column("1.1", "详情", 1, "1"), "parent"),
        (column("1", "详情", 2, "1"), "no"),
    ],
)
def test_the_columns_are_a_tree(studio: Studio, row: dict[str, Any], refused: str) -> None:
    sheet = tree(studio, column("1", "产品中心", 1), row)
    assert wrong_in(sheet, "columns_", 1) == {refused}


def test_columns_may_be_called_alike_under_different_ones(studio: Studio) -> None:
    first, second = column("1", "新闻", 1), column("2", "产品", 1)
    assert not wrong(
        tree(studio, first, second, column("1.1", "列表", 2, "1"), column("2.1", "列表", 2, "2"))
    )


def test_columns_called_alike_under_the_same_one_are_refused(studio: Studio) -> None:
    sheet = tree(studio, column("1", "新闻", 1), column("1.1", "列表", 2, "1"), column("1.2", "列表", 2, "1"))
    assert wrong_in(sheet, "columns_", 2) == {"column"}


def test_a_function_stands_there_once(studio: Studio) -> None:
    project = studio.opened()
    rows = studio.topology(project)["functions"]
    sheet = studio.sheet("DS-03", "designer", **studio.topology(project, functions=[*rows, rows[0]]))
    assert wrong_in(sheet, "functions", 2) == {"no", "function"}


def test_a_topology_needs_columns_and_functions(studio: Studio) -> None:
    answers = studio.topology(studio.opened(), columns=[], functions=[])
    assert wrong(studio.sheet("DS-03", "designer", **answers)) == {"columns_", "functions"}


def test_nobody_types_the_version(app_context: Any) -> None:
    form = SiteTopology(MultiDict({"version": "7"}))
    form.validate()
    assert form.version.data == 1


def test_what_the_customer_sends_back_is_the_next_version(studio: Studio) -> None:
    project = studio.opened()
    record = studio.submit("DS-03", "designer", **studio.topology(project))
    assert studio.signers(record) == {"design_manager"}
    studio.sign(record)
    studio.refuse(record)
    assert record.state == "returned"
    studio.correct(record, "designer")
    assert record.cells["version"] == "2"
    studio.sign(record)
    studio.sign(record, confirmed_on=TODAY)
    assert studio.state_of(project, "topology") == "passed"
    assert studio.row(project, "topology").passed_on == TODAY
    assert studio.project(project).state == "running"


def test_a_later_change_is_a_new_version_and_the_programmer_hears_of_it(studio: Studio) -> None:
    project = studio.opened()
    studio.drawn(project)
    told = sa.select(sa.func.count()).select_from(Notice).where(Notice.kind == "told")
    assert db.session.scalar(told) == 0
    later = studio.drawn(project)
    assert later.cells["version"] == "2"
    assert db.session.scalars(sa.select(Notice.person_id).where(Notice.kind == "told")).all() == [
        studio.person("programmer").id
    ]


def test_it_is_not_confirmed_in_days_to_come(studio: Studio) -> None:
    record = studio.submit("DS-03", "designer", **studio.topology(studio.opened()))
    studio.sign(record)
    assert wrong(studio.stage(record, confirmed_on=days(1))) == {"confirmed_on"}


def test_it_is_not_confirmed_before_it_was_submitted(studio: Studio) -> None:
    record = studio.submit("DS-03", "designer", **studio.topology(studio.opened()))
    studio.sign(record)
    assert wrong(studio.stage(record, confirmed_on=days(-1))) == {"confirmed_on"}
    assert not wrong(studio.stage(record, confirmed_on=TODAY))


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(SiteTopology, STORIES["DS-03"], seed)["version"] == 1
