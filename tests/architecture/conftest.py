"""The site that the house rules are held against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.extensions import db
from tests.architecture.visitors import Site, found


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Site]:
    """A portal with a record and five visitors, made once; `reset` undoes what a test did."""
    made = found(tmp_path_factory.mktemp("site") / "data", sqlite_template)
    yield made
    with made.app.app_context():
        db.session.remove()
        db.engine.dispose()
