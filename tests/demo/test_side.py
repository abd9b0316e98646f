"""Side entries of the demo."""

from __future__ import annotations

import pytest

from portal.demo.side import ENTRIES
from portal.demo.stories import STORIES
from portal.forms.catalogue import FORMS

ASIDE = [(code, entry.key) for code, form in sorted(FORMS.items()) for entry in form.signoff.entries]


@pytest.mark.parametrize(("code", "key"), ASIDE)
def test_every_side_entry_has_a_story(code: str, key: str) -> None:
    assert key in STORIES[code].stages or (code, key) in ENTRIES
