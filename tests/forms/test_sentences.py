"""Every kind of event that the code writes has a sentence, in which no fact is left out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

import portal
from portal.database import transaction
from portal.forms.event_texts import EXCEPTIONS, TEXTS
from portal.forms.sentences import sentence
from portal.forms.words import STREAMS
from portal.lib.clock import now
from portal.lib.i18n import both
from portal.models import Person
from portal.services import audit

Cast = dict[str, Person]
SOURCE = Path(portal.__file__).parent
COMPUTED = {  # where the kind is put together, its possible values
    'f"step_{act}"': ["step_signed", "step_advised"],
    'f"record_{state}"': ["record_finished", "record_refused", "record_voided"],
}


def written() -> Iterator[tuple[str, str]]:
    """Every kind of event in the code, with the place."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in (
                "audit.note",
                "guessing.note_failure",
                "note_failure",
            ):
                yield from ((kind, path.name) for kind in kinds_of(node))


def kinds_of(call: ast.Call) -> list[str]:
    """The kinds that a call may write."""
    given = next((word.value for word in call.keywords if word.arg == "kind"), None)
    if ast.unparse(call.func).endswith("note_failure"):
        named = [
            one for one in call.args[1:2] if isinstance(one, ast.Constant)
        ]  # (login, kind) in blueprints/auth
        given = given or (named[0] if named else ast.Constant("sign_in_failed"))
    else:
        given = given or call.args[0]
    if isinstance(given, ast.Constant):
        return [str(given.value)]
    if isinstance(given, ast.IfExp):
        return [node.value for node in (given.body, given.orelse) if isinstance(node, ast.Constant)]
    if isinstance(given, ast.JoinedStr):
        return COMPUTED[ast.unparse(given).replace("'", '"')]
    assert isinstance(given, ast.Name), ast.unparse(call)  # handed on from a caller, who names it
    return []


@pytest.mark.proves("R9")
def test_every_kind_has_a_sentence() -> None:
    places = dict(written())
    assert len(places) > 40
    assert {kind: place for kind, place in places.items() if kind not in TEXTS} == {}


def test_every_sentence_is_of_a_kind_that_is_written() -> None:
    elsewhere = {"signed_out", "session_ended"}  # chosen between in services/sessions
    elsewhere |= {"own_key_made", "own_key_renewed", "second_factor_set_up", "second_factor_renewed"}
    elsewhere |= {"passkey_added", "passkey_removed"}
    elsewhere |= {"signing_failed"}  # named in services/guessing
    assert set(TEXTS) - {kind for kind, _place in written()} - elsewhere == set()
    assert set(EXCEPTIONS) <= set(TEXTS)


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_people_roles_and_steps_are_named(context: Flask, cast: Cast, language: str) -> None:
    with transaction():
        granted = audit.note(
            "role_granted", at=now(), by=cast["administrator"].id, stream="people", person=cast["buyer"].id,
            role="cashier", starts_on="2026-05-12", ends_on=None, reason="100 % sure %(why)s",
        )  # fmt: skip
        unknown = audit.note("brand_new", at=now(), by=None, stream="people")
        nobody = audit.note("person_changed", at=now(), by=None, stream="people", person=999_999, changed={})
    with force_locale(language):
        text = sentence(granted)
        assert cast["buyer"].name in text
        assert "2026-05-12" in text
        assert "cashier" not in text
        assert "100 % sure %(why)s" in text
        assert "sure" not in sentence(granted, bare=True)
        assert "brand_new" in sentence(unknown)
        assert sentence(nobody)


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_each_sentence_bears_missing_facts(context: Flask, kind: str) -> None:
    with transaction():
        event = audit.note(kind, at=now(), by=None, stream="people")
    assert not re.search(r"%\(|None", sentence(event))


def test_every_chain_that_the_code_writes_has_a_name() -> None:
    named = re.compile(r"""\b(?:STREAM|stream)\s*=\s*(?:"\w+",\s*)?"(\w+)\"""")
    used = {one for path in SOURCE.rglob("*.py") for one in named.findall(path.read_text())}
    assert {"people", "obligations", "prints"} <= used
    assert used <= STREAMS.keys()


def test_texts_differ_between_the_languages_only_in_words(context: Flask) -> None:
    for kind, text in TEXTS.items():
        shown = both(text({}) if callable(text) else text)
        marks = [sorted(re.findall(r"%\(\w+\)s", part)) for part in shown.values()]
        assert marks[0] == marks[1], kind
