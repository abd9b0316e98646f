"""The database fails at one statement of a request, then at the next one, until none is left: nothing is half done."""

from __future__ import annotations

import re
from itertools import count

import pytest
from werkzeug.test import TestResponse

from portal.extensions import db
from portal.services import audit
from tests.faults.acts import ACTS, Act
from tests.faults.breaks import Break, Watch, breaking
from tests.walk import problems
from tests.web.conftest import Desk

MAYBE = "操作可能已经写入"
REFERENCE = re.compile(r'class="reference">[0-9a-f]{8}<')


def told(desk: Desk, act: Act, at: int, **how: bool) -> tuple[TestResponse, Break]:
    """Sends the act while the `at`-th statement fails: a plain page says so, and nothing of the machine."""
    with breaking(desk.app, at, **how) as broken:
        answer = act.send()
    if broken.struck:
        where = f"{at}: {broken.struck} {answer.status_code} {problems(answer)}"
        assert answer.status_code == 503, where
        assert REFERENCE.search(answer.text), where
        assert "Traceback" not in answer.text
        assert "disk I/O" not in answer.text
    return answer, broken


def tried(desk: Desk, act: Act, step: int = 1) -> int:
    """Sends the act until it succeeds, each time with a later statement failing; gives how many there are."""
    watch, before = Watch(desk.app, act.but), desk.one(act.left)
    for at in count(1, step):
        answer, broken = told(desk, act, at)
        if not broken.struck:
            break
        written = bool(watch.changed())
        assert (MAYBE in answer.text) == written, broken.struck
        if written:
            assert act.drawn, broken.struck
            assert desk.one(act.left) == before + act.once, broken.struck
    assert answer.status_code == act.status, problems(answer)
    assert desk.one(act.left) == before + act.once
    with desk.app.app_context():
        assert audit.verify()[1] is None
        db.session.remove()
    return broken.seen


@pytest.mark.proves("F16", "S44")
@pytest.mark.parametrize("name", ACTS)
def test_whichever_statement_fails_nothing_is_written_and_the_next_try_succeeds(
    desk: Desk, name: str
) -> None:
    seen = tried(desk, ACTS[name](desk))
    assert seen > 3, "the faults have not reached the act"


@pytest.mark.proves("F16", "S44")
@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["submit", "sign", "correct", "release", "password"])
def test_so_it_is_where_a_failed_statement_spoils_the_whole_transaction(desk: Desk, name: str) -> None:
    assert tried(desk, ACTS[name](desk), step=9) > 3


@pytest.mark.proves("F16", "S44")
@pytest.mark.both_databases
@pytest.mark.parametrize("name", ["submit", "sign", "sign_in", "request"])
def test_while_the_database_is_away_every_answer_is_a_plain_page(desk: Desk, name: str) -> None:
    act = ACTS[name](desk)
    watch, before = Watch(desk.app, act.but), desk.one(act.left)
    for at in count(1, 9):
        answer, broken = told(desk, act, at, lasting=True)
        if not broken.struck:
            break
        assert watch.changed() == [], broken.struck
    assert answer.status_code == act.status, problems(answer)
    assert desk.one(act.left) == before + 1
