"""The people of the quality department."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms.quality.centre import Centre
from tests.forms.quality.security_desk import Office


@pytest.fixture
def office(context: Flask) -> Office:
    """The small company, with its first three information assets."""
    return Office()


@pytest.fixture
def centre(app: Flask) -> Centre:
    """Those of the information centre who fill in and sign."""
    return Centre(app)
