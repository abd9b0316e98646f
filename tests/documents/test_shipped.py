"""The documents that come with the portal: whole, in order, and tied to what runs, both ways."""

from __future__ import annotations

import re

import pytest

from portal.domain.roles import DEPARTMENT
from portal.forms.catalogue import FORMS
from portal.forms.duties import OBLIGATIONS
from portal.forms.ledgers import LEDGERS
from portal.forms.rules import RULES
from portal.lib import clauses
from portal.storage.shipped import Shipped, shipped

ALL = shipped()
CURRENT = {one.code: one for one in ALL}
OPENING = ["purpose", "scope", "terms", "responsibilities"]
CLOSING = ["records", "flow", "history"]
KINDS = {"procedure", "rule", "standard", "policy_statement", "system", "work_document"}


def cited() -> dict[str, str]:
    """Every clause that something names, by what names it."""
    found = {f"form {form.code}": form.procedure for form in FORMS.values()}
    for form in FORMS.values():
        found |= {f"step {form.code} {step.key}": step.clause for step in form.signoff.steps if step.clause}
    found |= {f"obligation {one.key}": one.clause for one in OBLIGATIONS.values()}
    found |= {f"ledger {one.key}": one.clause for one in LEDGERS.values()}
    return found | {f"rule {rule.key}": rule.clause for rule in RULES.values()}


def exists(clause: str) -> bool:
    """Whether a document of the folder has this clause."""
    code, _mark, id = clause.partition("#")
    return code in CURRENT and clauses.named(CURRENT[code].clauses, id) is not None


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.code}.{one.edition}")
def test_a_document_is_whole_and_in_order(one: Shipped) -> None:
    assert not clauses.marks(one.text)
    assert clauses.settle(one.text) == one.text, "every heading has its id"
    chapters = [clause.id for clause in one.clauses if clause.level == 1]
    assert chapters[:4] == OPENING
    assert chapters[-3:] == CLOSING
    assert len(chapters) > 7, "it says what is to be done"
    assert all(clause.text or clause.level < 3 for clause in one.clauses), "no clause is a heading only"
    assert not re.search(r"^#+\s*[0-9一二三四五六七八九十]+[、.．\s]", one.text, re.M), "the portal counts"
    assert one.kind in KINDS
    assert one.department in DEPARTMENT
    assert set(one.readers) <= {*DEPARTMENT, "all"}
    assert one.readers
    assert 1 <= one.review_months <= 36
    assert one.title_en.isascii()
    assert len(one.summary_en) > 150
    assert ("records", "") in clauses.parts(one.text)
    assert ("history", "") in clauses.parts(one.text)
    if one.edition > 1:
        assert one.change
        assert one.size in ("minor", "major")


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.code}.{one.edition}")
def test_what_a_document_names_exists(one: Shipped) -> None:
    flows = [name for kind, name in clauses.parts(one.text) if kind == "flow"]
    assert {kind for kind, _name in clauses.parts(one.text)} <= {"flow", "records", "history"}
    assert set(flows) <= set(FORMS)
    named = set(re.findall(r"\b[A-Z]{2}-\d{2,3}\b", one.text))
    assert not named - set(FORMS)
    for target in re.findall(r"\]\(([^)]*#[^)]*)\)", one.text):
        assert exists(target if not target.startswith("#") else one.code + target), target
    for form in named:
        title = str(FORMS[form].name)
        assert re.search(rf"{form} ?(?:《)?{re.escape(title)}|{form}(?![ 　]?[一-鿿《])", one.text), (
            form,
            title,
        )


def test_the_editions_of_a_document_differ() -> None:
    for one in ALL:
        if one.edition > 1:
            former = next(each for each in ALL if (each.code, each.edition) == (one.code, one.edition - 1))
            assert former.text != one.text
            kept = {clause.id for clause in former.clauses} & {clause.id for clause in one.clauses}
            assert len(kept) > len(former.clauses) / 2, "clauses that stay keep their ids"


def test_everything_names_a_clause_that_there_is() -> None:
    lost = {what: clause for what, clause in cited().items() if not exists(clause)}
    assert not lost, "\n".join(f"{what}: {clause or 'names no clause'}" for what, clause in lost.items())


def test_every_clause_that_needs_a_record_has_a_form() -> None:
    bound = {clause for what, clause in cited().items() if what.startswith(("form", "step"))}
    without = [
        f"{one.code}#{clause.id}"
        for one in CURRENT.values()
        for clause in one.clauses
        if clause.record and f"{one.code}#{clause.id}" not in bound
    ]
    assert not without


def test_every_rule_says_what_keeps_it() -> None:
    assert list(RULES) == [f"R{number:02d}" for number in range(1, 84)]
    for rule in RULES.values():
        assert rule.forms or rule.obligations, rule.key
        assert set(rule.forms) <= set(FORMS)
        assert set(rule.obligations) <= set(OBLIGATIONS)
    kept = {rule for one in OBLIGATIONS.values() for rule in one.rule.split("、") if rule}
    assert kept <= {rule.key for rule in RULES.values() if rule.obligations}
