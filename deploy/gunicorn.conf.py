"""How gunicorn serves the portal: `gunicorn -c deploy/gunicorn.conf.py app:app`, in the folder of the program.

`bind` counts only where systemd hands over no socket. `WEB_WORKERS` is the one number that is not a setting of the portal.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from portal.config import read_settings

SETTINGS = read_settings()

# Before anything imports prometheus_client: where the workers count, each in files of its own.
if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    place = os.environ.get("RUNTIME_DIRECTORY", "").partition(":")[0] or None
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="figures-", dir=place)

bind = f"{SETTINGS.portal_host}:{SETTINGS.port}"
workers = int(os.environ.get("WEB_WORKERS", "4"))
worker_class = "gthread"
threads = SETTINGS.threads
preload_app = False  # connections and the threads of the file store do not survive a fork
timeout = 120
graceful_timeout = 30
keepalive = 5
control_socket_disable = True
if SETTINGS.log_format == "json":  # of the server itself too: one object a line
    logconfig_dict = {
        "formatters": {"json": {"()": "portal.lib.log_lines.JsonLines"}},
        "handlers": {"json": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": []},
        "loggers": {
            "gunicorn.error": {"level": "INFO", "handlers": ["json"], "propagate": False},
            "portal": {"level": SETTINGS.log_level, "handlers": ["json"], "propagate": False},
        },
    }


def on_starting(_server):
    """Does not begin on a database that would lose what it has acknowledged."""
    from portal.queries import durability

    try:
        durability.look(SETTINGS)
    except durability.NotDurable as problem:
        sys.exit(str(problem))


def when_ready(_server):
    """Tells Prometheus what all workers have counted."""
    from portal.web import metrics

    metrics.serve(SETTINGS, metrics.of_all_workers())


def post_worker_init(_worker):
    """Begins to serve."""
    from portal.web.server import settle

    settle()


def child_exit(_server, worker):
    """What a worker has counted stays; what it had open does not."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)


def on_exit(_server):
    """Throws the counts away."""
    shutil.rmtree(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]), ignore_errors=True)
