"""Several people on the same text at the same moment, on both databases: no word is released that nobody approved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.refusal import AlreadyDecided, Refusal
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.quality.document_release import Release
from portal.models import AuditEvent, DocumentReading, DocumentRevision, Person, Record, Task
from portal.queries import history, revisions
from portal.services import audit, readings, reviews, signing
from portal.services import revisions as texts
from portal.services.signatures import Hand
from tests.documents.library import NUMBER, TEXT, Library
from tests.forms.customer_service.shop import NOW, TODAY
from tests.services.crowd import Crowd
from tests.services.office import Office

pytestmark = pytest.mark.both_databases
Act = Callable[[Office], Any]
DRAFT = "QA-P-91"


@pytest.fixture
def crowd(app: Flask) -> Iterator[Crowd]:
    """A crowd; whatever it did, the trail is in order afterwards."""
    crowd = Crowd(app)
    yield crowd
    with app.app_context():
        assert audit.verify()[1:] == (None, "")
        db.session.remove()


def of(act: Callable[[Library], Any]) -> Act:
    """An act of document control, done in a session of its own."""
    return lambda _office: act(Library())


def begun(crowd: Crowd, number: str = DRAFT) -> int:
    """The id of a draft that nobody has sent round."""
    return int(crowd.alone(of(lambda library: library.begun(number).id)))


def sent(crowd: Crowd, id: int, step: str = "department_check") -> int:
    """The id of the draft's release, which waits at this step."""

    def send(library: Library) -> int:
        record = library.sent(db.session.get_one(DocumentRevision, id))
        while record.step != step:
            library.sign(record)
        return record.id

    return int(crowd.alone(of(send)))


def save(id: int, words: str, login: str = "quality_inspector") -> Act:
    """Somebody saves the draft as a page does that was made before."""

    def act(library: Library) -> str:
        one = db.session.get_one(DocumentRevision, id)
        assert one.release is None or one.release.state  # the page has looked at both
        values = {"text": TEXT.replace("5 件", words)}
        return texts.save(id, values, seen=1, by=library.actor(login), now=NOW).text

    return of(act)


def submit(id: int) -> Act:
    """Somebody sends the draft round."""
    return of(lambda library: library.sent(db.session.get_one(DocumentRevision, id)).number)


def put_in_force(release: int, login: str) -> Act:
    """A controller signs the release, as a page does that was drawn before."""

    def act(library: Library) -> str:
        record = db.session.get_one(Record, release)
        query = sa.select(Task).where(Task.record_id == release, Task.kind == "sign", Task.step == "release")
        (task,) = db.session.scalars(query).unique()
        seen = history.shown_hash(history.content(record), history.signatures(record))
        stage = Release(answers={"effective_on": TODAY})
        return signing.sign(task.id, library.actor(login), Hand(seen=seen), stage, now=NOW).person.name

    return of(act)


def looked_at(crowd: Crowd, look: Callable[[DocumentRevision], Any], id: int) -> Any:
    """What somebody sees of the revision afterwards."""
    return crowd.alone(lambda _office: look(db.session.get_one(DocumentRevision, id)))


def released_words_are_approved(crowd: Crowd, id: int) -> None:
    """The release in hand, signed to its end, releases just what it names, or says no."""

    def finish(library: Library) -> None:
        one = db.session.get_one(DocumentRevision, id)
        assert one.release is not None
        library.release(one.release)
        approved = history.content(one.release).answers["text_sha256"]
        assert one.sha256 == approved == revisions.fingerprint(one)

    crowd.alone(of(finish))


@pytest.mark.proves("R29")
def test_two_controllers_release_the_same_text_once(crowd: Crowd) -> None:
    def second(_office: Office) -> None:
        person = db.session.scalars(sa.select(Person).where(Person.login == "quality_manager_2")).one()
        person.grants[0].role = "document_controller"

    crowd.alone(second)
    for round in range(2):
        id = begun(crowd, f"QA-P-9{round}")
        release = sent(crowd, id, "release")

        logins = ("document_controller", "quality_manager_2", "document_controller")
        results = crowd.together(*(put_in_force(release, login) for login in logins))
        (winner,) = [one for one in results if isinstance(one, str)]
        losers = [one for one in results if not isinstance(one, str)]
        assert {type(one) for one in losers} == {AlreadyDecided}, results
        assert all(winner in str(one.facts) for one in losers)
        assert looked_at(crowd, lambda one: (one.effective_on, bool(one.sha256)), id) == (TODAY, True)


def test_of_two_who_save_the_same_draft_one_is_told(crowd: Crowd) -> None:
    for round in range(3):
        id = begun(crowd, f"QA-P-9{round}")
        results = crowd.together(save(id, "7 件"), save(id, "9 件", "quality_manager"))
        (kept,) = [one for one in results if isinstance(one, str)]
        (told,) = [one for one in results if not isinstance(one, str)]
        assert isinstance(told, Refusal), told
        assert "别处保存过" in str(told)
        assert looked_at(crowd, lambda one: (one.text, one.version), id) == (kept, 2)


def test_a_text_sent_round_twice_at_once_goes_round_once(crowd: Crowd) -> None:
    for round in range(3):
        id = begun(crowd, f"QA-P-9{round}")
        results = crowd.together(submit(id), submit(id), submit(id))
        (number,) = [one for one in results if isinstance(one, str)]
        losers = [one for one in results if not isinstance(one, str)]
        assert all(isinstance(one, Refusal | AssertionError) for one in losers), losers
        assert all(number in str(one) for one in losers if isinstance(one, Refusal)), losers
        assert looked_at(crowd, lambda one: one.release.number, id) == number
        running = sa.select(sa.func.count()).where(Record.form_code == "DC-01")
        assert crowd.alone(lambda _office, query=running: db.session.scalar(query)) == round + 1


def test_a_draft_saved_while_it_is_sent_round_is_what_was_fingerprinted_or_refused(crowd: Crowd) -> None:
    for round in range(6):
        id = begun(crowd, f"QA-P-9{round}")
        saved, went = crowd.together(*([save(id, "8 件"), submit(id)][:: 1 if round % 2 else -1]))
        if round % 2 == 0:
            saved, went = went, saved
        assert isinstance(saved, str | Refusal), saved
        assert isinstance(went, str | Refusal), went
        assert isinstance(saved, str) or isinstance(went, str), (saved, went)
        if isinstance(went, str):
            released_words_are_approved(crowd, id)


def test_a_draft_saved_while_it_is_sent_round_again_is_what_was_fingerprinted_or_refused(
    crowd: Crowd,
) -> None:
    def again(id: int) -> Act:
        def act(library: Library) -> str:
            one = db.session.get_one(DocumentRevision, id)
            assert one.release is not None
            library.correct(one.release, "quality_inspector", text=Ref(one.id, one.label))
            return one.release.number

        return of(act)

    def take_back(library: Library, id: int) -> None:
        reviews.take_back(id, reason="改", by=library.actor("quality_inspector"), now=NOW)

    for round in range(6):
        id = begun(crowd, f"QA-P-9{round}")
        sent(crowd, id, "approval")
        crowd.alone(of(lambda library, id=id: take_back(library, id)))
        saved, went = crowd.together(save(id, "8 件"), again(id))
        assert isinstance(saved, str | Refusal), saved
        assert isinstance(went, str | Refusal), went
        if isinstance(went, str):
            released_words_are_approved(crowd, id)


def test_a_text_taken_back_while_it_is_released_is_one_of_both(crowd: Crowd) -> None:
    for round in range(4):
        id = begun(crowd, f"QA-P-9{round}")
        release = sent(crowd, id, "release")

        def take_back(library: Library, id: int = id) -> None:
            reviews.take_back(id, reason="改", by=library.actor("quality_inspector"), now=NOW)

        signed, back = crowd.together(put_in_force(release, "document_controller"), of(take_back))
        assert isinstance(signed, str | Refusal), signed
        assert back is None or isinstance(back, Refusal), back
        assert isinstance(signed, str) != (back is None), (signed, back)
        state = crowd.alone(lambda _office, id=release: db.session.get_one(Record, id).state)
        in_force = looked_at(crowd, lambda one: one.effective_on is not None, id)
        assert (state, in_force) == (("finished", True) if isinstance(signed, str) else ("returned", False))


def test_a_number_begun_by_two_at_once_is_one_document(crowd: Crowd) -> None:
    results = crowd.together(*[of(lambda library: library.begun(DRAFT).id)] * 4)
    assert sum(isinstance(one, int) for one in results) == 1, results
    assert all(isinstance(one, int | Refusal) for one in results), results


def test_a_reader_who_confirms_twice_at_once_has_read_once(crowd: Crowd) -> None:
    def confirm(library: Library) -> None:
        readings.confirm(NUMBER, "1.0", library.actor("quality_inspector"), now=library.now)

    def remind(library: Library) -> int:
        return readings.remind(NUMBER, library.actor("document_controller"), now=library.now)

    crowd.alone(of(lambda library: library.load().id))
    read = sa.select(sa.func.count()).where(DocumentReading.read_at.is_not(None))
    noted = sa.select(sa.func.count()).where(AuditEvent.kind == "document_read")
    for round in range(1, 3):  # with no row of theirs at first, then with one that a reminder has left
        assert crowd.together(*[of(confirm)] * 5) == [None] * 5
        assert crowd.alone(lambda _office: (db.session.scalar(read), db.session.scalar(noted))) == (1, round)
        crowd.alone(lambda _office: db.session.execute(sa.delete(DocumentReading)) and None)
        crowd.alone(of(remind))


def test_readers_are_reminded_once_whoever_presses_first(crowd: Crowd) -> None:
    crowd.alone(of(lambda library: library.load().id))

    def remind(library: Library) -> int:
        return readings.remind(NUMBER, library.actor("document_controller"), now=NOW)

    results = crowd.together(*[of(remind)] * 4)
    assert sorted(results)[:3] == [0, 0, 0], results
    assert max(results) > 0
