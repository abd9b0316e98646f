"""The demo filled before the eyes of whoever waits for it."""

from __future__ import annotations

from datetime import datetime

import click

from portal.demo.load import load


def load_visibly(now: datetime, *, records: int, seed: int = 2026) -> None:
    """Fills the demo and shows how far it is.

    Raises:
        NotEmpty: there are people already.
    """
    with click.progressbar(length=records, label="Loading the demo company") as bar:
        load(now, records=records, seed=seed, report=lambda done, _total: bar.update(done - bar.pos))
