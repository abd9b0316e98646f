"""Every paper that the procedures ask for has its place: 324 names, 150 forms, the books beside them."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from portal.forms.catalogue import FORMS
from portal.forms.registers import REGISTERS
from portal.lib.i18n import both

LIST = Path(__file__).parents[2] / "docs" / "papers.csv"
MARKS = re.compile(r"[\s《》“”\"（）()、,，／/·]")


def papers() -> list[dict[str, str]]:
    """The list: the paper's code and name, the form in which it lives, the books in which it is kept."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PAPERS = papers()


def plain(name: str) -> str:
    """A name without signs."""
    return MARKS.sub("", name)


def test_the_list_is_whole() -> None:
    codes = [paper["paper"] for paper in PAPERS]
    assert (len(codes), len(set(codes))) == (324, 324)
    assert len({paper["name"] for paper in PAPERS} - {""}) == 324
    assert all(paper["form"] or paper["books"] for paper in PAPERS)


def test_there_are_150_forms_and_each_is_a_paper(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["forms", "list", "--json"])
    served = {form["code"] for form in json.loads(answer.output)}
    own = {paper["form"] for paper in PAPERS if paper["form"]}
    assert len(served) == 150
    assert served == own


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper["paper"])
def test_a_paper_is_found_by_its_name(paper: dict[str, str]) -> None:
    wanted, names = plain(paper["name"]), []
    if paper["form"]:
        form = FORMS[paper["form"]]
        names += [both(form.name)["zh"], *form.covers]
    for key in paper["books"].split():
        names.append(both(REGISTERS[key].title)["zh"])
    found = [plain(name) for name in names]
    assert any(wanted in name or name in wanted for name in found), names
