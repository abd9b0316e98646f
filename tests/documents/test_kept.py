"""Where clauses stand in the texts in force, how many records keep them, how obligations ended last."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.forms import bindings
from portal.forms.bindings import Tie
from portal.forms.catalogue import FORMS
from portal.forms.duties import OBLIGATIONS
from portal.lib.markdown import render
from portal.models import Record, Task
from portal.queries import clauses, kept
from portal.web import clauses as shown
from portal.web import coverage, rules
from tests.desk import counted
from tests.documents.library import LATER, NUMBER, TEXT, Library
from tests.forms.customer_service.shop import NOW, TODAY, days

SAMPLING = f"{NUMBER}#sampling"


@pytest.fixture
def library(context: Flask) -> Library:
    """The small company's document control."""
    return Library()


def test_a_clause_has_the_number_of_the_text_in_force(library: Library) -> None:
    library.load()
    asked = library.asked()
    longer = TEXT.replace("# 抽样", "# 准备 {#ready}\n\n备齐量具。\n\n# 抽样")
    record = library.sent(
        library.write(library.draft(), longer), change_request=library.ref(asked), planned_effective_on=LATER
    )
    assert clauses.of([SAMPLING], TODAY)[SAMPLING].clause.number == "5", "a draft counts for nothing"
    library.release(record, LATER)
    assert clauses.of([SAMPLING], days(9))[SAMPLING].clause.number == "5", "nor does what is to come"
    found = clauses.of([SAMPLING], LATER)[SAMPLING]
    assert (found.clause.number, found.clause.title, found.name) == ("6", "抽样", SAMPLING)
    assert (found.text.number, found.text.department) == ("1.1", "quality")


@pytest.mark.parametrize(
    "name", ["", NUMBER, f"{NUMBER}#", f"{NUMBER}#elsewhere", "ZZ-P-01#sampling", "#sampling"]
)
def test_what_no_text_in_force_has_is_left_out(library: Library, name: str) -> None:
    library.load()
    assert clauses.of([name], TODAY) == {}
    assert set(clauses.of([name, SAMPLING], TODAY)) == {SAMPLING}


def test_of_a_document_that_was_withdrawn_nothing_is_in_force(library: Library) -> None:
    library.load()
    library.document(NUMBER).state = "obsolete"
    db.session.flush()
    assert clauses.of([SAMPLING], TODAY) == {}
    assert NUMBER not in {one.document_no for one in clauses.in_force(TODAY)}


def test_the_texts_in_force_come_by_number_with_their_headings(library: Library) -> None:
    library.load(code="QA-P-91")
    library.load()
    every = [one.document_no for one in clauses.in_force(TODAY)]
    assert every == sorted(every)
    found = clauses.in_force(TODAY, ["QA-P-91", NUMBER, "QA-P-99"])
    assert [one.document_no for one in found] == [NUMBER, "QA-P-91"]
    assert [clause.id for clause in found[0].clauses][:5] == [
        *("purpose", "scope", "terms", "responsibilities", "sampling"),
    ]
    assert not any(clause.text for clause in found[0].clauses)
    assert (found[0].title("zh"), found[0].title("en")) == ("出货检验程序", "Outgoing inspection")


def record(state: str, *, number: str, form: Record, closed: datetime | None = None) -> None:
    """Another record of the same form."""
    db.session.add(
        Record(
            number=number, key=number, form_code=form.form_code, form_version_id=form.form_version_id,
            applicant_id=form.applicant_id, department_id=form.department_id, state=state, submitted_at=NOW,
            closed_at=closed,
        )
    )  # fmt: skip
    db.session.flush()


def test_records_are_counted_by_what_became_of_them(library: Library) -> None:
    library.load()
    one = library.submit("DC-02", "quality_inspector", **library.change(NUMBER))
    for at, state in enumerate(
        ("returned", "withdrawn", "stuck", "refused", "voided", "finished", "finished")
    ):
        record(state, number=f"DC-02-2026-9{at}", form=one, closed=NOW + timedelta(days=at))
    found = kept.records()
    assert (found["DC-02"].open, found["DC-02"].finished) == (4, 2)
    assert found["DC-02"].last == NOW + timedelta(days=6)
    assert found["PU-06"] == kept.Count()
    assert set(kept.records(["PU-06"])) == set()


def task(
    key: str | None, state: str, *, done: int | None = None, missed: int | None = None, **more: str
) -> None:
    """A task of an obligation that ended on a day, or was found missed on one."""
    db.session.add(
        Task(
            kind=more.get("kind", "open"), form_code=more.get("form", "CS-25"), step=more.get("step", ""),
            state=state, obligation=key, case_name=f"{key}:{done}:{missed}" if key else None, created_at=NOW,
            done_at=NOW + timedelta(days=done) if done is not None else None,
            missed_at=NOW + timedelta(days=missed) if missed is not None else None,
        )
    )  # fmt: skip
    db.session.flush()


def test_the_last_result_of_an_obligation_is_the_later_of_kept_and_missed(library: Library) -> None:
    duty = OBLIGATIONS["O08"]
    assert kept.results([duty])["O08"].at is None
    assert not kept.results([duty])["O08"].missed
    task("O08", "open")
    task("O08", "cancelled", done=9)
    assert kept.results([duty])["O08"] == kept.Result(), "what is open or called off is no result"
    task("O08", "done", done=1)
    result = kept.results([duty])["O08"]
    assert (result.missed, result.at) == (False, NOW + timedelta(days=1))
    task("O08", "done", done=5, missed=3)
    result = kept.results([duty])["O08"]
    assert (result.missed, result.at) == (True, NOW + timedelta(days=3)), "done too late is missed"
    task("O08", "done", done=4)
    result = kept.results([duty])["O08"]
    assert (result.missed, result.at) == (False, NOW + timedelta(days=4))


def test_a_turn_of_the_sign_off_is_a_result_too(library: Library) -> None:
    duty = OBLIGATIONS["O22"]
    turn = duty.turns[0]
    task(None, "done", done=2, form=turn.form, step=turn.step, kind="sign")
    task(None, "done", done=8, form="CS-25", step="other", kind="sign")
    assert kept.results([duty])["O22"].at == NOW + timedelta(days=2)


@pytest.fixture
def bound(library: Library, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A procedure in force, a clause of which a form, a step, an obligation, a ledger and a rule name."""
    every = [
        Tie("form", "DC-02", "更改", SAMPLING),
        Tie("step", "approval", "批准", SAMPLING, "DC-01"),
        Tie("obligation", "O08", "登记", SAMPLING),
        Tie("ledger", "warnings", "处分台帐", SAMPLING),
        Tie("rule", "R08", "规则", SAMPLING),
    ]
    monkeypatch.setattr(bindings, "ties", lambda: {NUMBER: {"sampling": every}})
    library.load()
    library.submit("DC-02", "quality_inspector", **library.change(NUMBER))
    return library


def foot(context: Flask, library: Library, login: str, text: str = TEXT) -> str:
    """The text as somebody reads it."""
    with context.test_request_context("/"):
        drawn = shown.foot(NUMBER, library.actor(login))
        return str(render(text, parts=lambda *_: "", link=lambda _: "", image=lambda _: "", foot=drawn))


def test_a_clause_shows_at_its_foot_what_keeps_it_with_numbers(context: Flask, bound: Library) -> None:
    html = foot(context, bound, "salesperson")
    assert html.count("<details") == 1
    _before, _mark, after = html.partition('id="sampling"')
    section = after.partition("</section>")[0]
    assert "DC-02、DC-01 · 义务 1 · 台帐 1 · 规则 1" in section
    assert "未结 1 · 办结 0" in section
    assert 'href="/quality/document-changes/"' in section
    assert 'href="/obligations/O08"' in section
    assert "批准" in section
    assert "3 个工作日内" in section


def test_links_lead_where_the_reader_may_go(context: Flask, bound: Library) -> None:
    for login, audits, books in (("salesperson", False, False), ("auditor", True, True), ("document_controller", True, False)):  # fmt: skip
        html = foot(context, bound, login)
        assert ("/documents/rules#R08" in html) is audits, login
        assert ("/registers/warnings" in html) is books, login
        assert "R08" in html


def test_a_clause_that_asks_for_a_record_and_has_no_form_says_so(context: Flask, bound: Library) -> None:
    html = foot(context, bound, "salesperson", TEXT.replace("{#terms}", "{#terms .record}"))
    assert html.count("还没有表单") == 1
    assert "还没有表单" not in foot(
        context, bound, "salesperson", TEXT.replace("{#sampling}", "{#sampling .record}")
    )


def test_coverage_counts_clauses_forms_and_records(context: Flask, bound: Library) -> None:
    with context.test_request_context("/"):
        found = coverage.coverage(bound.actor("auditor"), TODAY)
        one = covered(found)
        assert (len(one.text.clauses), one.needed, sorted(one.forms)) == (8, 0, ["DC-01", "DC-02"])
        assert (one.count.open, one.count.finished) == (1, 0)
        [row] = one.rows
        assert (row.clause.number, row.href) == ("5", f"/documents/{NUMBER}#sampling")
        assert one.gaps == 0
        lines = list(coverage.cells(found))
    assert {len(line) for line in lines} == {len(coverage.HEADERS)}
    lines = [line for line in lines if line[0] == NUMBER]
    assert [line[:8] for line in lines[:2]] == [
        [NUMBER, "出货检验程序", "1.0", "质量部", "5", "抽样", "", code] for code in ("DC-02", "DC-01")
    ]
    assert lines[0][9:12] == [1, 0, None]


def covered(found: coverage.Coverage) -> coverage.Covered:
    """The procedure at hand."""
    return next(one for one in found.documents if one.text.document_no == NUMBER)


def test_what_the_company_ships_has_no_gaps(context: Flask, library: Library) -> None:
    with context.test_request_context("/"):
        found = coverage.coverage(library.actor("auditor"), TODAY)
    assert (found.gaps, found.loose) == (0, [])
    assert {code for one in found.documents for code in one.forms} == set(FORMS)


def test_a_form_whose_clause_is_in_force_no_more_is_a_gap(context: Flask, library: Library) -> None:
    library.document("QA-P-03").state = "obsolete"
    db.session.flush()
    with context.test_request_context("/"):
        found = coverage.coverage(library.actor("auditor"), TODAY)
        assert "PU-06" in {each.code for each in found.loose}
        assert found.gaps == len(found.loose)
        last = list(coverage.cells(found))[-1]
    assert last[-1] == "表单的条款不在现行文件中"
    assert last[4].startswith("QA-P-03#")


def test_gaps_are_marked(context: Flask, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    tie = Tie("form", "DC-02", "更改", SAMPLING)
    monkeypatch.setattr(bindings, "ties", lambda: {NUMBER: {"sampling": [tie]}})
    library.load(TEXT.replace("{#sampling}", "{#sampling .record}"))
    monkeypatch.setattr(bindings, "ties", dict)
    with context.test_request_context("/"):
        found = coverage.coverage(library.actor("auditor"), TODAY)
        one = covered(found)
        assert [row.clause.id for row in one.bare] == ["sampling"]
        assert (one.gaps, found.gaps >= 1) == (1, True)
        [line] = [line for line in coverage.cells(found) if line[0] == NUMBER]
        assert line[-1] == "要求留下记录，但还没有表单"


def test_coverage_of_a_department(context: Flask, bound: Library) -> None:
    with context.test_request_context("/"):
        by = bound.actor("auditor")
        assert covered(coverage.coverage(by, TODAY, "quality"))
        warehouse = coverage.coverage(by, TODAY, "warehouse")
        assert {one.text.department for one in warehouse.documents} == {"warehouse"}
        assert coverage.coverage(by, TODAY, "nowhere").documents == []


def test_every_rule_has_its_line_with_the_last_result(context: Flask, library: Library) -> None:
    task("O08", "done", done=1, missed=1)
    with context.test_request_context("/"):
        found = {one.rule.key: one for one in rules.lines(TODAY)}
        assert len(found) == 83
        [duty] = [each for each in found["R08"].duties if each.key == "O08"]
        assert (duty.words, duty.last) == ("错过", days(1))
        assert found["R08"].href == "/documents/CS-P-03#no-order"
        assert {one.document for one in rules.lines(TODAY, document="EN-P-01")} == {"EN-P-01"}
        quality = rules.lines(TODAY, department="quality")
        assert {one.heading.text.department for one in quality if one.heading} == {"quality"}
        assert 0 < len(quality) < 83
        assert rules.lines(TODAY, department="quality", document="EN-P-01") == []
        lines = list(rules.cells(list(found.values())))
    assert {len(line) for line in lines} == {len(rules.HEADERS)}
    assert {line[0] for line in lines} == set(found)
    assert ["错过", days(1)] in [line[-2:] for line in lines]


def test_a_rule_whose_document_was_withdrawn_has_no_clause(context: Flask, library: Library) -> None:
    library.document("CS-P-03").state = "obsolete"
    db.session.flush()
    with context.test_request_context("/"):
        found = {one.rule.key: one for one in rules.lines(TODAY)}
        assert (found["R08"].heading, found["R08"].href) == (None, "")
        assert next(line for line in rules.cells([found["R08"]]))[2:5] == ["CS-P-03", "", ""]


def test_what_releases_have_bound_is_read_in_one_look(library: Library, context: Flask) -> None:
    library.load()
    db.session.expire_all()
    with context.test_request_context("/"), counted(context) as seen:
        coverage.coverage(library.actor("auditor"), TODAY)
    assert sum(".bound" in said for said in seen) == 1
