"""The people of engineering."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms.engineering.product_room import Room


@pytest.fixture
def room(context: Flask) -> Room:
    """The small company's technical department."""
    return Room()
