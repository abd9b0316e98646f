"""The pages that show how documents are kept: clauses and what names them, coverage, rules, routes tried."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.signoff import Route, Step, role
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.rules import RULES
from portal.lib.clock import now
from portal.models import AuditEvent, DocumentRevision, RoleGrant
from portal.queries import revisions
from portal.services import revisions as texts
from portal.storage.shipped import shipped
from tests.documents.library import Library
from tests.walk import Walker

SignIn = Callable[[FlaskClient, str], FlaskClient]
READERS = ("auditor", "document_controller", "management_representative", "general_manager")
OTHERS = ("employee", "buyer", "quality_manager", "administrator")
COLLECTED, CODE = "IC-P-01", "IC-01"


@pytest.fixture
def walker(app: Flask) -> Walker:
    """Everybody's browsers."""
    return Walker(app)


def serve(monkeypatch: pytest.MonkeyPatch, route: Route) -> None:
    """The form with another route, as a later delivery of the portal has it."""
    former = FORMS[CODE]
    made = type(
        "Newer",
        (former,),
        {"__doc__": "A later one.", "code": former.code, "slug": former.slug, "signoff": route},
    )
    made.department_key = former.department_key
    monkeypatch.setitem(FORMS, CODE, made)


def longer(signer: str = "designer") -> Route:
    """The route of the form with one more step at its end."""
    return Route(*FORMS[CODE].signoff.steps, Step("second_look", "新增的复核", role(signer)))


def begun(app: Flask, login: str = "information_officer") -> None:
    """A draft of the next revision of the procedure."""
    with app.app_context():
        with transaction():
            by = Library().actor(login)
            former = revisions.released(COLLECTED)[0]
            values = {name: getattr(former, name) for name in texts.COPIED}
            texts.add(
                COLLECTED, "1.1", {**values, "document_id": former.document_id}, author=by.id, now=now()
            )
        db.session.remove()


# Clauses, and what names them


def test_a_document_shows_at_each_clause_what_names_it(walker: Walker) -> None:
    walker.walk(CODE)
    walker.open(CODE)
    page = walker.browser("employee").get(f"/documents/{COLLECTED}").text
    section = page.partition('id="registration"')[2].partition("</section>")[0]
    assert "IC-01" in section
    assert "未结 1 · 办结 1" in section
    assert page.count('<details class="keeps"') >= 6
    assert "style=" not in section


def test_a_text_of_the_past_names_nothing_of_today(walker: Walker) -> None:
    page = walker.browser("auditor").get("/documents/CS-P-03/1.0")
    assert page.status_code == 200
    assert "keeps" not in page.text
    assert "keeps" in walker.browser("auditor").get("/documents/CS-P-03").text


def test_the_numbers_are_those_of_all_records_and_name_nobody(walker: Walker) -> None:
    number = walker.walk(CODE)
    browser = walker.browser("security_guard")
    assert browser.get(f"/records/{number}").status_code == 404
    page = browser.get(f"/documents/{COLLECTED}").text
    assert "未结 0 · 办结 1" in page
    assert number not in page


def test_register_sheet_and_record_name_their_clause(walker: Walker) -> None:
    number = walker.walk(CODE)
    address = walker.address(FORMS[CODE])
    login = walker.opener(FORMS[CODE])
    clause = f'href="/documents/{FORMS[CODE].procedure}"'
    for path in (address, f"{address}new", f"{address}{number}"):
        page = walker.browser(login).get(path).text
        assert clause in page, path
        assert "IC-P-01 " in page
        assert "依据" in page
    page = walker.browser(login).get(f"{address}{number}").text
    for step in FORMS[CODE].signoff.steps:
        if step.clause:
            assert f'href="/documents/{step.clause}"' in page, step.key


def test_a_step_in_hand_names_its_clause(walker: Walker, app: Flask) -> None:
    number = walker.open(CODE)
    step = FORMS[CODE].signoff.steps[0]
    assert step.clause
    page = walker.browser("information_officer").get(f"{walker.address(FORMS[CODE])}{number}").text
    turn = page.partition('class="card part turn"')[2]
    assert f'href="/documents/{step.clause}"' in turn


@pytest.mark.parametrize(
    ("path", "clause"),
    [
        ("/obligations/O08", "CS-P-03#no-order"),
        ("/obligations/", "CS-P-03#no-order"),
        ("/registers/archive", "IC-P-01#archiving"),
    ],
)
def test_obligations_and_ledgers_name_their_clause(walker: Walker, path: str, clause: str) -> None:
    assert f'href="/documents/{clause}"' in walker.browser("auditor").get(path).text


def test_without_a_text_in_force_nothing_is_named(walker: Walker, app: Flask) -> None:
    with app.app_context(), transaction():
        for one in db.session.scalars(revisions.in_force(now().date())):
            assert one.document is not None
            one.document.state = "obsolete"
    auditor = walker.browser("auditor")
    for path in (walker.address(FORMS[CODE]), "/obligations/", "/obligations/O08", "/registers/archive"):
        page = auditor.get(path)
        assert page.status_code == 200
        assert "依据" not in page.text
    assert "没有现行文件" in auditor.get("/documents/coverage").text
    assert auditor.get("/documents/rules").text.count("现行文件中没有这一条") == len(RULES)


# Coverage and rules


@pytest.mark.parametrize("path", ["/documents/coverage", "/documents/rules"])
def test_only_those_who_look_at_how_documents_are_kept_see_it(walker: Walker, path: str) -> None:
    for login in READERS:
        assert walker.browser(login).get(path).status_code == 200, login
        assert walker.browser(login).post(f"{path}/exports").status_code == 200, login
    for login in OTHERS:
        assert walker.browser(login).get(path).status_code == 404, login
        assert walker.browser(login).post(f"{path}/exports").status_code == 404, login
    assert (
        path in walker.browser("auditor").get("/documents/" if "cov" in path else "/documents/coverage").text
    )
    assert "/documents/coverage" not in walker.browser("buyer").get("/documents/").text


def test_coverage_lists_every_document_and_finds_no_gap(walker: Walker) -> None:
    page = walker.browser("auditor").get("/documents/coverage").text
    for code in {one.code for one in shipped()}:
        assert f'id="{code}"' in page
    assert "没有缺口" in page
    assert "找不到" not in page


def test_coverage_is_narrowed_to_a_department(walker: Walker) -> None:
    page = walker.browser("auditor").get("/documents/coverage?department=warehouse").text
    assert 'id="WH-S-01"' in page
    assert 'id="CS-P-03"' not in page
    assert walker.browser("auditor").get("/documents/coverage?department=%00'--").status_code == 200


def test_a_drifted_route_is_a_gap(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    serve(monkeypatch, longer())
    page = walker.browser("auditor").get("/documents/coverage").text
    assert "没有缺口" not in page
    assert f"/documents/{COLLECTED}/1.0/trial" in page
    assert "流程已变动" in page
    assert "流程已变动" in walker.browser("employee").get(f"/documents/{COLLECTED}").text or (
        "流程在本版发布后已变动" in walker.browser("employee").get(f"/documents/{COLLECTED}").text
    )


def test_the_rules_are_all_there_with_their_clauses(walker: Walker) -> None:
    page = walker.browser("auditor").get("/documents/rules").text
    for key, rule in RULES.items():
        assert f'<tr id="{key}">' in page
        assert f'href="/documents/{rule.clause}"' in page, key
    narrow = walker.browser("auditor").get("/documents/rules?document=EN-P-01").text
    assert '<tr id="R22">' in narrow
    assert '<tr id="R08">' not in narrow
    assert "没有合适的规则" in walker.browser("auditor").get("/documents/rules?document=nothing").text


@pytest.mark.parametrize(
    ("path", "rows"), [("/documents/coverage", 150), ("/documents/rules", 83)], ids=["coverage", "rules"]
)
def test_both_are_exported_and_that_is_noted(walker: Walker, app: Flask, path: str, rows: int) -> None:
    auditor = walker.browser("auditor")
    csv = auditor.post(f"{path}/exports", data={"format": "csv"})
    assert csv.headers["Content-Type"].startswith("text/csv")
    lines = csv.text.splitlines()
    assert len(lines) > rows
    answer = auditor.post(f"{path}/exports?department=quality")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert 1 < sheet.max_row < len(lines)
    with app.app_context():
        noted = [
            one.facts
            for one in db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "exported"))
        ]
    assert [one["format"] for one in noted] == ["csv", "xlsx"]
    assert noted[0]["rows"] == len(lines) - 1
    assert noted[1]["filters"] == {"department": "quality"}
    assert noted[1]["register"] == path.removeprefix("/")


# Routes tried


TRIAL = f"/documents/{COLLECTED}/1.0/trial"


def test_whoever_sees_to_the_text_may_try_its_routes(walker: Walker, app: Flask) -> None:
    begun(app)
    draft = f"/documents/{COLLECTED}/1.1/trial"
    for login in (*READERS, "information_officer"):
        assert walker.browser(login).get(draft).status_code == 200, login
    for login in OTHERS[:2]:
        assert walker.browser(login).get(draft).status_code == 404, login
        assert walker.browser(login).get(TRIAL).status_code == 404, login
    assert draft in walker.browser("information_officer").get(f"/documents/{COLLECTED}/1.1").text
    assert TRIAL not in walker.browser("employee").get(f"/documents/{COLLECTED}").text
    for path in (f"/documents/{COLLECTED}/9.9/trial", "/documents/QA-P-99/1.0/trial"):
        assert walker.browser("auditor").get(path).status_code == 404


def test_without_a_finished_record_there_is_nothing_to_try(walker: Walker) -> None:
    walker.open(CODE)
    page = walker.browser("auditor").get(TRIAL).text
    assert "还没有办结的记录" in page
    bare = walker.browser("auditor").get("/documents/IS-S-01/1.0/trial").text
    assert "没有绑定表单" in bare


def test_the_route_that_runs_is_tried_on_the_last_records(walker: Walker) -> None:
    number = walker.walk(CODE)
    page = walker.browser("auditor").get(f"{TRIAL}?form={CODE}").text
    assert f'href="/records/{number}"' in page or f"{number}</a>" in page
    assert "1 条记录都能走完" in page
    assert "当时：" in page
    assert "步骤与当时不同的 0 条，人员与当时不同的 0 条" in page


def test_the_first_form_whose_route_changed_is_tried_without_being_asked(
    walker: Walker, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker.walk(CODE)
    begun(app)
    serve(monkeypatch, longer())
    page = walker.browser("auditor").get(f"/documents/{COLLECTED}/1.1/trial").text
    assert "（流程已变动）" in page
    assert "新增的复核" in page
    assert "当时没有这一步" in page
    assert "步骤与当时不同的 1 条" in page
    other = walker.browser("auditor").get(f"/documents/{COLLECTED}/1.1/trial?form=IC-13").text
    assert "新增的复核" not in other
    unknown = walker.browser("auditor").get(f"/documents/{COLLECTED}/1.1/trial?form=PU-04").text
    assert "新增的复核" in unknown, "only forms that the text binds"


def test_where_nobody_would_be_found_is_marked(
    walker: Walker, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    walker.walk(CODE)
    serve(monkeypatch, longer())
    with app.app_context(), transaction():
        db.session.execute(sa.delete(RoleGrant).where(RoleGrant.role == "designer"))
    page = walker.browser("auditor").get(TRIAL).text
    assert "1 条记录中，1 条会停住" in page
    assert "新增的复核 1" in page
    assert "无人担任" in page


def test_a_step_that_is_gone_is_told_with_its_former_title(walker: Walker) -> None:
    with pytest.MonkeyPatch.context() as patch:
        serve(patch, longer())
        walker.walk(CODE)
    page = walker.browser("auditor").get(f"{TRIAL}?form={CODE}").text
    assert "当时有、现在没有：新增的复核" in page
    assert "步骤与当时不同的 1 条" in page


def test_of_a_record_that_is_not_theirs_the_author_sees_the_number_only(walker: Walker, app: Flask) -> None:
    number = walker.walk(CODE)
    begun(app, "designer")
    page = walker.browser("designer").get(f"/documents/{COLLECTED}/1.1/trial").text
    assert number in page
    assert f"{number}</a>" not in page
    assert "当时：" not in page


def test_trying_writes_nothing(walker: Walker, app: Flask) -> None:
    walker.walk(CODE)
    walker.browser("auditor")
    with app.app_context():
        before = db.session.scalar(sa.select(sa.func.count(AuditEvent.id)))
    walker.browser("auditor").get(TRIAL)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(AuditEvent.id))) == before


def test_the_release_of_a_text_names_it_and_leads_to_its_trial(app: Flask, walker: Walker) -> None:
    with app.app_context():
        with transaction():
            library = Library()
            one = library.begun()
            number = library.sent(one).number
        db.session.remove()
    page = walker.browser("auditor").get(f"/quality/document-releases/{number}").text
    assert "/documents/QA-P-91/1.0/trial" in page
    head = walker.browser("quality_manager").get("/documents/QA-P-91/1.0/trial")
    assert head.status_code == 200, "whoever has the release before them"
    assert walker.browser("buyer").get("/documents/QA-P-91/1.0/trial").status_code == 404
    with app.app_context():
        assert db.session.scalars(
            sa.select(DocumentRevision.code).where(DocumentRevision.document_no == "QA-P-91")
        ).all() == ["QA-P-91/1.0"]
