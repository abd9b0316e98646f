"""A product under development."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms.engineering.development import Development


@pytest.fixture
def work(context: Flask) -> Development:
    """The small company's development of a product."""
    return Development()
