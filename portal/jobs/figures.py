"""What the database tells Prometheus, asked for when it asks: the outbox and the last checkpoint."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db
from portal.lib.clock import now
from portal.queries import audit_tree, outbox


class BookFigures(Collector):
    """Counts of the database, the same from whichever process they are asked; the jobs tell them."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def describe(self) -> Iterable[Metric]:
        """Nothing: the database is not asked before somebody wants to know."""
        return []

    def collect(self) -> Iterable[Metric]:
        """The figures of this moment; while the database is away only that it is."""
        with self._app.app_context():
            try:
                yield from self._ask()
                up = 1
            except SQLAlchemyError:
                up = 0
            finally:
                db.session.remove()
        yield GaugeMetricFamily("portal_database_up", "Whether the database answers.", value=up)

    def _ask(self) -> Iterable[Metric]:
        at, rows = now(), GaugeMetricFamily(
            "portal_outbox_rows", "Rows of the outbox that are not done.", labels=["state"]
        )  # fmt: skip
        figures = outbox.figures()
        for state in ("waiting", "failed", "stopped"):
            rows.add_metric([state], getattr(figures, state))
        oldest = (at - figures.oldest).total_seconds() if figures.oldest else 0
        last = audit_tree.last()
        found = [
            rows,
            GaugeMetricFamily(
                "portal_outbox_oldest_seconds", "Age of the oldest row that will be tried.", value=oldest
            ),
        ]
        if last is not None:
            age = (at - last.at).total_seconds()
            found.append(
                GaugeMetricFamily(
                    "portal_checkpoint_age_seconds", "Age of the audit trail's last checkpoint.", value=age
                )
            )
        return found
