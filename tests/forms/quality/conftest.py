"""The people who work on information security."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms.quality.security_desk import Office


@pytest.fixture
def office(context: Flask) -> Office:
    """The small company, with its first three information assets."""
    return Office()
