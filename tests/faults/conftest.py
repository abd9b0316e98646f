"""The desk of everybody, the mail server and a PostgreSQL that can be killed, for the tests of this folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.postgres import Cluster, own_server
from tests.post_office import post
from tests.web.conftest import desk

__all__ = ["desk", "post"]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the user of a database server may look into, as it may not into pytest's own."""
    with tempfile.TemporaryDirectory(prefix="portal-pg-") as name:
        yield Path(name)


@pytest.fixture
def cluster(place: Path) -> Iterator[Cluster]:
    """A server with the settings that PostgreSQL comes with, and an empty database."""
    with own_server(place / "primary") as made:
        yield made
