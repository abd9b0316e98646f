"""`python -m portal`: one process that serves the portal and does its jobs."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from click import ClickException

from portal.cli.sentences import told
from portal.config import read_settings
from portal.factory import create_app
from portal.jobs import worker
from portal.jobs.start import NotPrepared, prepare
from portal.web.server import listen, settle


def main() -> None:
    """Brings the tables up to date, fills an empty demo, serves until told to stop."""
    settings = read_settings()
    app = create_app(settings)
    try:
        with told():
            prepare(app)
    except (NotPrepared, ClickException) as problem:
        sys.exit(str(problem))
    server = listen(app, settings.portal_host, settings.port, threads=settings.threads)
    figures = worker.tell_figures(app)
    consumer = worker.start(app)  # last: nothing that stops the start leaves work under way

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    settle()
    sys.stdout.write(f"http://{settings.portal_host}:{settings.port}\n")
    sys.stdout.flush()
    try:
        server.run()
    finally:
        server.close()
        if figures is not None:
            figures.close()
        worker.stop(consumer)


if __name__ == "__main__":
    main()
