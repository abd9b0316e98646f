"""The portal as the guide in `deploy/` sets it up, once for all tests of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.served import Stand, stand


@pytest.fixture(scope="session")
def served(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The small company, served as in production."""
    folder = tmp_path_factory.mktemp("served")
    shutil.copytree(sqlite_template, folder / "data")
    with stand(folder / "data", folder) as running:
        yield running
