"""RD-10: the rows make a tree; with all papers the product's stage has passed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.forms.kinds import Ref
from portal.queries import projects
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.engineering.development import Development, row
from tests.forms.projects import begun

LOGIN = "rd_engineer"


def sheet(work: Development, *rows: dict[str, Any], **changed: Any) -> Any:
    return work.sheet("RD-10", LOGIN, **work.bill(*rows, **changed))


def test_a_tree_is_taken(work: Development) -> None:
    rows = (row(1, "A"), row(2, "B", "2"), row(3, "C", "0.5"), row(2, "D"), row(1, "B", "3"))
    assert wrong(sheet(work, *rows)) == set()


@pytest.mark.parametrize(
    ("levels", "place"),
    [((2,), 0), ((1, 3), 1), ((1, 2, 4), 2), ((1, 0), 1), (tuple(range(1, 12)), 10)],
    ids=["first", "jump", "deeper jump", "none", "too deep"],
)
def test_levels_follow_one_another(work: Development, levels: tuple[int, ...], place: int) -> None:
    found = sheet(work, *(row(level, f"P{at}") for at, level in enumerate(levels)))
    assert wrong_in(found, "components", place) == {"level"}


def test_a_part_stands_once_below_another(work: Development) -> None:
    found = sheet(work, row(1, "A"), row(2, "B"), row(2, "B", "3"), row(1, "A"))
    assert wrong_in(found, "components", 2) == {"part_no"}
    assert wrong_in(found, "components", 3) == {"part_no"}
    assert wrong(sheet(work, row(1, "A"), row(2, "B"), row(1, "C"), row(2, "B"))) == set()


def test_no_part_contains_itself(work: Development) -> None:
    found = sheet(work, row(1, "A"), row(2, "B"), row(3, "A"))
    assert wrong_in(found, "components", 2) == {"part_no"}
    found = sheet(work, row(1, "A"), row(2, "P1"), product_no="P1")
    assert wrong_in(found, "components", 1) == {"part_no"}


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_quantity_is_above_nothing(work: Development, quantity: str) -> None:
    assert wrong_in(sheet(work, row(1, "A", quantity)), "components") == {"quantity"}


def test_a_part_has_one_name(work: Development) -> None:
    found = sheet(work, row(1, "A"), row(2, "B"), row(1, "C"), row(2, "B", name="别名"))
    assert wrong_in(found, "components", 3) == {"name"}


def test_a_stock_item_tells_name_and_unit(work: Development) -> None:
    item = work.stock_item()
    found = sheet(work, row(1, "A", name=None, unit=None, item=Ref(item.id, item.label)))
    assert wrong(found) == set()
    only = found.components.rows[0]
    assert (only.name_.data, only.unit.data) == (item.name, item.unit)


def test_there_is_something_in_it(work: Development) -> None:
    assert wrong(work.sheet("RD-10", LOGIN, **{**work.bill(), "components": []})) == {"components"}


def test_its_number_is_the_projects_and_nobody_elses(work: Development) -> None:
    assert work.product_.text.endswith(f" {sheet(work).product_no.data}")
    work.archived("RD-10", work.bill(product_no="XC-100"))
    elsewhere = begun("product", "output_documents")
    assert wrong(sheet(work, product=elsewhere, product_no="XC-100")) == {"product_no"}


def test_a_changed_list_says_what_has_changed(work: Development) -> None:
    work.archived("RD-10", work.bill())
    assert wrong(sheet(work)) == {"change_note"}
    assert wrong(sheet(work, change_note="加长螺丝")) == set()


def test_the_product_has_come_so_far_once_every_paper_has_a_version(work: Development) -> None:
    assert work.stage_state() == "open"
    work.archived("RD-10", work.bill())
    assert work.stage_state() == "preparing"
    work.archived("RD-11", work.card())
    work.archived("RD-12", work.painting())
    work.archived("RD-13", work.moulds())
    flow = work.archived("RD-14", work.flow())
    work.archived("RD-15", work.instruction(flow))
    assert work.stage_state() == "preparing"
    last = work.archived("RD-23", work.criteria())
    assert work.stage_state() == "passed"
    stage = projects.stage(work.product_.id, "output_documents")
    assert stage is not None
    assert stage.row.record_id == last.id


def test_what_the_product_does_not_need_is_not_waited_for(work: Development) -> None:
    work.archived("RD-13", work.moulds())
    flow = work.archived("RD-14", work.flow())
    work.archived("RD-15", work.instruction(flow))
    work.archived("RD-23", work.criteria())
    work.archived("RD-10", work.bill(papers_not_needed=["RD-11"]))
    assert work.stage_state() == "preparing"
    changed = work.bill(papers_not_needed=["RD-11", "RD-12"], change_note="无喷漆件")
    work.archived("RD-10", changed)
    assert work.stage_state() == "passed"
    project = projects.project(work.product_.id)
    assert project is not None
    assert project.facts["papers_not_needed"] == ["RD-11", "RD-12"]


def test_a_thousandth_is_the_least(work: Development) -> None:
    assert wrong(sheet(work, row(1, "A", str(Decimal("0.001"))))) == set()
