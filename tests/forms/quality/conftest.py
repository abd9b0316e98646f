"""The information centre of the small company."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms.quality.centre import Centre


@pytest.fixture
def centre(app: Flask) -> Centre:
    """People who fill in and sign."""
    return Centre(app)
