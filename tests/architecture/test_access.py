"""Who may go where: one table of every address, held against the site and walked by five visitors."""

from __future__ import annotations

import html

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.domain.access import AREAS, NO, OWN, ROLE, ROWS, TITLED, VISITORS, WORDS, YES, Row
from portal.forms.catalogue import FORMS
from portal.lib.i18n import both
from tests import tables
from tests.architecture.visitors import PEOPLE, ROOMS, Site
from tools import access

SIGN_IN = "sign-in"  # the answer that sends a stranger away


def spelt_out(row: Row) -> list[str]:
    """The row's address; in each department where it says so."""
    return (
        [row.rule.replace("<department>", room) for room in ROOMS]
        if "<department>" in row.rule
        else [row.rule]
    )


def on_site(app: Flask) -> dict[tuple[str, str], str | None]:
    """Who may pass by address and method, as the views say."""
    found = {}
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            found[rule.rule, method] = getattr(app.view_functions[rule.endpoint], "open_to", None)
    found["/static/<path:filename>", "GET"] = "everyone"  # served before the guard
    return found


def code(answer: TestResponse) -> str:
    """The status as the table writes it."""
    away = answer.status_code in (302, 303) and answer.headers["Location"].startswith("/sign-in")
    return SIGN_IN if away else str(answer.status_code)


def knock(browser: FlaskClient, row: Row, path: str) -> TestResponse:
    """Asks for the row's address; a change is tried without any field."""
    return browser.open(path, method=row.method)


@pytest.mark.proves("R2", "S18")
def test_every_address_stands_in_the_table(site: Site) -> None:
    written = {(rule, row.method): row.who for row in ROWS for rule in spelt_out(row)}
    shown = on_site(site.app)
    assert sorted(shown.keys() - written.keys()) == [], "missing in access.csv"
    assert sorted(written.keys() - shown.keys()) == [], "in access.csv, but not on the site"
    assert {key: who for key, who in shown.items() if written[key] != who} == {}


def test_no_line_stands_twice() -> None:
    names = [str(row) for row in ROWS]
    assert len(names) == len(set(names))


@pytest.mark.proves("R2", "S18")
@pytest.mark.parametrize("visitor", PEOPLE)
def test_everybody_gets_the_answer_of_the_table(site: Site, visitor: str) -> None:
    wrong = []
    for row in ROWS:
        answer = knock(site.browsers[visitor], row, site.path(row.rule))
        given = code(answer)
        answer.close()
        if given != row.answers[visitor]:
            wrong.append(f"{row}: {given}, not {row.answers[visitor]}")
        if row.method == "POST" and given not in ("403", "404"):
            site.reset()
    assert not wrong, "\n".join(wrong)


@pytest.mark.proves("R2", "S18")
@pytest.mark.parametrize("row", [row for row in ROWS if row.who != "everyone"], ids=str)
def test_the_table_shuts_out_whom_it_names(row: Row) -> None:
    refused = {"403", "404"}
    assert row.answers["stranger"] == SIGN_IN
    if row.who == "writers":
        assert row.answers["auditor"] in refused
    if row.who == "administrators":
        assert {row.answers[name] for name in ("employee", "auditor", "owner")} <= refused
    assert not {answer for answer in row.answers.values() if answer.startswith("5")}


OTHERS = [row for row in ROWS if "<number>" in row.rule]


@pytest.mark.proves("R2", "S19")
@pytest.mark.parametrize("row", OTHERS, ids=str)
def test_a_record_of_others_is_not_there(row: Row) -> None:
    assert row.answers["employee"] == row.answers["administrator"] == "404"


@pytest.mark.proves("S19")
def test_ids_that_do_not_exist_are_not_there(site: Site) -> None:
    wrong = []
    for row in ROWS:
        for odd in (
            ("0", "99999999", str(2**63), "9" * 40, "٣", "01x", "1;2") if "<int:id>" in row.rule else ()
        ):
            path = site.path(row.rule.replace("<int:id>", odd))
            answer = knock(site.browsers["administrator"], row, path)
            if answer.status_code not in (403, 404):
                wrong.append(f"{row.method} {path}: {answer.status_code}")
                site.reset()
    assert not wrong, "\n".join(wrong)


@pytest.mark.proves("S19")
@pytest.mark.parametrize(
    "number", ["CS-51-2026-9999", "0", "%00", "CS-51-2026-0001%20", "x" * 3000, "'--", "٣"]
)
def test_numbers_that_do_not_exist_are_not_there(site: Site, number: str) -> None:
    rules = [row for row in OTHERS if row.method == "GET"]
    for row in rules:
        path = site.path(row.rule.replace("<number>", number))
        assert knock(site.browsers["owner"], row, path).status_code == 404, path


@pytest.mark.proves("S13")
def test_a_post_without_a_token_is_refused_and_changes_nothing(site: Site) -> None:
    tokens = {"none": {}, "of another session": {"csrf_token": _token_of(site, "owner")}}
    site.app.config["WTF_CSRF_ENABLED"] = True
    try:
        before, wrong = tables.hashes(site.app), []
        for row in ROWS:
            if row.method != "POST":
                continue
            for visitor in ("stranger", "administrator", "owner"):
                for name, data in tokens.items():
                    if visitor == "owner" and data:
                        continue
                    answer = site.browsers[visitor].post(site.path(row.rule), data=data)
                    led = visitor == "stranger" and answer.location and SIGN_IN in answer.location
                    if answer.status_code != 400 and not led:
                        wrong.append(f"{row} as {visitor}, token: {name}: {answer.status_code}")
        assert not wrong, "\n".join(wrong)
        assert tables.changed(before, tables.hashes(site.app)) == []
    finally:
        site.app.config["WTF_CSRF_ENABLED"] = False


def _token_of(site: Site, visitor: str) -> str:
    """The token in the pages of a visitor."""
    page = site.browsers[visitor].get("/").text
    return page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


@pytest.mark.proves("S15")
@pytest.mark.parametrize(
    "sent", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}], ids=str
)
def test_a_change_from_another_site_is_refused(site: Site, sent: dict[str, str]) -> None:
    for row in ROWS:
        if row.method == "POST":
            answer = site.browsers["owner"].post(site.path(row.rule), headers=sent)
            assert answer.status_code == 403, row


@pytest.mark.proves("S18")
def test_every_line_of_the_table_has_words() -> None:
    assert {str(row) for row in ROWS} == {str(one.row) for one in TITLED}
    assert len(TITLED) == len(ROWS)
    assert {one.area for one in TITLED} == set(AREAS)
    assert [one.row for one in TITLED if not (one.titles["zh"] and one.titles["en"])] == []
    assert set(VISITORS) == set(PEOPLE)
    assert [
        key for words in (AREAS, VISITORS, WORDS) for key in words if len(set(both(words[key]).values())) < 2
    ] == []


@pytest.mark.proves("S18")
@pytest.mark.parametrize(
    ("name", "standings"),
    [
        ("GET /<department>/<slug>/<number>", (NO, OWN, YES, OWN, YES)),
        ("POST /<department>/<slug>/<number>/signatures", (NO, OWN, NO, OWN, OWN)),
        ("GET /admin/people", (NO, NO, NO, YES, NO)),
        ("GET /trail/findings", (NO, NO, YES, NO, NO)),
        ("GET /documents/coverage", (NO, ROLE, YES, ROLE, ROLE)),
        ("POST /account/password", (NO, YES, YES, YES, YES)),
        ("GET /public/", (YES, YES, YES, YES, YES)),
    ],
)
def test_the_words_are_those_of_the_answers(name: str, standings: tuple[str, ...]) -> None:
    (row,) = [row for row in ROWS if str(row) == name]
    assert tuple(row.standing(visitor) for visitor in VISITORS) == standings


@pytest.mark.proves("S18")
@pytest.mark.parametrize(("language", "said"), [("zh", "只限本人的"), ("en", "only one's own")])
def test_everybody_signed_in_reads_it(site: Site, language: str, said: str) -> None:
    browser = site.browsers["employee"]
    browser.post("/account/language", data={"language": language})
    text = html.unescape(browser.get("/access").text)
    site.reset()
    assert said in text
    assert [one.titles["en"] for one in TITLED if one.titles[language] not in text] == []
    assert [code for code in FORMS if code not in text] == []


def test_the_page_in_docs_is_up_to_date() -> None:
    assert access.PAGE.read_text(encoding="utf-8") == access.page(), "run: .venv/bin/python tools/access.py"
