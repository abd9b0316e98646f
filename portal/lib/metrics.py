"""The figures that Prometheus asks for, counted where things happen; labels are few and say nothing of anybody.

Under gunicorn each worker counts in files of a folder (`PROMETHEUS_MULTIPROC_DIR`), which whoever answers adds up.
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SOON = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LATER = (0.01, 0.1, 0.5, 1, 5, 15, 60, 300)

REQUESTS = Counter("portal_requests", "Requests answered.", ("endpoint", "method", "status"))
REQUEST_SECONDS = Histogram(
    "portal_request_seconds", "Time until an answer begins.", ("endpoint", "method"), buckets=_SOON
)
JOBS = Counter("portal_jobs", "Jobs run.", ("job", "outcome"))
JOB_SECONDS = Histogram("portal_job_seconds", "Time that a job took.", ("job",), buckets=_LATER)
OUTBOX = Counter(
    "portal_outbox_tries", "Rows of the outbox tried; kinds of prints among them.", ("kind", "outcome")
)
CONNECTIONS = Gauge(
    "portal_database_connections_in_use",
    "Connections of the pools that somebody uses.",
    multiprocess_mode="livesum",
)

READS = Counter(
    "portal_reads",
    "Lists read from the replica, or why from the primary.",
    ("from",),
)


def count_request(endpoint: str | None, method: str, status: int, seconds: float) -> None:
    """Counts an answer; what has no endpoint and methods that nobody knows are counted under one name."""
    name, how = endpoint or "none", method if method in METHODS else "other"
    REQUESTS.labels(name, how, str(status)).inc()
    REQUEST_SECONDS.labels(name, how).observe(seconds)


def count_job(name: str, outcome: str, seconds: float) -> None:
    """Counts a job that has ended."""
    JOBS.labels(name, outcome).inc()
    JOB_SECONDS.labels(name).observe(seconds)
