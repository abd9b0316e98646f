"""Fixtures for the tests of design."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.forms.design.studio import Studio, story_time

__all__ = ["story_time", "studio"]


@pytest.fixture
def studio(context: Flask) -> Studio:
    """The web designers of the small company."""
    return Studio()
