"""The stories of the building permits: each is taken by its form, whatever the dice say, and reaches the end."""

from __future__ import annotations

from typing import Any

import pytest

from portal.demo.stories.building_permits import STORIES
from portal.forms.catalogue import FORMS


@pytest.mark.parametrize("code", sorted(STORIES))
@pytest.mark.parametrize("seed", range(12))
def test_its_story_reaches_the_end(tell: Any, code: str, seed: int) -> None:
    answers = tell(FORMS[code], STORIES[code], seed)
    assert answers.get("decision", "granted") == "granted"
