"""The people of engineering, and a product under development."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms.engineering.development import Development
from tests.forms.engineering.product_room import Room


@pytest.fixture
def room(context: Flask) -> Room:
    """The small company's technical department."""
    return Room()


@pytest.fixture
def work(context: Flask) -> Development:
    """The small company's development of a product."""
    return Development()
