"""What is searched, filtered, sorted and paged by is a value and never a statement; and a closed record leaves no trace in answers."""

from __future__ import annotations

import html
import re

import pytest

from tests.web.conftest import Desk

OFFICER = "customer_service_officer"
COMPLAINTS = "/customer-service/complaints/"
PAYLOADS = [
    "' OR '1'='1", "') OR 1=1 --", "\" OR \"\"=\"", "'; DROP TABLE records; --", "1 UNION SELECT password_hash FROM people",
    "\\' OR 1=1 --", "%' OR 1=1 #", "x' AND (SELECT 1 FROM pg_sleep(9)) --", "${jndi:x}", "${7*7}", "_", "%", "%%", "\\", "\\%",
]  # fmt: skip
SYNTAX = ['"', '""', '"a', "*", "a*", "-a", "- ", "NEAR(a b)", "NEAR(", "a OR", "AND", "NOT a", "(a", "a)", "{a b}:c", "a:b",
          "title:x", "^a", "a & | b", "!a", "a <-> b", "'a':*", ":", "&", "|", "<>", "a\\", "\u3000", "。"]  # fmt: skip
PLACES = [
    "/find?q=", f"{COMPLAINTS}?q=", f"{COMPLAINTS}?state=", f"{COMPLAINTS}?sort=", f"{COMPLAINTS}?applicant=",
    "/admin/people?q=", "/admin/people?role=", "/documents/?q=", "/customer-service/customers/?q=", "/pick/person?q=",
    "/pick/customer?q=", "/trail?number=", "/trail?person=", "/trail?view=", "/registers/customer_master?q=", "/projects/?q=",
]  # fmt: skip


def shown(desk: Desk, login: str, place: str, typed: str) -> tuple[int, int]:
    """The status of an answer, and how many records, people and things it names."""
    path, _mark, name = place.partition("?")
    answer = desk.browser(login).get(path, query_string={name.removesuffix("="): typed})
    words = html.unescape(answer.text).replace(typed, "")
    return answer.status_code, len(set(re.findall(r'href="/[^"]*\d{4}[^"]*"|<option', words)))


@pytest.mark.proves("S27")
@pytest.mark.both_databases
def test_a_statement_is_only_a_text_that_nothing_contains(desk: Desk) -> None:
    desk.walker.open("CS-51")
    for place in PLACES:
        for login in ("administrator", OFFICER, "auditor"):
            status, nothing = shown(desk, login, place, "qzqzqz")
            if status in (403, 404):
                continue
            for typed in PAYLOADS:
                found = shown(desk, login, place, typed)
                assert found[0] == status == 200, (login, place, typed)
                if place.endswith("?q=") and typed not in ("_", "%", "%%", "\\", "\\%"):
                    assert found[1] <= nothing, (login, place, typed)
            break
    assert desk.filed("CS-51") == 1


@pytest.mark.proves("S27")
@pytest.mark.both_databases
def test_the_syntax_of_searches_breaks_none(desk: Desk) -> None:
    desk.walker.open("CS-51")
    for place in (one for one in PLACES if one.endswith("?q=")):
        for typed in SYNTAX:
            answer = desk.browser("auditor").get(place.removesuffix("q="), query_string={"q": typed})
            assert answer.status_code in (200, 404), (place, typed)


@pytest.mark.proves("S22")
@pytest.mark.both_databases
def test_a_word_of_a_closed_record_is_as_unknown_as_one_that_nobody_wrote(desk: Desk) -> None:
    told = desk.told("CS-51", content="泄密词甲 在此")
    sent = desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "k"), *told])
    number = sent.location.rsplit("/", 1)[-1]
    owner = desk.browser(OFFICER).get("/find", query_string={"q": "泄密词甲"}).text
    assert number in owner, "those who may see it find it"
    for login in ("foreman", "administrator", "employee"):
        for path in ("/find", "/pick/record", COMPLAINTS, "/"):
            pages = {}
            for word in ("泄密词甲", "从未写过"):
                answer = desk.browser(login).get(path, query_string={"q": word})
                page = re.sub(r"泄密词甲|从未写过|%[0-9A-F%]+|value=\"[^\"]{60,}\"", "", answer.text)
                pages[word] = (answer.status_code, re.sub(r"(?i)csrf[^>]*>", "", page))
            assert pages["泄密词甲"] == pages["从未写过"], (login, path)
